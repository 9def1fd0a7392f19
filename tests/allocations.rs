//! No allocation per event: what a run allocates does not grow with the number of its requests.
//!
//! A program of its own, since the allocator that counts is the whole program's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "a test says what it measures")]

use forescale::bench::{T1, engine_loop};
use forescale::core::autoscaler::Fixed;
use forescale::core::{AutoscalerFactory, RunConfig, run};
use forescale::kernel::SimDuration;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: u64 = 4000;

/// Calls of the allocator for memory, growth of what was there included.
fn allocations(work: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

/// What further requests take, per 1,000 of them, once the run has found its size.
fn per_thousand(work: impl Fn(u64)) -> f64 {
    let of = |requests| allocations(|| work(requests)) as f64;
    (of(2 * REQUESTS) - of(REQUESTS)) * 1000.0 / REQUESTS as f64
}

/// What 1,000 further requests may allocate, with demand and engines alone: room that grows now and then, nothing per event.
const ENGINE_BOUND: f64 = 1.0;

/// The same of the whole loop with a fixed size and a scrape each second: room that grows, and the recorder's look at each bin. A scrape only
/// pushes values; there are some 30 of them.
const FIXED_BOUND: f64 = 10.0;

/// The same with the HPA: to that come its answers and reasons, every 15 s, some 500 requests apart. Whoever betters it lowers the bound.
const WHOLE_BOUND: f64 = 75.0;

/// One test, since others at the same time would be counted too.
#[test]
fn further_requests_allocate_no_more_than_they_did() {
    for prefix_caching in [false, true] {
        let config =
            |requests| T1 { requests, replicas: 4, prefix_caching, ..T1::default() }.config().unwrap();
        let configs = [config(REQUESTS), config(2 * REQUESTS)];
        let config = |requests| &configs[usize::from(requests > REQUESTS)];
        let engine = per_thousand(|requests| assert_eq!(engine_loop(config(requests), 4).unwrap().lost, 0));
        let whole = per_thousand(|requests| assert_eq!(run(config(requests)).unwrap().account.lost(), 0));
        let fixed = per_thousand(|requests| {
            let autoscaler = AutoscalerFactory::new(|_| Box::new(Fixed::new(4)));
            let mut config = RunConfig { autoscaler, ..config(requests).clone() };
            config.telemetry.scrape_interval = SimDuration::from_secs(1);
            assert_eq!(run(&config).unwrap().account.lost(), 0);
        });
        println!(
            "caching {prefix_caching}: engine {engine}, fixed {fixed}, whole {whole} per 1,000 requests"
        );
        assert!(
            engine <= ENGINE_BOUND && fixed <= FIXED_BOUND && whole <= WHOLE_BOUND,
            "{engine} {fixed} {whole}"
        );
    }
}
