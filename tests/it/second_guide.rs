//! The vLLM guide of kubernetes/examples, end to end: running requests against GPU utilization, and both in one HPA.

use crate::support::root;
use forescale::core::autoscaler::hpa::{MetricReason, Reasons};
use forescale::core::outcome::Outcome;
use forescale::core::record::{RunRecord, SyncRecord};
use forescale::kernel::{SimDuration, SimTime};
use forescale::scenario::Scenario;
use rayon::prelude::*;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;
const RUNNING: &str = "vllm_num_requests_running";
const GPU: &str = "gpu_utilization_percent";

fn load(name: &str, sets: &[&str]) -> Scenario {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let path = root().join(format!("scenarios/{name}.toml"));
    Scenario::load_with(&path, &sets).unwrap_or_else(|error| panic!("{error}"))
}

fn run(scenario: &Scenario, seed: u64) -> RunRecord {
    let mut config = scenario.config.clone();
    config.seed = seed;
    forescale::core::run(&config).unwrap()
}

/// One record per seed.
fn runs(name: &str, sets: &[&str]) -> Vec<RunRecord> {
    let scenario = load(name, sets);
    SEEDS.into_par_iter().map(|seed| run(&scenario, seed)).collect()
}

fn minute(minutes: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(60 * minutes)
}

