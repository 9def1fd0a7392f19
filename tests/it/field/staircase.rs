//! Llama-3.1-8B on H100 under a staircase of 5, 12 and 5 requests/s, with the recorded series of replicas forced.

use super::Setting;
use crate::support::outside;
use forescale::core::outcome::Outcome;
use forescale::core::record::RequestRecord;
use std::path::Path;

/// A request as it was measured: when it was sent, and its times in seconds.
struct Measured {
    at: f64,
    ttft: f64,
    itl: f64,
}

/// The columns of a CSV file by their names; a field that is empty is no number.
fn columns<const N: usize>(file: &Path, names: [&str; N]) -> Vec<[f64; N]> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let places = names.map(|name| header.iter().position(|column| *column == name).unwrap());
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        places.map(|place| fields[place].parse::<f64>().unwrap_or(f64::NAN))
    };
    lines.map(row).collect()
}

fn measured(folder: &Path) -> Vec<Measured> {
    let rows = columns(&folder.join("requests.csv"), ["t_arr_s", "ttft_s", "itl_ms"]);
    rows.into_iter().map(|[at, ttft, itl]| Measured { at, ttft, itl: itl / 1e3 }).collect()
}

/// The recorded series of ready replicas as the key of an autoscaler.
fn schedule(folder: &Path) -> String {
    let mut steps: Vec<(f64, f64)> = vec![(0.0, 1.0)];
    for [at, ready] in columns(&folder.join("replicas.csv"), ["t_s", "ready"]) {
        if steps.last().is_some_and(|(_, last)| *last != ready) {
            steps.push((at, ready));
        }
    }
    let steps: Vec<String> = steps.iter().map(|(at, ready)| format!("[\"{at}s\", {ready}]")).collect();
    format!("schedule = {{ replicas = [{}] }}", steps.join(", "))
}

fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * q).round() as usize]
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn ttft(line: &RequestRecord) -> Option<f64> {
    Some(line.first_token?.since(line.request.arrival).as_secs_f64())
}

fn itl(line: &RequestRecord) -> Option<f64> {
    let (end, outcome, _) = line.end?;
    let tokens = f64::from(line.request.output_tokens) - 1.0;
    (outcome == Outcome::Finished).then_some(end.since(line.first_token?).as_secs_f64() / tokens)
}

/// One line of the table: what was measured, what was simulated, and the ratio.
fn compare(what: &str, measured: f64, simulated: f64) -> f64 {
    let ratio = simulated / measured;
    println!(
        "{what:>28}  measured {:9.2} ms  simulated {:9.2} ms  ratio {ratio:.3}",
        measured * 1e3,
        simulated * 1e3
    );
    ratio
}

/// `calm` are the times, in seconds, at which the pods were not saturated.
fn replay(name: &str, calm: &[(f64, f64)]) {
    let Some(data) = outside("FORESCALE_DATA", "two measured runs of Llama-3.1-8B") else { return };
    let folder = data.join("field/traces").join(name);
    let measured = measured(&folder);
    let load = format!(
        "from = \"{}s\"\ntrace.csv = {{ path = {:?}, time = \"t_arr_s\", time_unit = \"s\", prompt_tokens = \"in_tok\", output_tokens = \"out_tok_true\" }}",
        measured[0].at,
        folder.join("requests.csv").to_str().unwrap()
    );
    let record = Setting {
        args: &[
            "unsloth/Meta-Llama-3.1-8B-Instruct",
            "--block-size=64",
            "--max-model-len=8192",
            "--gpu-memory-utilization=0.85",
            "--enforce-eager",
            "--num-gpu-blocks-override=6426",
            // No request was lost with a pod.
            "--shutdown-timeout=120",
        ],
        gpus: 1,
        profile: "llama-3.1-8b/h100-sxm-80gb/tp1",
        load: &load,
        autoscaler: &schedule(&folder),
        duration: "1300s",
        drain: "120s",
    }
    .run();
    println!("{name}:");
    let done = record.account.with(Outcome::Finished);
    println!("{:>28}  measured {:9}     simulated {done:9}", "completed", measured.len());
    assert!((done as f64 / measured.len() as f64 - 1.0).abs() <= 0.02, "{done}");
    let all: Vec<f64> = measured.iter().map(|request| request.itl).filter(|itl| itl.is_finite()).collect();
    let lines: Vec<f64> = record.requests.iter().filter_map(itl).collect();
    let ratio = compare("ITL, mean over requests", mean(&all), mean(&lines));
    assert!((ratio - 1.0).abs() <= 0.10, "{ratio}");
    let is_calm = |at: f64| calm.iter().any(|(from, until)| (*from..*until).contains(&at));
    let mut real: Vec<f64> = measured.iter().filter(|r| is_calm(r.at)).map(|r| r.ttft).collect();
    let calm_lines = record.requests.iter().filter(|line| is_calm(line.request.arrival.as_secs_f64()));
    let mut simulated: Vec<f64> = calm_lines.filter_map(ttft).collect();
    for (what, q) in [("TTFT p50 below saturation", 0.5), ("TTFT p95 below saturation", 0.95)] {
        let ratio = compare(what, quantile(&mut real, q), quantile(&mut simulated, q));
        assert!((ratio - 1.0).abs() <= 0.30, "{what}: {ratio}");
    }
}

#[test]
fn one_to_three_replicas() {
    replay("dean-20260810-064736-555", &[(60.0, 370.0), (600.0, 1100.0)]);
}

#[test]
fn one_to_two_replicas_through_saturation() {
    replay("real-trace-staircase-20260807-armB", &[(60.0, 370.0), (800.0, 1100.0)]);
}
