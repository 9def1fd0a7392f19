//! `sim knee`

mod arguments;

pub(crate) use arguments::{EXAMPLES, KneeArguments};

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::files::{save, show};
use crate::run::{load, style};
use crate::watch::{Total, watched};
use arguments::ByArgument;
use forescale::document::did_you_mean;
use forescale::experiment::knee::{By, KneeError, Outcome, Settings, Sweep, sweep};
use forescale::report;
use forescale::scenario::Scenario;
use std::io::{self, Write};

/// Sweeps the load on a scenario's model server, and prints the knee and the targets that follow.
pub(crate) fn knee(arguments: &KneeArguments) -> Result<Exit, Failure> {
    let scenario = load(
        &arguments.scenario,
        arguments.variant.as_deref(),
        &arguments.set,
        arguments.seed,
        arguments.json,
    )?;
    if !arguments.quiet {
        diagnostics::tell(&scenario.report);
    }
    let settings = settings(arguments, &scenario)?;
    let sweep = run(&scenario, &settings, arguments.quiet)?;
    let mut written = Vec::new();
    if let Some(file) = &arguments.csv {
        let mut csv = Vec::new();
        report::knee_csv(&sweep, &mut csv)?;
        written.push(save(file, &csv)?);
    }
    if let Some(file) = &arguments.svg {
        let svg = report::knee_svg(&scenario.title(), &sweep)
            .map_err(|error| Failure::Output(io::Error::other(error)))?;
        written.push(save(file, svg.as_bytes())?);
    }
    let mut shown = Vec::new();
    if arguments.json {
        report::knee_json(&scenario.title(), &sweep, &mut shown)?;
    } else {
        write!(shown, "{}", report::knee_text(&scenario.title(), &sweep, style()))?;
        if !written.is_empty() {
            writeln!(shown, "\nwritten: {}", written.join(", "))?;
        }
    }
    let is_missed = |outcome| matches!(outcome, Outcome::Never(_));
    let is_missed = sweep.curves.iter().any(|curve| is_missed(curve.knee.outcome));
    let exit = if is_missed { Exit::Missed } else { Exit::Fine };
    exit.once(show(&shown))
}

fn settings(arguments: &KneeArguments, scenario: &Scenario) -> Result<Settings, Failure> {
    let given = arguments.objectives();
    let mut replicas = arguments.replicas.clone();
    replicas.sort_unstable();
    replicas.dedup();
    Ok(Settings {
        by: match arguments.by {
            ByArgument::Concurrency => By::Concurrency,
            ByArgument::Rate => By::Rate,
        },
        replicas,
        seeds: arguments.seeds,
        requests: arguments.requests,
        objectives: if given.is_empty() { scenario.config.record.objectives.clone() } else { given },
        workload: workload(arguments.workload.as_deref(), scenario)?,
    })
}

/// The index of the workload that is meant.
fn workload(wanted: Option<&str>, scenario: &Scenario) -> Result<usize, Failure> {
    let names: Vec<&str> = scenario.config.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let known = names.join(", ");
    match (wanted, names.as_slice()) {
        (Some(name), _) => names.iter().position(|own| *own == name).ok_or_else(|| {
            let near = did_you_mean(name, names.iter().copied());
            Failure::Input(format!(
                "--workload {name}: the scenario has no such workload{near} (it has {known})"
            ))
        }),
        (None, [_]) => Ok(0),
        (None, []) => {
            Err(Failure::Input("the scenario has no workload whose requests could be sent".to_owned()))
        }
        (None, _) => Err(Failure::Input(format!(
            "--workload NAME says whose requests are sent; the scenario has {known}"
        ))),
    }
}

/// The sweep, watched.
fn run(scenario: &Scenario, settings: &Settings, quiet: bool) -> Result<Sweep, Failure> {
    let result = watched(quiet, Total::Grows, |listener| sweep(&scenario.config, settings, listener));
    result.map_err(|error| match error {
        KneeError::Run(error) => error.into(),
        error => Failure::Input(error.to_string()),
    })
}
