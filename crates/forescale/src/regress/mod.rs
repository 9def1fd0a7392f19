//! `sim regress`

mod arguments;
mod subject;

pub(crate) use arguments::{EXAMPLES, RegressArguments};

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::files::{save, show};
use crate::run::style;
use crate::watch::{Total, watched};
use forescale::experiment::Heard;
use forescale::experiment::regress::judge;
use forescale::experiment::replications::Replications;
use forescale::report::{self, Gate, Gates};
use std::io;
use std::path::{Path, PathBuf};
use subject::Subject;

/// Sets scenarios against their baselines, or writes these anew.
pub(crate) fn regress(arguments: &RegressArguments) -> Result<Exit, Failure> {
    let subjects = arguments.scenarios.iter().map(|file| Subject::load(file, arguments));
    let subjects = subjects.collect::<Result<Vec<_>, Failure>>()?;
    check(&subjects, arguments)?;
    if !arguments.quiet {
        subjects.iter().for_each(|subject| diagnostics::tell(&subject.scenario.report));
    }
    let runs = run(arguments, &subjects)?;
    let exit = match arguments.update {
        true => update(arguments, &subjects, &runs)?,
        false => tell(arguments, &gates(arguments, &subjects, &runs))?,
    };
    let left: Vec<&str> = subjects.iter().skip(runs.len()).map(|subject| subject.title.as_str()).collect();
    match left.is_empty() {
        true => Ok(exit),
        false => Err(Failure::Interrupted(format!("interrupted; not run: {}", left.join(", ")))),
    }
}

/// What has a baseline, judged.
fn gates(arguments: &RegressArguments, subjects: &[Subject], runs: &[Replications]) -> Gates {
    let gate = |(subject, runs): (&Subject, &Replications)| {
        let baseline = subject.baseline.as_ref().filter(|baseline| baseline.is_complete())?;
        Some(Gate {
            scenario: subject.title.clone(),
            file: subject.scenario.file.display().to_string(),
            baseline_file: subject.baseline_file.display().to_string(),
            is_edited: baseline.inputs != subject.inputs,
            judged: judge(baseline, runs),
        })
    };
    Gates { gates: subjects.iter().zip(runs).filter_map(gate).collect(), is_strict: arguments.strict }
}

/// What can be known before anything is run.
fn check(subjects: &[Subject], arguments: &RegressArguments) -> Result<(), Failure> {
    let reports = [&arguments.junit, &arguments.sarif, &arguments.markdown];
    let reports: Vec<&PathBuf> = reports.into_iter().flatten().collect();
    for (place, file) in reports.iter().enumerate() {
        if reports.iter().take(place).any(|other| other == file) {
            return Err(Failure::Input(format!("{}: two reports would go to this file", file.display())));
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() || file.is_dir() {
            return Err(Failure::Input(format!("{}: no file can be written there", file.display())));
        }
    }
    for (place, subject) in subjects.iter().enumerate() {
        let title = &subject.title;
        if subjects.iter().take(place).any(|other| other.home == subject.home && other.title == *title) {
            return Err(Failure::Input(format!(
                "`{title}` is given twice, or two scenarios have this name and one baseline"
            )));
        }
        if arguments.update {
            subject.guards(arguments)?;
        } else if subject.baseline.is_none() {
            return Err(Failure::Input(format!(
                "{}: there is no baseline of `{title}` yet; the same command with `--update` writes it",
                subject.baseline_file.display()
            )));
        }
    }
    Ok(())
}

/// All runs, in the order of the scenarios, with one line of progress; after Ctrl-C those of the scenarios that were done by then.
fn run(arguments: &RegressArguments, subjects: &[Subject]) -> Result<Vec<Replications>, Failure> {
    let of: usize = subjects.iter().map(|subject| subject.replications(arguments)).sum();
    watched(arguments.quiet, Total::Known, |listener| {
        let mut all: Vec<Replications> = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let before: usize = all.iter().map(|runs| runs.runs.len()).sum();
            let hear = |heard: Heard| listener(Heard { done: before + heard.done, of });
            match subject.run(arguments, &hear) {
                Ok(runs) => all.push(runs),
                // Scenarios that are done are judged all the same.
                Err(Failure::Interrupted(_)) if !all.is_empty() => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(all)
    })
}

/// Writes baselines, and says what has become of what they guarded.
fn update(
    arguments: &RegressArguments,
    subjects: &[Subject],
    runs: &[Replications],
) -> Result<Exit, Failure> {
    let mut text = String::new();
    let before = gates(arguments, subjects, runs);
    if !before.gates.is_empty() {
        text += &report::regress_text(&before, style());
    }
    for (subject, runs) in subjects.iter().zip(runs) {
        let renewed = subject.renewed(arguments, runs)?;
        let is_new = subject.write(&renewed)?;
        let word = if is_new { "written" } else { "unchanged" };
        text += &report::baseline_text(&renewed, style());
        text += &format!("{word}: {}\n", subject.baseline_file.display());
    }
    if !arguments.set.is_empty() && !arguments.quiet {
        anstream::eprintln!(
            "note: this is the level of the scenarios with `--set`, not of the files as they are"
        );
    }
    Exit::Fine.once(show(text.as_bytes()))
}

/// The report first, then the files: what cannot be written hides no verdict.
fn tell(arguments: &RegressArguments, gates: &Gates) -> Result<Exit, Failure> {
    let exit = if gates.is_good() { Exit::Fine } else { Exit::Missed };
    if arguments.annotations {
        anstream::eprint!("{}", report::regress_annotations(gates));
    }
    let exit = exit.once(print(arguments, gates))?;
    if let Some(file) = &arguments.junit {
        let mut bytes = Vec::new();
        report::regress_junit(gates, &mut bytes)?;
        save(file, &bytes)?;
    }
    if let Some(file) = &arguments.sarif {
        let mut bytes = Vec::new();
        report::regress_sarif(gates, env!("CARGO_PKG_VERSION"), &mut bytes)?;
        save(file, &bytes)?;
    }
    if let Some(file) = &arguments.markdown {
        save(file, report::regress_markdown(gates).as_bytes())?;
    }
    Ok(exit)
}

fn print(arguments: &RegressArguments, gates: &Gates) -> io::Result<()> {
    if !arguments.json {
        return show(report::regress_text(gates, style()).as_bytes());
    }
    let mut document = Vec::new();
    report::regress_json(gates, &mut document)?;
    show(&document)
}