/// Pods that hold a GPU, in the mean from the fifth minute on.
fn pods_held(record: &RunRecord) -> f64 {
    let bins: Vec<f64> =
        record.timeline.iter().filter(|bin| bin.at > minute(5)).map(|bin| f64::from(bin.pods)).collect();
    bins.iter().sum::<f64>() / bins.len() as f64
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn reasons(sync: &SyncRecord) -> &Reasons {
    &sync.decision.sync.as_ref().expect("an HPA decides").reasons
}

/// A metric's proposal, before windows and limits; none where it failed.
fn proposal(sync: &SyncRecord, name: &str) -> Option<i32> {
    let metric = reasons(sync).metrics.iter().find(|metric| metric.name == name)?;
    metric.outcome.as_ref().ok().map(|evaluation| evaluation.proposal)
}

/// The metric that decided.
fn winner(sync: &SyncRecord) -> Option<&str> {
    let reasons = reasons(sync);
    reasons.metrics.get(reasons.winner?).map(|metric: &MetricReason| metric.name.as_str())
}

/// GPU utilization holds all five pods, at about two and a half times the GPU time, and nobody waits less.
#[test]
fn gpu_utilization_costs_more_than_twice_and_gains_nothing() {
    let (running, gpu) = (runs("gpu-vs-running", &[]), runs("s6-gpu-utilization", &[]));
    let held = |records: &[RunRecord]| mean(records.iter().map(pods_held));
    let (of_running, of_gpu) = (held(&running), held(&gpu));
    println!("pods held: {of_running:.2} by running requests, {of_gpu:.2} by GPU utilization");
    assert!((1.6..=2.1).contains(&of_running), "{of_running}");
    assert!((4.6..=5.0).contains(&of_gpu), "{of_gpu}");
    assert!(of_gpu >= 2.4 * of_running, "{of_gpu} against {of_running}");
    for (running, gpu) in running.iter().zip(&gpu) {
        let ttft = |record: &RunRecord, q| record.latencies.ttft.quantile(q).unwrap();
        for q in [0.5, 0.99] {
            let (running, gpu) = (ttft(running, q), ttft(gpu, q));
            assert!((running - gpu).abs() < 0.005, "q {q}: {running} s against {gpu} s");
        }
        // The first sample that is seen may be of a part of a second; the next one leads to the maximum.
        let ups: Vec<u32> = gpu.scalings().take(2).map(SyncRecord::to).collect();
        assert!(ups[0] == 5 || ups[0] > 1 && ups[1] == 5, "{ups:?}");
    }
}

/// With a target that one replica exceeds and four do not, utilization is a signal of sorts: about three pods, up and down all the time.
#[test]
fn a_target_of_80_percent_settles_at_three() {
    let target = "hpa.spec.metrics.gpu_utilization_percent.pods.target.averageValue='80'";
    let records = runs("s6-gpu-utilization", &[target]);
    let held = mean(records.iter().map(pods_held));
    assert!((2.7..=3.5).contains(&held), "{held}");
    assert!(records.iter().all(|record| record.scalings().count() > 10));
}

/// Whatever is lost, is lost by pods that are Ready and do not listen, or that are stopped.
#[test]
fn without_a_probe_pods_get_requests_while_they_load() {
    for record in runs("gpu-vs-running", &[]) {
        let refused = record.account.with(Outcome::Refused);
        assert!(refused > 50, "{refused}");
        assert_eq!(record.account.lost(), refused + record.account.with(Outcome::LostOnDrain));
    }
}

/// Many short requests are seen by running requests first; few long ones are asked for by GPU utilization alone.
#[test]
fn any_metric_scales_up() {
    for record in runs("s7-combined", &[]) {
        let ups: Vec<&SyncRecord> = record.scalings().filter(|sync| sync.to() > sync.from).collect();
        let first = ups.first().unwrap();
        assert!(first.at > minute(5) && first.at < minute(6), "{}", first.at);
        assert_eq!(winner(first), Some(RUNNING), "{}", first.decision.reason);
        let of_long: Vec<&&SyncRecord> = ups.iter().filter(|sync| sync.at > minute(30)).collect();
        assert!(!of_long.is_empty());
        for up in of_long {
            assert_eq!(winner(up), Some(GPU), "{}: {}", up.at, up.decision.reason);
            assert!(proposal(up, RUNNING) <= Some(up.from as i32), "{}", up.decision.reason);
        }
    }
}

/// What is recommended is the most that any metric asks for, so pods go only where both ask for fewer, and have for 30 s.
#[test]
fn all_metrics_scale_down() {
    let mut downs = 0;
    for record in runs("s7-combined", &[]) {
        for (index, sync) in record.syncs.iter().enumerate() {
            let (Some(running), Some(gpu)) = (proposal(sync, RUNNING), proposal(sync, GPU)) else { continue };
            let recommended = sync.decision.sync.as_ref().and_then(|sync| sync.recommendation);
            assert_eq!(recommended, Some(running.max(gpu)), "{}: {}", sync.at, sync.decision.reason);
            if sync.to() < sync.from {
                downs += 1;
                let within = |past: &&SyncRecord| sync.at.since(past.at) < SimDuration::from_secs(30);
                let window = record.syncs[..=index].iter().rev().take_while(within);
                let most = window.filter_map(|past| proposal(past, RUNNING).max(proposal(past, GPU))).max();
                let kept = most.unwrap().max(1);
                assert_eq!(sync.to() as i32, kept, "{}: {}", sync.at, sync.decision.reason);
            }
        }
    }
    assert!(downs > 20, "{downs}");
}

/// One metric without an answer does not hinder scaling up by the other, but nothing goes until it is back.
#[test]
fn one_metric_that_fails_blocks_scaling_down_and_not_up() {
    for (answer, said) in [("error", "Internal error"), ("nothing", "no metrics returned")] {
        let set = format!("telemetry.outage.gpu_utilization_percent.answer={answer}");
        let records = runs("s7-one-metric-fails", &[&set]);
        for (record, whole) in records.iter().zip(runs("s7-combined", &[])) {
            let during = |sync: &&SyncRecord| sync.at >= minute(2) && sync.at < minute(25);
            for sync in record.syncs.iter().filter(during) {
                assert_eq!(proposal(sync, GPU), None);
                assert!(sync.decision.reason.contains(said), "{}", sync.decision.reason);
            }
            let scalings: Vec<(u32, u32)> =
                record.scalings().filter(during).map(|sync| (sync.from, sync.to())).collect();
            assert!(!scalings.is_empty() && scalings.iter().all(|(from, to)| to > from), "{scalings:?}");
            let first_down = |record: &RunRecord| {
                record
                    .scalings()
                    .find(|sync| sync.to() < sync.from && sync.at > minute(15))
                    .map(|sync| sync.at)
            };
            // With both metrics pods go a minute after the load, without one at the first look after it is back.
            assert!(first_down(&whole).unwrap() < minute(18));
            let back = first_down(record).unwrap();
            assert!(back >= minute(25) && back < minute(26), "{back}");
        }
    }
}

/// With no metric at all nothing moves, in either direction.
#[test]
fn no_metric_no_decision() {
    let both = [
        "telemetry.outage.vllm_num_requests_running={ from = '2m', until = '25m' }",
        "telemetry.outage.gpu_utilization_percent.answer=nothing",
    ];
    for record in runs("s7-one-metric-fails", &both) {
        let mut scalings = record.scalings().filter(|sync| sync.at < minute(25));
        assert!(scalings.next().is_none());
    }
}
