//! The variants of a scenario at the same seeds: which is the cheapest that meets the objectives, and what differs.
//!
//! `cargo run --example compare`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::experiment::compare::compare;
use forescale::experiment::kpi::Kpi;
use forescale::experiment::replications::Count;
use forescale::prepare::entrant;
use forescale::scenario::Study;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    // Values by paths, as `sim --set` takes them, in the base and in all variants.
    let sets = ["scenario.duration=12m".to_owned()];
    let study = Study::load(Path::new("scenarios/metric-choice.toml"), &sets)?;
    let mut entrants = vec![entrant("base", &study.base)];
    entrants.extend(study.variants.iter().map(|variant| entrant(&variant.title(), variant)));
    let comparison = compare(&entrants, &Count::Fixed(3), &|_| ControlFlow::Continue(()))?;
    for (place, entrant) in comparison.entrants.iter().enumerate() {
        let hours = entrant.gpu_hours().ok_or("no runs")?.mean;
        let met = if entrant.meets_objectives() { "met" } else { "missed" };
        // Seed by seed, so that what chance does to both sides falls out; none for the base itself.
        let contrast = comparison.contrast(place, Kpi::GpuHours);
        let against = match contrast.map(|contrast| contrast.difference) {
            None => String::new(),
            Some(it) if it.is_detected() => format!(", {:+.3} against the base", it.estimate().mean),
            Some(_) => ", no difference detected".to_owned(),
        };
        println!("{}: {met}, {hours:.3} GPU-hours{against}", entrant.name);
    }
    let cheapest = comparison.cheapest().map_or("none of them", |best| best.name.as_str());
    println!("the cheapest that meets all objectives: {cheapest}");
    Ok(())
}
