//! `sim run`

use crate::cli::{Requests, RunArguments};
use crate::diagnostics;
use crate::dry_run::dry_run;
use crate::exit::{Exit, Failure};
use crate::simulate::simulate;
use forescale::core::record::RunRecord;
use forescale::prepare::subject;
use forescale::report::{self, Extras, Style, Subject};
use forescale::scenario::{Edits, Rejection, Scenario};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Runs a scenario, writes its files and prints its report.
pub(crate) fn run(arguments: &RunArguments) -> Result<Exit, Failure> {
    let log = arguments.requests.map(Requests::format).transpose()?;
    let variant = arguments.variant.as_deref();
    let mut scenario = load(&arguments.scenario, variant, &arguments.set, arguments.seed, arguments.json)?;
    if arguments.dry_run {
        if !arguments.quiet {
            diagnostics::tell(&scenario.report);
        }
        return dry_run(&scenario, arguments.json);
    }
    scenario.config.engine_mode = arguments.engine.mode();
    scenario.config.record.log_requests |= log.is_some();
    if !arguments.quiet {
        diagnostics::tell(&scenario.report);
    }
    let record = simulate(&scenario.config, arguments.quiet)?;
    let subject = subject(&scenario);
    let folder = arguments.out.clone().unwrap_or_else(|| PathBuf::from("out").join(scenario.title()));
    let extras = Extras {
        requests: log,
        #[cfg(feature = "png")]
        png: arguments.png,
    };
    let files = report::write_all(&folder, &subject, &record, extras).map_err(|error| {
        Failure::Rejected(Box::new(Scenario::unwritable_report(&error.path, &error.error)))
    })?;
    if record.account.arrivals() == 0 && !record.attainments.is_empty() {
        return Err(Failure::Rejected(Box::new(scenario.unjudged_report())));
    }
    let exit = if record.meets_objectives() { Exit::Fine } else { Exit::Missed };
    exit.once(print(arguments, &subject, &record, &files))
}

/// The scenario of a file, with what flags replace in it; what is wrong with it goes to standard output too where JSON is wanted.
pub(crate) fn load(
    file: &Path,
    variant: Option<&str>,
    set: &[String],
    seed: Option<u64>,
    json: bool,
) -> Result<Scenario, Failure> {
    let edits = Edits { variant, sets: &sets(set, seed), ..Edits::default() };
    Scenario::load_edited(file, edits).map_err(|rejection| rejected(*rejection, json))
}

/// What flags replace; that of the seed wins over `--set`.
pub(crate) fn sets(set: &[String], seed: Option<u64>) -> Vec<String> {
    set.iter().cloned().chain(seed.map(|seed| format!("scenario.seed={seed}"))).collect()
}

/// What is wrong with a file; told on standard output too where a document is expected there.
pub(crate) fn rejected(rejection: Rejection, json: bool) -> Failure {
    let report = rejection.0;
    if json {
        diagnostics::tell_programs(&report.to_json());
    }
    Failure::Rejected(Box::new(report))
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
pub(crate) fn style() -> Style {
    let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    let width = terminal.map_or(Style::default().width, |(width, _)| width.0.into());
    Style { width, color: true }
}
