//! Traces that other people published, and small files of our own.

use crate::support::{copy_folder, outside, root, sim_in};
use forescale::scenario::{Scenario, TraceFile, TraceFormat, TraceStatistics};
use serde_json::Value;
use std::path::Path;

/// What a published trace is like, computed from the file by other means. Rates and lengths are exact to their last digit.
struct Published {
    file: &'static str,
    format: TraceFormat,
    rows: u64,
    duration_s: f64,
    rate: f64,
    gap_cv: f64,
    /// `None` where nobody published it.
    zero_gaps: Option<f64>,
    peak_over_mean: [f64; 3],
    /// Of 60 s, with the last bin as if it were whole.
    dispersion: Option<f64>,
    /// Mean, p50, p95, p99.
    prompt: [f64; 4],
    output: [f64; 4],
    /// Least and greatest prompt, least and greatest output.
    bounds: Option<[u32; 4]>,
    correlation: Option<f64>,
    is_quantised: bool,
}

const PUBLISHED: [Published; 5] = [
    Published {
        file: "AzureLLMInferenceTrace_conv.csv",
        format: TraceFormat::AzureLlm2023,
        rows: 19_366,
        duration_s: 3501.7,
        rate: 5.530,
        gap_cv: 1.094,
        zero_gaps: Some(0.0),
        peak_over_mean: [2.89, 1.64, 1.53],
        dispersion: Some(20.6),
        prompt: [1154.7, 1020.0, 4083.0, 4142.0],
        output: [211.1, 129.0, 451.0, 601.0],
        bounds: Some([2, 14_050, 7, 1000]),
        correlation: Some(-0.11),
        is_quantised: false,
    },
    Published {
        file: "mooncake_conversation_trace.jsonl",
        format: TraceFormat::Mooncake,
        rows: 12_031,
        duration_s: 3537.0,
        rate: 3.401,
        gap_cv: 3.03,
        zero_gaps: Some(0.902),
        peak_over_mean: [8.23, 1.63, 1.21],
        dispersion: Some(2.9),
        prompt: [12_035.0, 6909.0, 39_550.0, 85_400.0],
        output: [342.6, 350.0, 698.0, 1118.0],
        bounds: Some([891, 126_195, 1, 2000]),
        correlation: Some(0.07),
        is_quantised: true,
    },
    Published {
        file: "mooncake_synthetic_trace.jsonl",
        format: TraceFormat::Mooncake,
        rows: 3993,
        duration_s: 1022.0,
        rate: 3.907,
        gap_cv: 1.011,
        zero_gaps: Some(0.003),
        peak_over_mean: [3.33, 1.28, 1.16],
        dispersion: Some(13.0),
        prompt: [15_325.0, 11_587.0, 48_905.0, 66_456.0],
        output: [149.1, 69.0, 519.0, 768.0],
        bounds: Some([13, 191_378, 1, 893]),
        correlation: Some(-0.37),
        is_quantised: false,
    },
    Published {
        file: "servegen_deepseek-r1_24h_x0.125.csv.gz",
        format: TraceFormat::ServegenCsv,
        rows: 172_986,
        duration_s: 86_400.0,
        rate: 2.00,
        gap_cv: 1.56,
        zero_gaps: None,
        peak_over_mean: [17.98, 4.36, 3.15],
        dispersion: None,
        prompt: [1269.0, 208.0, 6773.0, 23_373.0],
        output: [1530.0, 794.0, 5652.0, 12_709.0],
        bounds: None,
        correlation: None,
        is_quantised: false,
    },
    Published {
        file: "servegen_m-large_48h_x0.025.csv.gz",
        format: TraceFormat::ServegenCsv,
        rows: 481_504,
        duration_s: 172_800.0,
        rate: 2.79,
        gap_cv: 1.42,
        zero_gaps: None,
        peak_over_mean: [22.97, 4.57, 3.28],
        dispersion: None,
        prompt: [966.0, 652.0, 2412.0, 5670.0],
        output: [79.0, 44.0, 249.0, 590.0],
        bounds: None,
        correlation: None,
        is_quantised: false,
    },
];

