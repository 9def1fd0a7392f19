//! Is a scenario as good as its committed baseline says? As it stands it is; with doubled targets and a shorter window it is not.
//!
//! `cargo run --example regress`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::experiment::regress::{Baseline, judge};
use forescale::experiment::replications::{Count, replicate};
use forescale::prepare::variant;
use forescale::scenario::Scenario;
use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let file = "scenarios/baselines/burst.toml";
    let baseline = Baseline::read(file, &fs::read_to_string(file)?).map_err(|it| it.render(false, 100))?;
    let edits = [
        "hpa.metrics.igw_queue_depth.target=500",
        "hpa.metrics.igw_running_requests.target=500",
        "hpa.behavior.scaleDown.stabilizationWindowSeconds=60",
    ];
    for sets in [Vec::new(), edits.map(str::to_owned).to_vec()] {
        let mut scenario = Scenario::load_with(Path::new("scenarios/burst.toml"), &sets)?;
        // At the seeds of the baseline, the same program gives the same values.
        scenario.config.seed = baseline.seed;
        let count = Count::Fixed(baseline.replications());
        let runs = replicate(&variant(&scenario), &count, &[], &|_| ControlFlow::Continue(()))?;
        let judged = judge(&baseline, &runs);
        println!("{} values replaced: {}", sets.len(), judged.verdict().name());
        for finding in &judged.findings {
            let percent = finding.relative().map_or(f64::NAN, |share| 100.0 * share);
            println!("  {}: {percent:+.1} %; margin: {:?}", finding.guarded, finding.standing);
        }
    }
    Ok(())
}
