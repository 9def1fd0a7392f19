//! How much a pod can take, and the targets with which an HPA asks for another one just below that.
//!
//! `cargo run --example knee`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::experiment::knee::{Settings, Suggestion, sweep};
use forescale::scenario::Scenario;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = Scenario::load(Path::new("scenarios/burst.toml"))?;
    let settings = Settings {
        seeds: 2,
        requests: 100,
        objectives: scenario.config.record.objectives.clone(),
        ..Settings::default()
    };
    // The listener hears how far it has come, and may end it.
    let swept = sweep(&scenario.config, &settings, &|_| ControlFlow::Continue(()))?;
    for curve in &swept.curves {
        let knee = curve.knee.at.ok_or("no load meets the objectives")?;
        println!(
            "{} replica: {:.1} requests/s by {:.0} users, out of at most {:.1} requests/s",
            curve.replicas, knee.throughput.mean, knee.load.mean, curve.knee.plateau.mean
        );
        for target in &curve.targets {
            let metric = target.guide.name();
            match target.suggestion {
                Suggestion::Set { target, .. } => println!("{metric}: set {target}"),
                Suggestion::Early(load) => {
                    println!("{metric}: no target, it tells no more from {load:.0} users on")
                }
                Suggestion::Empty => println!("{metric}: no target, it is empty at the knee"),
                Suggestion::Absent | Suggestion::NoKnee => println!("{metric}: no target"),
            }
        }
    }
    println!("{} runs", swept.runs);
    Ok(())
}