impl Published {
    fn assert(&self, statistics: &TraceStatistics) {
        let file = self.file;
        let close = |what: &str, found: Option<f64>, published: f64, within: f64| {
            let found = found.unwrap();
            assert!((found - published).abs() <= within, "{file}: {what} is {found}, not {published}");
        };
        assert_eq!(statistics.rows(), self.rows, "{file}");
        close("the duration", Some(statistics.duration().as_secs_f64()), self.duration_s, 0.05);
        close("the rate", statistics.rate(), self.rate, 0.0051);
        close("the CV of gaps", statistics.gap_cv(), self.gap_cv, 0.0051);
        if let Some(zero_gaps) = self.zero_gaps {
            close("the share of zero gaps", statistics.stamps.zero_gaps(), zero_gaps, 0.0005);
        }
        let rate = statistics.rate().unwrap();
        for (counts, peak) in statistics.counts.iter().zip(self.peak_over_mean) {
            close("a peak over the mean", counts.peak_over_mean(rate), peak, 0.0051);
        }
        if let Some(dispersion) = self.dispersion {
            close("dispersion", statistics.counts[2].dispersion_with_last(), dispersion, 0.06);
        }
        let lengths = [(&statistics.prompt_tokens, self.prompt), (&statistics.output_tokens, self.output)];
        for (tokens, [mean, p50, p95, p99]) in lengths {
            close("a mean length", tokens.mean(), mean, 0.51);
            for (q, published) in [(0.5, p50), (0.95, p95), (0.99, p99)] {
                close("a quantile", tokens.quantile(q), published, 1.0);
            }
        }
        if let Some(bounds) = self.bounds {
            let (prompt, output) = (&statistics.prompt_tokens, &statistics.output_tokens);
            let found = [prompt.min(), prompt.max(), output.min(), output.max()].map(Option::unwrap);
            assert_eq!(found, bounds, "{file}");
        }
        if let Some(correlation) = self.correlation {
            close("the correlation", statistics.correlation(), correlation, 0.0051);
        }
        assert_eq!(statistics.stamps.are_quantised(), self.is_quantised, "{file}");
    }
}

#[test]
fn published_traces_have_their_published_statistics() {
    let Some(data) = outside("FORESCALE_DATA", "statistics of published traces") else { return };
    for published in &PUBLISHED {
        let path = data.join("traces").join(published.file);
        if !path.exists() {
            println!("skipped: {} is not there", path.display());
            continue;
        }
        let mut requests = TraceFile { path, ..TraceFile::default() }.open().unwrap();
        assert_eq!(requests.format(), published.format, "{}", published.file);
        let mut statistics = TraceStatistics::default();
        requests.by_ref().for_each(|request| statistics.add(&request.unwrap()));
        assert_eq!(requests.failures(), 0, "{}", published.file);
        published.assert(&statistics);
    }
}

#[test]
fn the_head_of_burstgpt_has_four_failures_and_equal_stamps() {
    let Some(data) = outside("FORESCALE_DATA", "the head of BurstGPT") else { return };
    let path = data.join("traces/burstgpt1_head_75rows.csv");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let mut requests = TraceFile { path, ..TraceFile::default() }.open().unwrap();
    let read: Vec<_> = requests.by_ref().map(Result::unwrap).collect();
    assert_eq!((requests.format(), read.len(), requests.failures()), (TraceFormat::BurstGpt, 71, 4));
    assert!(read.windows(2).any(|pair| pair[0].at == pair[1].at), "two requests share a second");
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = sim_in(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("tests/it/traces"), folder.path());
    folder
}

