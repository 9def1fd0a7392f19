//! Sweeps of load: knees that somebody measured, and the targets that follow from them.

use crate::result::schema::Schema;
use crate::support::{root, sim_in};
use forescale::core::record::{Measure, Objective};
use forescale::experiment::knee::{
    By, Curve, Guide, Heard, KneeError, Metric, Outcome, Rule, Settings, Suggestion, Sweep, sweep,
};
use forescale::kernel::SimDuration;
use forescale::scenario::Scenario;
use serde_json::Value;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// Two GPUs with 350,208 tokens of KV cache, as vLLM logged them at `--gpu-memory-utilization=0.95`.
const QWEN3_32B: [&str; 6] = [
    "Qwen/Qwen3-32B",
    "--tensor-parallel-size=2",
    "--max-model-len=16000",
    "--gpu-memory-utilization=0.95",
    "--max-num-batched-tokens=8192",
    "--num-gpu-blocks-override=21888",
];

/// Writes a scenario of one pod of Qwen3-32B on two H100 into the folder.
fn write_qwen(folder: &Path, extra: &[&str], load: &str) {
    let template = |name: &str| fs::read_to_string(root().join("tests/it/field").join(name)).unwrap();
    let args: Vec<String> = QWEN3_32B.iter().chain(extra).map(|arg| format!("\"{arg}\"")).collect();
    let deployment = template("deployment.yaml").replace("@ARGS@", &args.join(", ")).replace("@GPUS@", "2");
    fs::write(folder.join("deployment.yaml"), deployment).unwrap();
    let scenario = template("replay.toml")
        .replace("@DURATION@", "600s")
        .replace("@DRAIN@", "10s")
        .replace("@PROFILE@", "qwen3-32b/h100-sxm-80gb/tp2")
        .replace("@LOAD@", load)
        .replace("@AUTOSCALER@", "fixed = { replicas = 1 }");
    fs::write(folder.join("qwen.toml"), scenario).unwrap();
}

