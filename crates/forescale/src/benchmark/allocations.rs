//! How often further requests allocate, in builds with the feature `count-allocations`.

use super::course::{Course, failure};
use crate::exit::Failure;
use forescale::bench::{BenchError, Sums, T1};
use forescale::core::RunConfig;
use serde_json::{Value, json};

#[cfg(feature = "count-allocations")]
#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// Allocations per request in steady state: what 2N requests take more than N, over N.
pub(super) struct PerRequest {
    t1: T1,
    engine: f64,
    whole: f64,
}

impl PerRequest {
    pub(super) fn json(&self) -> Value {
        json!({
            "workload": "T1",
            "replicas": self.t1.replicas,
            "prefix_caching": self.t1.prefix_caching,
            "engine_per_request": self.engine,
            "whole_per_request": self.whole,
        })
    }
}

/// Nothing where allocations are not counted.
pub(super) fn measure(course: &Course, t1s: &[T1]) -> Result<Vec<PerRequest>, Failure> {
    let mut all = Vec::new();
    for t1 in t1s.iter().filter(|_| count().is_some()) {
        let twice = T1 { requests: t1.requests.saturating_mul(2), ..*t1 };
        let configs = [t1.config().map_err(failure)?, twice.config().map_err(failure)?];
        let growth = |run: &dyn Fn(&RunConfig) -> Result<Sums, BenchError>| {
            let mut counts = [0; 2];
            for (config, count_of) in configs.iter().zip(&mut counts) {
                let before = count();
                run(config).map_err(failure)?;
                *count_of = count().unwrap_or(0) - before.unwrap_or(0);
            }
            Ok::<_, Failure>((counts[1] as f64 - counts[0] as f64) / t1.requests as f64)
        };
        let engine = growth(&|config| course.engine(config, t1.replicas))?;
        let whole = growth(&|config| course.whole(config))?;
        all.push(PerRequest { t1: *t1, engine, whole });
    }
    Ok(all)
}

#[cfg(feature = "count-allocations")]
fn count() -> Option<usize> {
    let stats = stats_alloc::INSTRUMENTED_SYSTEM.stats();
    Some(stats.allocations + stats.reallocations)
}

#[cfg(not(feature = "count-allocations"))]
fn count() -> Option<usize> {
    None
}

pub(super) fn text(all: &[PerRequest]) -> String {
    let line = |it: &PerRequest| {
        let caching = if it.t1.prefix_caching { "on" } else { "off" };
        format!(
            "  k = {:<4}caching {caching:<4}{:>8} requests   engine {:.4}   whole {:.4}\n",
            it.t1.replicas, it.t1.requests, it.engine, it.whole
        )
    };
    let lines: String = all.iter().map(line).collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("\nAllocations per further request of T1\n{lines}"),
    }
}
