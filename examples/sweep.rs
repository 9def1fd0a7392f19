//! Many settings of a scenario at the same seeds, in two shards that are put together: which setting is the cheapest.
//!
//! `cargo run --example sweep`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::experiment::kpi::Kpi;
use forescale::experiment::sweep::{Journal, Shard, jobs, merge, run};
use forescale::prepare::{sweep_plan, sweep_variant};
use forescale::report::{SweepExtras, write_sweep};
use forescale::scenario::Study;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    // A smaller grid in place of the scenario's own.
    let sets = [
        "scenario.duration=20m".to_owned(),
        "sweep={\"hpa.metrics.igw_running_requests.target\"=[20,60],\"hpa.maxReplicas\"=[2,3]}".to_owned(),
    ];
    let study = Study::load(Path::new("scenarios/target-250.toml"), &sets)?;
    let plan = sweep_plan(&study, 2).ok_or("the scenario has no sweep")?;
    let variant = |point: usize| sweep_variant(&study, &sets, point).map_err(|error| error.to_string());

    let folder = tempfile::tempdir()?;
    let folders = [1, 2].map(|number| folder.path().join(number.to_string()));
    for (number, folder) in (1..).zip(&folders) {
        // The journal keeps each run as soon as it is done: what it has already is not run again.
        let (journal, done) = Journal::open(folder, &plan, false)?;
        let jobs = jobs(&plan, Some(Shard { number, of: 2 }), &done);
        run(&plan, &jobs, None, &variant, &|run| journal.add(&run), &|_| ControlFlow::Continue(()))?;
        println!("shard {number}: {} of {} runs", jobs.len(), plan.runs());
    }

    let swept = merge(&folders)?;
    for setting in &swept.settings {
        let hours = setting.estimate("gpu_hours").ok_or("no runs")?.mean;
        let (met, of) = (setting.met(), setting.runs.len());
        println!("point {}: {hours:.3} GPU-hours, met in {met} of {of} runs", setting.point);
    }
    let best = swept.best(Kpi::GpuHours).and_then(|best| swept.plan.points.get(best.point));
    for (axis, value) in swept.plan.axes.iter().zip(best.iter().flat_map(|best| &best.values)) {
        println!("best: {} = {}", axis.path, value.as_deref().unwrap_or("its default"));
    }
    let files = write_sweep(folder.path(), &swept, Kpi::GpuHours, SweepExtras::default())?;
    println!("{} files are written", files.len());
    Ok(())
}