#[test]
fn what_is_converted_reads_as_the_same() {
    let folder = folder();
    for file in ["batches.jsonl", "failures.csv"] {
        let output = sim_in(folder.path(), &["trace", "convert", file, "out.csv", "--force"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let [before, after] =
            [file, "out.csv"].map(|file| json(folder.path(), &["trace", "inspect", file, "--json"]));
        for same in ["rows", "duration_s", "rate_per_s", "gaps", "counts", "prompt_tokens", "rates", "stamps"]
        {
            assert_eq!(before[same], after[same], "{file}: {same}");
        }
        assert_eq!((after["format"].as_str(), after["failures_left_out"].as_u64()), (Some("csv"), Some(0)));
    }
}

#[test]
fn published_clients_of_servegen_have_their_published_figures() {
    let Some(data) = outside("FORESCALE_DATA", "the clients of ServeGen") else { return };
    // Clients, windows, windows without a request, requests per second: mean, greatest; the share of the top five clients. Computed from
    // the files by other means.
    let published = [
        ("servegen_m-small_client-rates_original.tar.gz", 43, 2016, 37, 1174.0, 3880.0, 0.770),
        ("servegen_m-large_client-rates_original.tar.gz", 162, 2016, 0, 195.8, 583.0, 0.428),
    ];
    for (file, clients, windows, empty, mean, peak, top) in published {
        let path = data.join("traces").join(file);
        if !path.exists() {
            println!("skipped: {} is not there", path.display());
            continue;
        }
        let found = json(&data, &["trace", "inspect", &path.display().to_string(), "--json"]);
        let whole = ["clients", "windows", "empty_windows"].map(|key| found[key].as_u64().unwrap());
        assert_eq!(whole, [clients, windows, empty], "{file}");
        let close = |value: &Value, expected: f64, within: f64| {
            assert!(
                (value.as_f64().unwrap() - expected).abs() <= within,
                "{file}: {value} is not {expected}"
            );
        };
        close(&found["rate_per_s"]["mean"], mean, 0.51);
        close(&found["rate_per_s"]["max"], peak, 0.51);
        close(&found["share_of_top_5"], top, 0.0006);
    }
}

#[test]
fn requests_measured_by_others_are_read_through_named_columns() {
    let Some(data) = outside("FORESCALE_DATA", "requests of measured runs") else { return };
    let path = data.join("field/traces/real-trace-staircase-20260803/requests.csv");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let file = path.display().to_string();
    let columns = ["--time", "t_arr_s", "--prompt-tokens", "in_tok", "--output-tokens", "out_tok_true"];
    let found = json(&data, &[&["trace", "inspect", &file, "--json"], &columns[..]].concat());
    let lines = std::fs::read_to_string(&path).unwrap().lines().count() as u64;
    assert_eq!((found["format"].as_str(), found["rows"].as_u64()), (Some("csv"), Some(lines - 1)));
}

#[test]
fn a_picture_shows_rate_and_lengths() {
    let folder = folder();
    let inspected =
        sim_in(folder.path(), &["trace", "inspect", "batches.jsonl", "--svg", "pictures/batches.svg"]);
    assert!(inspected.status.success(), "{}", String::from_utf8_lossy(&inspected.stderr));
    let svg = std::fs::read_to_string(folder.path().join("pictures/batches.svg")).unwrap();
    for part in [
        "<svg",
        "batches.jsonl",
        "mooncake, 9 requests over 6.104s",
        "Requests per second",
        "Lengths in tokens",
        ">1,000<",
    ] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let file = std::fs::File::open(folder.path().join("failures.csv")).unwrap();
    let mut cat = Command::new("cat").stdin(file).stdout(Stdio::piped()).spawn().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["trace", "inspect", "/dev/stdin", "--json"])
        .stdin(cat.stdout.take().unwrap())
        .output()
        .unwrap();
    cat.wait().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["rows"].as_u64(), Some(6), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The most memory that a process ever had, in kB.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_the_same_however_long_a_trace_is() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut sim = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["trace", "inspect", "/dev/stdin", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rows = std::io::BufWriter::new(sim.stdin.take().unwrap());
    writeln!(rows, "arrival_s,prompt_tokens,output_tokens").unwrap();
    let mut peaks = Vec::new();
    for row in 0..1_000_000_u32 {
        // All lengths that there will be occur early; bins of the rate are 15 s from the first hours on.
        writeln!(rows, "{}.{},{},{}", row / 10, row % 10, 1 + row * 31 % 7900, 1 + row * 17 % 900).unwrap();
        if row == 100_000 || row == 999_999 {
            rows.flush().unwrap();
            peaks.push(peak_memory(sim.id()));
        }
    }
    drop(rows);
    let output = sim.wait_with_output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["rows"].as_u64(), Some(1_000_000));
    assert!(peaks[1] < peaks[0] + 1024, "{peaks:?} kB");
}

/// A scenario that replays this.
fn scenario(folder: &Path, trace: &str) -> Scenario {
    let text = format!(
        "[scenario]\nname = \"traced\"\nduration = \"1h\"\n\n[model_server]\ntest_engine = {{ seats = 4, service = \"1s\" }}\n\n\
         [workload.replay]\ntrace.{trace}\n"
    );
    std::fs::write(folder.join("traced.toml"), text).unwrap();
    Scenario::load(&folder.join("traced.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn scenarios_replay_every_format() {
    let folder = folder();
    let azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00+00:00,1,1\n2024-05-10 00:00:01.5+00:00,2,2\n";
    let servegen = "arrival_s,client,input_tokens,output_tokens\n0.0,1,2,3\n0.25,1,2,3\n";
    let qwen = "{\"chat_id\":1,\"timestamp\":0.5,\"input_length\":5,\"output_length\":2,\"hash_ids\":[9]}\n";
    for (name, text) in [("azure.csv", azure), ("servegen.csv", servegen), ("qwen.jsonl", qwen)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let own = "time = \"timestamp\", time_unit = \"ms\", prompt_tokens = \"input_length\", output_tokens = \"output_length\"";
    let lengths = "\nprompt_tokens = 512\noutput_tokens.lognormal = { mean = 200, sigma = 0.5 }";
    let combined =
        "::1 - - [05/Jan/2026:09:00:00 +0000] \"POST /v1/completions HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
    let nginx = "{\"msec\":\"5.5\",\"request_time\":\"1.5\",\"request_method\":\"POST\",\"status\":\"200\",\"in\":7,\"out\":\"8\"}\n";
    let guidellm = "{\"benchmarks\":[{\"requests\":{\"successful\":[{\"request_start_time\":5.5,\"prompt_tokens\":4,\"output_tokens\":2}],\"errored\":[{}]}}]}";
    let perf = "[{\"start_time\":1.5,\"info\":{\"input_tokens\":7,\"output_tokens\":8},\"error\":null}]";
    for (name, text) in
        [("combined.log", combined), ("nginx.log", nginx), ("guidellm.json", guidellm), ("perf.json", perf)]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let cases = [
        (format!("nginx-combined = {{ path = \"combined.log\" }}{lengths}"), 1, vec!["F110"]),
        (
            "nginx-json = { path = \"nginx.log\", prompt_tokens = \"in\", output_tokens = \"out\" }".to_owned(),
            1,
            vec!["F110"],
        ),
        (
            format!("envoy-json = {{ path = \"envoy.log\", uri_prefix = \"/v1/chat\", repeat = \"1m\" }}{lengths}"),
            // Four in 4.85 s, a mean gap of 1.617 s, so a round is 6.467 s: nine whole ones and two more.
            38,
            vec!["F110"],
        ),
        ("vllm-bench = { path = \"vllm.json\" }".to_owned(), 3, vec!["F110"]),
        ("guidellm = { path = \"guidellm.json\" }".to_owned(), 1, vec!["F110"]),
        ("inference-perf = { path = \"perf.json\" }".to_owned(), 1, vec!["F110"]),
        ("azure-llm-2024 = { path = \"azure.csv\" }".to_owned(), 2, vec![]),
        ("burstgpt = { path = \"failures.csv\" }".to_owned(), 6, vec!["F110"]),
        ("mooncake = { path = \"batches.jsonl\" }".to_owned(), 9, vec![]),
        ("servegen-csv = { path = \"servegen.csv\", rate_scale = 0.5 }".to_owned(), 2, vec![]),
        ("qwen-bailian = { path = \"qwen.jsonl\" }".to_owned(), 1, vec![]),
        (format!("jsonl = {{ path = \"batches.jsonl\", window = [\"3s\", \"4s\"], {own} }}"), 3, vec![]),
        (
            "csv = { path = \"failures.csv\", time = \"Timestamp\", prompt_tokens = \"Total tokens\", output_tokens = \"Total tokens\", window = [\"0s\", \"35s\"] }".to_owned(),
            1,
            vec![],
        ),
    ];
    for (trace, arrived, warnings) in cases {
        let scenario = scenario(folder.path(), &trace);
        let codes: Vec<&str> = scenario.report.warnings().map(|warning| warning.code.id).collect();
        let record =
            forescale::core::run(&scenario.config).unwrap_or_else(|error| panic!("{trace}: {error}"));
        assert_eq!((record.account.arrivals(), codes), (arrived, warnings), "{trace}");
    }
}
