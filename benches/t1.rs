//! T1 and T3, small: the bare loop, demand with engines, and the whole loop on the same requests.
//!
//! `sim bench` measures the same at any size and gives the ratios to the bare loop; here criterion says whether a change made a
//! difference.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::unwrap_used, reason = "a bench stops where it cannot go on")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use forescale::bench::{T1, bare_loop, engine_loop};
use forescale::core::run;

const REQUESTS: u64 = 4000;

fn loops(criterion: &mut Criterion, group: &str, cases: &[(String, T1)]) {
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(REQUESTS)).sample_size(10);
    for (name, t1) in cases {
        let (config, engine) = (t1.config().unwrap(), t1.engine());
        group.bench_function(BenchmarkId::new("bare", name), |bencher| {
            bencher.iter(|| bare_loop(t1.draws(), t1.replicas, &engine));
        });
        group.bench_function(BenchmarkId::new("engine", name), |bencher| {
            bencher.iter(|| engine_loop(&config, t1.replicas).unwrap());
        });
        group.bench_function(BenchmarkId::new("whole", name), |bencher| {
            bencher.iter(|| run(&config).unwrap().generated_tokens);
        });
    }
    group.finish();
}

fn t1(criterion: &mut Criterion) {
    let case = |(replicas, prefix_caching)| {
        let caching = if prefix_caching { "on" } else { "off" };
        let t1 = T1 { requests: REQUESTS, replicas, prefix_caching, ..T1::default() };
        (format!("k={replicas}/caching={caching}"), t1)
    };
    loops(criterion, "t1", &[(1, false), (4, false), (16, false), (4, true)].map(case));
}

fn t3(criterion: &mut Criterion) {
    let case = |output_mean| {
        (format!("m={output_mean}"), T1 { requests: REQUESTS, replicas: 4, output_mean, ..T1::default() })
    };
    loops(criterion, "t3", &[64.0, 256.0, 1024.0, 4096.0].map(case));
}

criterion_group!(benches, t1, t3);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
