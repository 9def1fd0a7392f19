//! `sim compare`

mod arguments;

pub(crate) use arguments::{CompareArguments, EXAMPLES};

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::files::{save, show};
use crate::kpis;
use crate::run::{rejected, sets, style};
use crate::watch::{Total, watched};
use forescale::document::did_you_mean;
use forescale::experiment::compare::{Comparison, Entrant, compare as run_all, compare_with_baselines};
use forescale::experiment::kpi::{KpiName, distinct};
use forescale::experiment::replications::Count;
use forescale::experiment::statistics::Sequential;
use forescale::prepare::entrant;
use forescale::report;
use forescale::scenario::{BASE, Scenario, Study};
use std::io::{self, Write};

/// Runs the variants of a scenario with the same seeds, and prints how they differ.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Exit, Failure> {
    let wanted = arguments.base.iter().chain(&arguments.variants);
    let is_chosen = |name: &str| arguments.variants.is_empty() || wanted.clone().any(|wanted| wanted == name);
    let study = Study::load_chosen(&arguments.scenario, &sets(&arguments.set, arguments.seed), &is_chosen)
        .map_err(|it| rejected(*it, arguments.json))?;
    let chosen = chosen(arguments, &study)?;
    check_kpis(arguments, &chosen)?;
    if let (Some(csv), Some(svg)) = (&arguments.csv, &arguments.svg)
        && csv == svg
    {
        return Err(Failure::Input(format!("--csv and --svg name the same file, {}", csv.display())));
    }
    if !arguments.quiet {
        diagnostics::tell(&study.base.report);
    }
    let kpis = match arguments.kpi.is_empty() {
        true => {
            let main = report::main_kpis(&study.base.config.record.objectives);
            main.into_iter().map(KpiName::from).collect()
        }
        false => distinct(arguments.kpi.iter().cloned()),
    };
    let (comparison, unfinished) = run(arguments, &chosen, &kpis)?;
    let name = &study.base.name;
    let mut written = Vec::new();
    if let Some(file) = &arguments.csv {
        let mut csv = Vec::new();
        report::compare_csv(&comparison, &mut csv)?;
        written.push(save(file, &csv)?);
    }
    if let Some(file) = &arguments.svg {
        let svg = report::compare_svg(name, &comparison);
        let svg = svg.map_err(|error| Failure::Output(io::Error::other(error)))?;
        written.push(save(file, svg.as_bytes())?);
    }
    let mut shown = Vec::new();
    if arguments.json {
        report::compare_json(name, &comparison, &mut shown)?;
    } else {
        write!(shown, "{}", report::compare_text(name, &comparison, &kpis, style()))?;
        if !written.is_empty() {
            writeln!(shown, "\nwritten: {}", written.join(", "))?;
        }
    }
    let exit = if comparison.cheapest().is_some() { Exit::Fine } else { Exit::Missed };
    let exit = exit.once(show(&shown))?;
    match unfinished.is_empty() {
        true => Ok(exit),
        false => Err(Failure::Interrupted(format!("interrupted; not compared: {}", unfinished.join(", ")))),
    }
}

/// What is compared, the base first.
fn chosen<'a>(
    arguments: &CompareArguments,
    study: &'a Study,
) -> Result<Vec<(&'a str, &'a Scenario)>, Failure> {
    let name = |scenario: &'a Scenario| scenario.variant.as_deref().unwrap_or(BASE);
    let all: Vec<(&str, &Scenario)> =
        [&study.base].into_iter().chain(&study.variants).map(|scenario| (name(scenario), scenario)).collect();
    if study.variant_names.is_empty() {
        return Err(Failure::Input(
            "the scenario has no variants to compare: `[variant.NAME]` makes one (docs/scenario.md)"
                .to_owned(),
        ));
    }
    let find = |flag: &str, wanted: &str| {
        all.iter().copied().find(|(name, _)| *name == wanted).ok_or_else(|| {
            let names: Vec<&str> =
                [BASE].into_iter().chain(study.variant_names.iter().map(String::as_str)).collect();
            let near = did_you_mean(wanted, names.iter().copied());
            let names = names.join(", ");
            Failure::Input(format!(
                "{flag} {wanted}: the scenario has no such variant{near} (it has {names})"
            ))
        })
    };
    let base = find("--base", arguments.base.as_deref().unwrap_or(BASE))?;
    let wanted: Result<Vec<_>, _> = match arguments.variants.is_empty() {
        true => Ok(all.clone()),
        false => arguments.variants.iter().map(|wanted| find("--variants", wanted)).collect(),
    };
    let mut chosen = vec![base];
    for (name, scenario) in wanted? {
        if chosen.iter().all(|(other, _)| *other != name) {
            chosen.push((name, scenario));
        }
    }
    if chosen.len() < 2 {
        let (only, _) = base;
        return Err(Failure::Input(format!(
            "`{only}` is what the others are measured against, and no other is chosen"
        )));
    }
    Ok(chosen)
}

/// Whether there will be values: some of the variants has the workload, and the demand is known where a KPI is measured against it.
fn check_kpis(arguments: &CompareArguments, chosen: &[(&str, &Scenario)]) -> Result<(), Failure> {
    let workloads = chosen.iter().flat_map(|(_, scenario)| &scenario.config.workloads);
    let workloads: Vec<String> = workloads.map(|workload| workload.name.clone()).collect();
    for name in &arguments.kpi {
        if name.kpi.needs_demand() && !arguments.baselines {
            return Err(Failure::Input(format!(
                "--kpi {name}: it is measured against the replicas that were needed, which the baselines tell: add `--baselines`"
            )));
        }
        kpis::check(name, &arguments.scenario.display().to_string(), &workloads)
            .map_err(|why| Failure::Input(format!("--kpi {why}")))?;
    }
    Ok(())
}

/// The runs with progress on standard error; Ctrl-C ends them, and whoever had all of its runs by then is compared. The others' names are beside.
fn run(
    arguments: &CompareArguments,
    chosen: &[(&str, &Scenario)],
    kpis: &[KpiName],
) -> Result<(Comparison, Vec<String>), Failure> {
    let count = match arguments.precision {
        None => Count::Fixed(arguments.replications as usize),
        Some(percent) => {
            let rule = Sequential { relative_error: percent / 100.0, ..Sequential::default() };
            Count::Until(rule, kpis.to_vec())
        }
    };
    let entrants: Vec<Entrant> = chosen.iter().map(|(name, scenario)| entrant(name, scenario)).collect();
    let result = watched(arguments.quiet, Total::Known, |listener| match arguments.baselines {
        true => compare_with_baselines(&entrants, arguments.replications as usize, listener),
        false => run_all(&entrants, &count, listener),
    });
    let mut comparison = result.map_err(|failed| Failure::of_run(&failed.entrant, failed.error))?;
    let unfinished = comparison.take_unfinished();
    if comparison.entrants.len() < 2 {
        return Err(Failure::interrupted());
    }
    Ok((comparison, unfinished))
}
