//! No allocation per event: what a run allocates does not grow with the number of its requests.
//!
//! A program of its own, since the allocator that counts is the whole program's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "a test says what it measures")]

use forescale::bench::{T1, engine_loop};
use forescale::core::run;
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

/// One test, since others at the same time would be counted too.
#[test]
fn further_requests_hardly_allocate() {
    for prefix_caching in [false, true] {
        let t1 = |requests| T1 { requests, replicas: 4, prefix_caching, ..T1::default() };
        let config = |requests| t1(requests).config().unwrap();
        let configs = [config(REQUESTS), config(2 * REQUESTS)];
        let config = |requests| &configs[usize::from(requests > REQUESTS)];
        let engine = per_thousand(|requests| {
            engine_loop(config(requests), 4).unwrap();
        });
        let whole = per_thousand(|requests| {
            run(config(requests)).unwrap();
        });
        println!("caching {prefix_caching}: engine {engine}, whole {whole} per 1,000 requests");
    }
}
