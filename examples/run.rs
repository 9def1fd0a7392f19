//! A scenario is loaded and run; the verdict, the scalings and the files of the run come out.
//!
//! `cargo run --example run`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::scenario::Scenario;
use forescale::{core, prepare, report};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut scenario = Scenario::load(Path::new("scenarios/burst.toml"))?;
    // All that a run depends on is plain data.
    scenario.config.seed = 8;
    let record = core::run(&scenario.config)?;

    let subject = prepare::subject(&scenario);
    let text = report::text(&subject, &record, report::Style::default());
    println!("{}", text.lines().next().unwrap_or_default());
    for scaling in record.scalings() {
        println!("{} {} → {}: {}", scaling.at, scaling.from, scaling.to(), scaling.decision.reason);
    }
    let ttft = record.latencies.ttft.quantile(0.99).unwrap_or(f64::NAN);
    println!("{:.2} GPU-hours, TTFT p99 {ttft:.1} s", record.gpu_hours());

    let folder = tempfile::tempdir()?;
    for file in report::write_all(folder.path(), &subject, &record, report::Extras::default())? {
        println!("written: {}", file.file_name().unwrap_or_default().display());
    }
    Ok(())
}
