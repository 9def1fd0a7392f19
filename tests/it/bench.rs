//! The workloads of `sim bench` and their yardstick.

use crate::support::{outside, sim};
use forescale::bench::Memory;
use forescale::bench::{AzureHour, Sums, T1, bare_loop, engine_loop};
use forescale::core::RunConfig;
use forescale::core::replica::{EngineConfig, ModelServerConfig};

fn with_engine(config: RunConfig, engine: &EngineConfig) -> RunConfig {
    RunConfig { model_server: ModelServerConfig::Vllm(engine.clone()), ..config }
}

/// A yardstick that skipped work would flatter nobody but itself.
#[test]
fn the_bare_loop_gives_the_latencies_of_the_engine_to_the_picosecond() {
    let t1 = T1 { requests: 2000, replicas: 3, ..T1::default() };
    let calm = t1.engine();
    let few_seats = EngineConfig { max_num_seqs: 5, ..calm.clone() };
    let small_steps = EngineConfig { max_num_seqs: 40, max_num_batched_tokens: 70, ..calm.clone() };
    for engine in [calm, few_seats, small_steps] {
        let bare = bare_loop(t1.draws(), t1.replicas, &engine);
        let config = with_engine(t1.config().unwrap(), &engine);
        assert_eq!(bare, engine_loop(&config, t1.replicas).unwrap(), "{engine:?}");
        assert_eq!([bare.requests, bare.lost], [2000, 0]);
    }
}

#[test]
fn t1_is_calm_and_t3_is_the_same_work_in_other_portions() {
    let t1 = T1 { requests: 4000, ..T1::default() };
    let of = |output_mean| bare_loop(T1 { output_mean, ..t1 }.draws(), 1, &t1.engine());
    let (short, long) = (of(64.0), of(1024.0));
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 0.05;
    assert!(near(short.tokens as f64, 64.0 * 4000.0) && near(long.tokens as f64, 1024.0 * 4000.0));
    // A step of some 20 sequences takes about 8 ms; a prompt is in the step after the one that its request meets.
    let calm = |sums: &Sums| sums.mean_ttft() < 0.05 && (0.006..0.015).contains(&sums.mean_itl());
    assert!(calm(&of(256.0)) && calm(&long), "{:?}", of(256.0));
}

#[test]
fn the_azure_hour_is_read_as_it_is_replayed() {
    let Some(data) = outside("FORESCALE_DATA", "the bare loop on the Azure hour") else { return };
    let azure = AzureHour { trace: data.join("traces/AzureLLMInferenceTrace_conv.csv"), replicas: Some(4) };
    let bare = bare_loop(azure.rows().unwrap().into_iter(), 4, &azure.engine());
    assert_eq!(bare, engine_loop(&azure.config().unwrap(), 4).unwrap());
    assert_eq!(bare.requests, 19_366);
}

#[test]
fn the_command_measures_three_loops() {
    let small =
        ["--requests", "300", "--replicas", "2", "--prefix-caching", "off", "--repeat", "1", "--json"];
    let output = sim(&[&["bench", "t1"][..], &small].concat());
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = told["rows"].as_array().unwrap();
    let of = |replicas: u64, requests: u64| {
        let rows = rows.iter().filter(move |row| row["replicas"] == replicas && row["requests"] == requests);
        rows.map(|row| row["loop"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!([of(2, 300), of(1, 2000)], [["bare", "engine", "whole"]; 2]);
    assert!(rows.iter().all(|row| row["ratio_to_bare"].as_f64().unwrap() > 0.0));
    assert_eq!(rows[2]["output_tokens"], rows[0]["output_tokens"], "the same requests");
}

#[test]
fn memory_does_not_grow_with_the_number_of_requests() {
    if Memory::read().is_none() {
        println!("skipped: resident memory is not available on this platform");
        return;
    }
    let peak = |requests: &str| {
        let run = ["bench", "t1", "--only", "whole", "--replicas", "4", "--prefix-caching", "off"];
        let output = sim(&[&run[..], &["--requests", requests]].concat());
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        told["peak_bytes"].as_u64().unwrap()
    };
    let (few, many) = (peak("10000"), peak("100000"));
    assert!(many < few + (20 << 20), "{few} bytes for 10,000 requests, {many} for 100,000");
}
