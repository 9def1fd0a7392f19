//! `sim run`

use crate::cli::RunArguments;
use crate::exit::{Exit, Failure};
use forescale::core::RunError;
use forescale::core::record::RunRecord;
use forescale::report::{self, Style, Subject};
use forescale::scenario::Scenario;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Runs a scenario, writes its files and prints its report.
pub(crate) fn run(arguments: &RunArguments) -> Result<Exit, Failure> {
    let mut scenario =
        Scenario::load(&arguments.scenario).map_err(|error| Failure::Input(error.to_string()))?;
    if let Some(seed) = arguments.seed {
        scenario.config.seed = seed;
    }
    for warning in &scenario.warnings {
        anstream::eprintln!("warning: {warning}");
    }
    let record = forescale::core::run(&scenario.config).map_err(|error| match error {
        RunError::Trace(_) | RunError::Config(_) => Failure::Input(error.to_string()),
        bug => Failure::Bug(bug.to_string()),
    })?;
    let subject = subject(&scenario);
    let folder = arguments.out.clone().unwrap_or_else(|| PathBuf::from("out").join(&scenario.name));
    let files = write(arguments, &folder, &subject, &record)
        .map_err(|error| Failure::Input(format!("{}: cannot be written: {error}", folder.display())))?;
    if record.account.arrivals() == 0 && !record.attainments.is_empty() {
        return Err(Failure::Input(
            "no request arrived in this run, so there is nothing to judge".to_owned(),
        ));
    }
    let exit = if record.meets_objectives() { Exit::Fine } else { Exit::Missed };
    match print(arguments, &subject, &record, &files) {
        // The reader has seen enough; the verdict stands.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(exit),
        printed => printed.map(|()| exit).map_err(Failure::Output),
    }
}

#[cfg_attr(not(feature = "png"), expect(unused_variables, reason = "only PNG is asked for by an argument"))]
fn write(
    arguments: &RunArguments,
    folder: &Path,
    subject: &Subject,
    record: &RunRecord,
) -> io::Result<Vec<PathBuf>> {
    #[cfg_attr(not(feature = "png"), expect(unused_mut, reason = "PNG comes after the others"))]
    let mut files = report::write_all(folder, subject, record)?;
    #[cfg(feature = "png")]
    if arguments.png {
        files.push(report::write_png(folder, subject, record)?);
    }
    Ok(files)
}

fn print(
    arguments: &RunArguments,
    subject: &Subject,
    record: &RunRecord,
    files: &[PathBuf],
) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if arguments.json {
        report::result_json(subject, record, &mut out)?;
    } else {
        write!(out, "{}", report::text(subject, record, style()))?;
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        writeln!(out, "written: {}", names.join(", "))?;
    }
    out.flush()
}

/// Colours are taken out again by the stream where nobody would see them.
fn style() -> Style {
    let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    let width = terminal.map_or(Style::default().width, |(width, _)| width.0.into());
    Style { width, color: true }
}

fn subject(scenario: &Scenario) -> Subject {
    Subject {
        scenario: scenario.name.clone(),
        seed: scenario.config.seed,
        duration: scenario.config.duration,
        autoscaler_kind: scenario.autoscaler.kind.to_owned(),
        autoscaler: scenario.autoscaler.description.clone(),
        workloads: scenario.config.workloads.iter().map(|workload| workload.name.clone()).collect(),
        gpu_price_per_hour: scenario.gpu_price_per_hour,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
