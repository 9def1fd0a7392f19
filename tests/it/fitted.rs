//! Profiles of traffic: what they generate against what they were fitted to, and what a run makes of them.

use crate::support::{outside, sim_in};
use forescale::kernel::SimDuration;
use forescale::scenario::{Scenario, TraceFile, TraceRequest, TraceStatistics, TrafficFit};
use std::path::Path;

const SEEDS: u64 = 50;

#[test]
fn a_profile_of_the_azure_hour_generates_its_rate_its_bursts_and_its_lengths() {
    let Some(data) = outside("FORESCALE_DATA", "a profile of the Azure hour") else { return };
    let path = data.join("traces/AzureLLMInferenceTrace_conv.csv");
    let bin = SimDuration::from_secs(15);
    let mut fit = TrafficFit::new(bin);
    for request in (TraceFile { path, ..TraceFile::default() }).open().unwrap() {
        fit.add(&request.unwrap()).unwrap();
    }
    let traffic = fit.traffic("conv", None).unwrap();
    assert!(traffic.to_toml(&[]).len() < 8_000);
    let mut bins = vec![0.0; traffic.requests.len()];
    let mut dispersions = [0.0; 3];
    let mut lengths = TraceStatistics::default();
    for seed in 0..SEEDS {
        let mut one = TraceStatistics::default();
        for request in traffic.generate(seed).unwrap() {
            bins[(request.at.as_ps() / bin.as_ps()) as usize] += 1.0 / SEEDS as f64;
            one.add(&request);
            lengths.add(&TraceRequest { at: SimDuration::ZERO, ..request });
        }
        for (sum, counts) in dispersions.iter_mut().zip(&one.counts) {
            *sum += counts.dispersion().unwrap() / SEEDS as f64;
        }
    }
    let close = |what: &str, found: f64, wanted: f64, within: f64| {
        assert!((found / wanted - 1.0).abs() <= within, "{what} is {found}, not {wanted}");
    };
    let source = fit.statistics();
    for (number, (found, wanted)) in bins.iter().zip(&traffic.requests).enumerate() {
        close(&format!("the rate of bin {number}"), *found, *wanted, 0.02);
    }
    for (found, counts) in dispersions.iter().zip(&source.counts) {
        close(&format!("dispersion in {}", counts.bin()), *found, counts.dispersion().unwrap(), 0.1);
    }
    let tokens = [
        ("prompt", &lengths.prompt_tokens, &source.prompt_tokens),
        ("output", &lengths.output_tokens, &source.output_tokens),
    ];
    for (name, found, wanted) in tokens {
        for percent in 1..100 {
            let of = |tokens: &forescale::scenario::TokenStatistics| {
                tokens.quantile(f64::from(percent) / 100.0).unwrap()
            };
            close(&format!("p{percent} of {name} tokens"), of(found), of(wanted), 0.03);
        }
    }
}

/// A scenario of a minute with this workload.
fn scenario(folder: &Path, workload: &str) -> Scenario {
    let text = format!(
        "[scenario]\nname = \"measured\"\nduration = \"1m\"\n\n[model_server]\ntest_engine = {{ seats = 4, service = \"1s\" }}\n\n\
         [workload.chat]\n{workload}\n"
    );
    std::fs::write(folder.join("measured.toml"), text).unwrap();
    Scenario::load(&folder.join("measured.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn arrivals(scenario: &Scenario) -> u64 {
    forescale::core::run(&scenario.config).unwrap().account.arrivals()
}

#[test]
fn a_scenario_takes_what_fit_writes() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String =
        (0..400).map(|n| format!("{},{},{}\n", f64::from(n) / 10.0, 100 + n, 5 + n % 7)).collect();
    std::fs::write(
        folder.path().join("trace.csv"),
        "arrival_s,prompt_tokens,output_tokens\n".to_owned() + &rows,
    )
    .unwrap();
    let output = sim_in(folder.path(), &["trace", "fit", "trace.csv", "--bin", "5s", "-o", "chat.toml"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(arrivals(&scenario(folder.path(), "fitted = { path = \"chat.toml\" }")), 400);
    let half = scenario(folder.path(), "fitted = { path = \"chat.toml\", rate_scale = 0.5 }");
    assert_eq!(arrivals(&half), 200);
}

#[test]
fn a_rate_comes_from_prometheus_or_grafana() {
    let folder = tempfile::tempdir().unwrap();
    let answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[\
        {\"metric\":{\"route\":\"chat\"},\"values\":[[1000,\"2\"],[1010,\"4\"],[1020,\"1\"],[1060,\"1\"]]},\
        {\"metric\":{\"route\":\"code\"},\"values\":[[1000,\"100\"]]}]}}";
    let export = "\"Time\",\"chat\"\n1000000,1000\n1010000,1040\n1020000,10\n";
    for (name, text) in [("panel.json", answer), ("panel.csv", export)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let lengths = "prompt_tokens = 5\noutput_tokens = 5";
    let fixed =
        |rate: &str| scenario(folder.path(), &format!("arrivals.fixed_count.rate = {rate}\n{lengths}"));
    let chat = fixed("{ query_range = { path = \"panel.json\", labels = { route = \"chat\" } } }");
    // Ten seconds each of 2, 4 and 1 a second; then a gap of 30 s with the mean of both sides, cut by the end of the minute.
    assert_eq!(arrivals(&chat), 70 + 30);
    let codes: Vec<&str> = chat.report.warnings().map(|warning| warning.code.id).collect();
    assert_eq!(codes, ["F111"]);
    let counted = "grafana_csv = { path = \"panel.csv\", column = \"chat\", counter = true, scale = 2 }";
    assert_eq!(arrivals(&fixed(&format!("{{ {counted} }}"))), 2 * (40 + 10));
    let spiked = format!("{{ {counted}, spikes = [{{ at = \"0s\", for = \"10s\", factor = 3 }}] }}");
    assert_eq!(arrivals(&fixed(&spiked)), 2 * (3 * 40 + 10));
}
