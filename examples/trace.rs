//! A log of requests: what it is like, and a profile of it that can be shipped in its place.
//!
//! `cargo run --example trace`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::kernel::SimDuration;
use forescale::scenario::{TraceFile, TraceStatistics, TrafficFit};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // The first lines tell the format: this one is BurstGPT's.
    let file = TraceFile { path: "tests/it/traces/failures.csv".into(), ..TraceFile::default() };
    let mut requests = file.open()?;
    let mut statistics = TraceStatistics::default();
    let mut fit = TrafficFit::new(SimDuration::from_secs(30));
    // One by one: memory does not grow with the file.
    for request in requests.by_ref() {
        let request = request?;
        statistics.add(&request);
        fit.add(&request)?;
    }
    println!(
        "{}: {} requests in {}, {} failed ones left out",
        requests.format().name(),
        statistics.rows(),
        statistics.duration(),
        requests.failures()
    );
    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let (rate, cv) = (number(statistics.rate()), number(statistics.gap_cv()));
    println!("{rate:.3} requests/s, CV of the gaps {cv:.2}");
    for (what, tokens) in [("prompt", &statistics.prompt_tokens), ("output", &statistics.output_tokens)] {
        println!("{what} tokens: mean {:.1}, p50 {:.1}", number(tokens.mean()), number(tokens.quantile(0.5)));
    }

    // What the profile generates, against its source; a workload takes it by `fitted = { path = ... }`.
    let traffic = fit.traffic("failures.csv", None)?;
    let compared = fit.compared(&traffic, None)?;
    for figure in compared.iter().filter(|figure| ["gap_cv", "output_mean"].contains(&figure.name.as_str())) {
        println!("{}: {:.3} in the source, {:.3} generated", figure.name, figure.source, figure.generated);
    }
    println!("{} bytes as TOML", traffic.to_toml(&compared).len());
    Ok(())
}