fn load(extra: &[&str], load: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    write_qwen(folder.path(), extra, load);
    Scenario::load(&folder.path().join("qwen.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn lengths(prompt: u32, output: u32) -> String {
    format!("arrivals.poisson = {{ rate = 1.0 }}\nprompt_tokens = {prompt}\noutput_tokens = {output}")
}

fn go_on(_: Heard) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn only(sweep: &Sweep) -> &Curve {
    assert_eq!(sweep.curves.len(), 1);
    &sweep.curves[0]
}

fn ttft(seconds: u64, quantile: f64) -> Objective {
    Objective { measure: Measure::Ttft, quantile, limit: SimDuration::from_secs(seconds) }
}

fn set(curve: &Curve, guide: Guide) -> Option<f64> {
    let target = curve.targets.iter().find(|target| target.guide == guide).unwrap();
    match target.suggestion {
        Suggestion::Set { target, .. } => Some(target),
        _ => None,
    }
}

/// llm-d's guide "token-aware autoscaling", static rows: one replica at 1.93 requests/s of 8192/256 tokens. From the growth of its TTFT
/// (p50 225 s, p99 470 s after 1200 s) it served 1.38 to 1.40 requests/s.
#[test]
fn a_measured_saturation_of_long_prompts_comes_out() {
    let scenario = load(&["--enforce-eager"], &lengths(8192, 256));
    let settings = Settings { seeds: 2, requests: 100, ..Settings::default() };
    let swept = sweep(&scenario.config, &settings, &go_on).unwrap();
    let curve = only(&swept);
    let plateau = curve.knee.plateau.mean;
    println!("saturates at {plateau:.3} requests/s, 1.39 measured");
    assert!((plateau / 1.39 - 1.0).abs() <= 0.12, "{plateau}");
    assert_eq!((curve.knee.rule, curve.knee.outcome), (Rule::Power, Outcome::NoObjectives));
    // Little's law, where all who are there are users.
    for level in &curve.levels {
        let users = level.mean(Metric::Throughput) * level.mean(Metric::E2eMean);
        assert!((users / level.load - 1.0).abs() < 0.1, "{users} users at {}", level.load);
    }
}

/// llm-d's EPP saturation benchmark: a replica meets a TTFT of 3 s up to 1.4 to 1.5 requests/s of 4000/1000 tokens. Which percentile is not
/// said; the guide to which it belongs scales by p90.
#[test]
fn a_measured_capacity_within_an_objective_comes_out() {
    let scenario = load(&[], &lengths(4000, 1000));
    for (by, quantile) in [(By::Concurrency, 0.95), (By::Rate, 0.9)] {
        let objectives = vec![ttft(3, quantile)];
        let settings = Settings { by, seeds: 2, requests: 100, objectives, ..Settings::default() };
        let swept = sweep(&scenario.config, &settings, &go_on).unwrap();
        let curve = only(&swept);
        let Outcome::Until(at, 0) = curve.knee.outcome else { panic!("{:?}", curve.knee.outcome) };
        let capacity = at.throughput.mean;
        println!(
            "{by:?}: p{} within 3 s up to {capacity:.3} requests/s, 1.4 to 1.5 measured",
            quantile * 100.0
        );
        assert!((1.4 * 0.85..=1.5 * 1.15).contains(&capacity), "{capacity}");
        // The GPU computes all the time long before: no target of its utilization tells the knee.
        let gpu = curve.targets.iter().find(|target| target.guide == Guide::GpuUtilization).unwrap();
        assert!(matches!(gpu.suggestion, Suggestion::Early(_)), "{gpu:?}");
        // 250 running requests are never there: the KV cache ends at a third of that.
        let target = set(curve, Guide::EppRunning).unwrap();
        assert!((40.0..100.0).contains(&target), "{target}");
        let running = curve.targets.iter().find(|target| target.guide == Guide::Running).unwrap();
        assert!(
            running.greatest < 90.0 && running.highest.is_some_and(|highest| highest < 82.0),
            "{running:?}"
        );
    }
}

/// The text of `sim knee` gives targets other than 250 and says why 250 does not work.
#[test]
fn the_command_says_why_not_250() {
    let folder = tempfile::tempdir().unwrap();
    write_qwen(folder.path(), &[], &lengths(4000, 1000));
    let files = ["--svg", "knee.svg", "--csv", "knee.csv"];
    let line = ["knee", "qwen.toml", "--ttft", "3s@p95", "--seeds", "2", "--requests", "50", "-q"];
    let output = sim_in(folder.path(), &[&line[..], &files].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    for told in [
        "1 replica serves up to",
        "epp_running_requests AverageValue 7",
        "250 of llm-d's HPA guide: fires above 275",
        "vllm:num_requests_waiting AverageValue",
        "no target tells the two apart",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let svg = fs::read_to_string(folder.path().join("knee.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("TTFT p95") && svg.ends_with("</svg>\n"), "{svg}");
    let csv = fs::read_to_string(folder.path().join("knee.csv")).unwrap();
    let fields: Vec<usize> = csv.lines().map(|line| line.split(',').count()).collect();
    assert!(fields.len() > 8 && fields.iter().all(|count| *count == 3 + 2 * Metric::ALL.len()), "{fields:?}");
}

/// Flow control keeps what pods cannot take: the EPP's queue is empty up to the knee, and no target for it comes out.
#[test]
fn a_queue_is_no_signal_before_saturation() {
    let scenario = crate::support::scenario("scenarios/burst.toml");
    let settings = Settings { replicas: vec![1, 2], seeds: 2, requests: 100, ..Settings::default() };
    let swept = sweep(&scenario.config, &settings, &go_on).unwrap();
    assert_eq!(swept.curves.len(), 2);
    for curve in &swept.curves {
        let last = curve.levels.last().unwrap();
        assert!(last.mean(Metric::QueueSize) > 10.0, "{last:?}");
        assert_eq!(set(curve, Guide::QueueSize), None);
        let target = set(curve, Guide::EppRunning).unwrap();
        let at = curve.knee.at.unwrap().load.mean / f64::from(curve.replicas);
        assert!((target * 1.1 - at).abs() <= 0.02 * at + 1.1, "{target} for {at} users per replica");
    }
    let [one, two] = [&swept.curves[0], &swept.curves[1]].map(|curve| curve.knee.plateau.mean);
    assert!((1.5..=2.1).contains(&(two / one)), "{one} and {two} requests/s");
}

/// A trace's rows go round through a cap; the same sweep in any number of threads is the same sweep.
#[test]
fn threads_change_nothing_and_traces_go_round() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String =
        (0..50).map(|row| format!("{row},{},{}\n", 100 + row * 20, 20 + row % 7 * 10)).collect();
    fs::write(folder.path().join("trace.csv"), format!("arrival_s,prompt_tokens,output_tokens\n{rows}"))
        .unwrap();
    write_qwen(folder.path(), &[], "trace.csv = { path = \"trace.csv\" }");
    let scenario = Scenario::load(&folder.path().join("qwen.toml")).unwrap_or_else(|error| panic!("{error}"));
    for by in [By::Concurrency, By::Rate] {
        let objectives = vec![ttft(1, 0.9)];
        let settings = Settings { by, seeds: 2, requests: 60, objectives, ..Settings::default() };
        let swept = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sweep(&scenario.config, &settings, &go_on).unwrap())
        };
        let (one, three) = (swept(1), swept(3));
        assert_eq!(one, three);
        let tokens: f64 = (0..50).map(|row| f64::from(20 + row % 7 * 10)).sum::<f64>() / 50.0;
        let level = only(&one).levels.iter().find(|level| level.mean(Metric::Throughput) > 0.5).unwrap();
        let per_request = level.mean(Metric::OutputTokens) / level.mean(Metric::Throughput);
        assert!(
            (per_request / tokens - 1.0).abs() < 0.15,
            "{per_request} tokens per request, {tokens} in the trace"
        );
    }
}

#[test]
fn who_listens_may_end_a_sweep() {
    let scenario = crate::support::scenario("scenarios/burst.toml");
    let ended = sweep(&scenario.config, &Settings::default(), &|_| ControlFlow::Break(()));
    assert!(matches!(ended, Err(KneeError::Run(_))), "{ended:?}");
}

/// What a run measures after its warm-up is what its log says about that time.
#[test]
fn a_warm_up_is_left_out_and_changes_nothing_else() {
    let mut config = crate::support::scenario("scenarios/burst.toml").config;
    config.record.log_requests = true;
    let whole = forescale::core::run(&config).unwrap();
    config.record.warm_up = SimDuration::from_secs(420);
    let record = forescale::core::run(&config).unwrap();
    assert_eq!((&record.requests, &record.timeline), (&whole.requests, &whole.timeline));
    assert_eq!((record.generated_tokens, &record.account), (whole.generated_tokens, &whole.account));
    let warm = record.timeline.iter().find(|bin| bin.at.since_start() >= config.record.warm_up).unwrap().at;
    let lines = || record.requests.iter();
    let first = lines().filter(|line| line.first_token.is_some_and(|at| at >= warm)).count();
    let done = |at, outcome| at >= warm && outcome == forescale::core::outcome::Outcome::Finished;
    let ended = lines().filter(|line| line.end.is_some_and(|(at, outcome, _)| done(at, outcome))).count();
    assert_eq!([record.latencies.ttft.count(), record.latencies.e2e.count()], [first as u64, ended as u64]);
    assert!(record.latencies.itl.count() < whole.latencies.itl.count());
    let shares = record.timeline.iter().map(|bin| bin.gpu_utilization);
    assert!(shares.clone().all(|share| (0.0..=1.0).contains(&share)) && shares.fold(0.0, f64::max) > 0.9);
}

/// The document follows its schema, and its levels are the rows of the table.
#[test]
fn the_document_follows_its_schema_and_has_the_figures_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    crate::support::copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    let line = [
        "knee",
        "scenarios/burst.toml",
        "--json",
        "--csv",
        "k.csv",
        "--seeds",
        "2",
        "--requests",
        "20",
        "-q",
    ];
    let output = sim_in(folder.path(), &line);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(Schema::read("docs/knee.schema.json").complaints(&document), [""; 0], "{document:#}");
    let curve = &document["curves"][0];
    assert_eq!(curve["targets"].as_array().unwrap().len(), Guide::ALL.len());
    assert!(curve["targets"][2]["target"].as_f64().is_some_and(|target| target != 250.0), "{curve:#}");

    let table = fs::read_to_string(folder.path().join("k.csv")).unwrap();
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let levels = curve["levels"].as_array().unwrap();
    assert_eq!(rows.clone().count(), levels.len());
    for (row, level) in rows.zip(levels) {
        for metric in Metric::ALL {
            let at = header.iter().position(|name| *name == metric.name()).unwrap();
            let [mean, half_width] = [row[at], row[at + 1]].map(|field| field.parse::<f64>().ok());
            let estimate = &level[metric.name()];
            assert_eq!(estimate["mean"].as_f64(), mean, "{}", metric.name());
            assert_eq!(estimate["half_width"].as_f64(), half_width, "{}", metric.name());
        }
    }
}
