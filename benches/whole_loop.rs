//! The whole loop, with gateway, telemetry and HPA, against a bare hand-written loop of one engine on the same requests.
//!
//! Requests: Poisson 8/s on one replica, prompts lognormal with mean 512 and sigma 0.8, outputs lognormal with mean 256 and sigma
//! 0.8; Llama-3.1-8B on one H100 with 256 seats and 2048 tokens per step. Before criterion's own figures, the requests per CPU-second of
//! both loops and their ratio are printed; the ratio is what can be compared between machines.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench prints, and stops where it cannot go on"
)]

use criterion::{Criterion, Throughput, criterion_group};
use forescale::core::demand::{Arrivals, Demand, Lengths, Rate, Request};
use forescale::core::dist::Dist;
use forescale::core::replica::{ModelServerConfig, StepLoad, StepTime};
use forescale::core::{RunConfig, run};
use forescale::kernel::{SimDuration, SimTime};
use forescale::scenario::Scenario;
use rustix::time::{ClockId, clock_gettime};
use std::collections::{BTreeSet, VecDeque};
use std::hint::black_box;
use std::path::Path;

const REQUESTS: u64 = 20_000;
const SEATS: u32 = 256;
const BUDGET: u64 = 2048;

fn config() -> RunConfig {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/burst.toml");
    let mut config = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}")).config;
    let length = |mean| Dist::Lognormal { mean, sigma: 0.8 };
    let lengths = Lengths { prompt_tokens: length(512.0), output_tokens: length(256.0) };
    config.workloads[0].arrivals = Arrivals::Poisson(Rate::constant(8.0).unwrap(), lengths);
    config.workloads[0].requests = Some(REQUESTS);
    config.duration = SimDuration::from_secs(86_400);
    if let ModelServerConfig::Vllm(engine) = &mut config.model_server {
        engine.max_num_seqs = SEATS;
        engine.max_num_batched_tokens = BUDGET as u32;
    }
    config.drain = SimDuration::ZERO;
    // The run ends shortly after the last request.
    config.duration = SimDuration::from_secs(REQUESTS / 8 + 300);
    config
}

fn whole(config: &RunConfig) -> u64 {
    run(config).unwrap().account.all_ended()
}

/// One engine without KV blocks, gateway, telemetry, autoscaler or record: whole prompts in the order of arrival, and decode steps
/// summed up until the batch changes.
fn bare(config: &RunConfig, step_time: &StepTime) -> u64 {
    let mut demand = Demand::new(&config.workloads, config.seed).unwrap();
    let (mut now, mut finished) = (SimTime::ZERO, 0);
    let mut arrived: Vec<Request> = Vec::new();
    let mut waiting: VecDeque<Request> = VecDeque::new();
    // Decoding requests by the step at which each ends; steps are counted from the start.
    let mut running: BTreeSet<(u64, u64)> = BTreeSet::new();
    let (mut step, mut context) = (0_u64, 0_u64);
    let mut ends_with: Vec<u64> = vec![0; REQUESTS as usize];
    loop {
        if demand.next_wake().is_some_and(|at| at <= now) {
            demand.wake(now, &mut arrived).unwrap();
            waiting.extend(arrived.drain(..));
        }
        if running.is_empty() && waiting.is_empty() {
            match demand.next_wake() {
                Some(at) => now = at,
                None => return finished,
            }
            continue;
        }
        let batch = running.len() as u64;
        let mut load = StepLoad::decode(batch, context);
        let mut budget = BUDGET - batch;
        while let Some(head) = waiting.front().filter(|_| running.len() < SEATS as usize) {
            let prompt = u64::from(head.prompt_tokens);
            if prompt > budget && budget < BUDGET - batch {
                break;
            }
            budget = budget.saturating_sub(prompt);
            load.prefill_tokens += prompt;
            load.prefill_half_pairs += prompt * prompt;
            load.prefill_seqs += 1;
            running.insert((step + u64::from(head.output_tokens), head.id.0));
            ends_with[head.id.0 as usize] = prompt + u64::from(head.output_tokens);
            context += prompt;
            waiting.pop_front();
        }
        let batch = running.len() as u64;
        let first_end = running.first().map_or(step, |(end, _)| *end);
        let mut steps = first_end.saturating_sub(step).max(1);
        now += step_time.of(&load);
        if load.prefill_tokens == 0 && steps > 1 {
            // k further steps cost k·a + b·k(k − 1)/2; no more of them than until the next arrival.
            let a = step_time.of(&StepLoad::decode(batch, context + batch));
            let growth = step_time.decode(batch).per_context_ps * batch;
            let until_arrival =
                demand.next_wake().map_or(u64::MAX, |at| at.since(now).as_ps() / a.as_ps() + 1);
            let k = (steps - 1).min(until_arrival);
            now += SimDuration::from_ps(k * a.as_ps() + growth * (k * k.saturating_sub(1) / 2));
            steps = k + 1;
        } else {
            steps = 1;
        }
        step += steps;
        context += batch * steps;
        while let Some(&(end, id)) = running.first().filter(|(end, _)| *end <= step) {
            running.remove(&(end, id));
            context = context.saturating_sub(ends_with[id as usize]);
            finished += 1;
        }
    }
}

/// CPU seconds of this process that `work` takes, and what it gives.
fn cpu_seconds(work: impl FnOnce() -> u64) -> (f64, u64) {
    let read = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let before = read();
    let result = black_box(work());
    (read() - before, result)
}

fn loops(criterion: &mut Criterion) {
    let config = config();
    let ModelServerConfig::Vllm(engine) = &config.model_server else { panic!("burst.toml runs vLLM") };
    let step_time = engine.step_time.clone();
    assert!(whole(&config) >= REQUESTS - 50 && bare(&config, &step_time) == REQUESTS);
    let best = |work: &dyn Fn() -> u64| (0..5).map(|_| cpu_seconds(work).0).fold(f64::INFINITY, f64::min);
    let (whole_s, bare_s) = (best(&|| whole(&config)), best(&|| bare(&config, &step_time)));
    let per_s = |seconds: f64| REQUESTS as f64 / seconds;
    println!(
        "whole loop {:.0} requests per CPU-second, bare loop {:.0}, ratio {:.4}",
        per_s(whole_s),
        per_s(bare_s),
        bare_s / whole_s
    );
    let mut group = criterion.benchmark_group("requests");
    group.throughput(Throughput::Elements(REQUESTS)).sample_size(10);
    group.bench_function("whole_loop", |bencher| bencher.iter(|| whole(&config)));
    group.bench_function("bare_loop", |bencher| bencher.iter(|| bare(&config, &step_time)));
    group.finish();
}

criterion_group!(benches, loops);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
