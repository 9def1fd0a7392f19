//! `sim regress`

mod arguments;
mod subject;

pub(crate) use arguments::{EXAMPLES, RegressArguments};

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::files::save;
use crate::run::style;
use crate::watch::{Total, watched};
use forescale::experiment::Heard;
use forescale::experiment::regress::judge;
use forescale::experiment::replications::Replications;
use forescale::report::{self, Gate, Gates};
use forescale::scenario::Scenario;
use std::fs;
use std::io::Write;
use std::path::Path;
use subject::Subject;

/// Sets scenarios against their baselines, or writes these anew.
pub(crate) fn regress(arguments: &RegressArguments) -> Result<Exit, Failure> {
    let subjects = arguments.scenarios.iter().map(|file| Subject::load(file, arguments));
    let subjects = subjects.collect::<Result<Vec<_>, Failure>>()?;
    for (place, subject) in subjects.iter().enumerate() {
        check(&subjects, place, subject, arguments)?;
        if !arguments.quiet {
            diagnostics::tell(&subject.scenario.report);
        }
    }
    let runs = run(arguments, &subjects)?;
    if arguments.update {
        return update(arguments, &subjects, &runs);
    }
    tell(arguments, &gates(arguments, &subjects, &runs))
}

/// What has a baseline, judged.
fn gates(arguments: &RegressArguments, subjects: &[Subject], runs: &[Replications]) -> Gates {
    let gate = |(subject, runs): (&Subject, &Replications)| {
        let baseline = subject.baseline.as_ref()?;
        Some(Gate {
            scenario: subject.title.clone(),
            file: subject.scenario.file.display().to_string(),
            baseline_file: subject.baseline_file.display().to_string(),
            is_edited: baseline.inputs != subject.inputs,
            judged: judge(baseline, runs, &subject.workloads),
        })
    };
    Gates { gates: subjects.iter().zip(runs).filter_map(gate).collect(), is_strict: arguments.strict }
}

/// What can be known before anything is run.
fn check(
    subjects: &[Subject],
    place: usize,
    subject: &Subject,
    arguments: &RegressArguments,
) -> Result<(), Failure> {
    let title = &subject.title;
    if subjects.iter().take(place).any(|other| other.baseline_file == subject.baseline_file) {
        return Err(Failure::Input(format!(
            "two scenarios are called `{title}`; each has a baseline of its own"
        )));
    }
    if arguments.update {
        return subject.guards(arguments).map(|_| ());
    }
    if subject.baseline.is_none() {
        return Err(Failure::Input(format!(
            "{}: there is no baseline of `{title}` yet; the same command with `--update` writes it",
            subject.baseline_file.display()
        )));
    }
    Ok(())
}

/// All runs, in the order of the scenarios, with one line of progress.
fn run(arguments: &RegressArguments, subjects: &[Subject]) -> Result<Vec<Replications>, Failure> {
    let of: usize = subjects.iter().map(|subject| subject.replications(arguments)).sum();
    watched(arguments.quiet, Total::Known, |listener| {
        let mut all: Vec<Replications> = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let before: usize = all.iter().map(|runs| runs.runs.len()).sum();
            let hear = |heard: Heard| listener(Heard { done: before + heard.done, of });
            all.push(subject.run(arguments, &hear)?);
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
    let mut out = anstream::stdout().lock();
    let before = gates(arguments, subjects, runs);
    if !before.gates.is_empty() {
        write!(out, "{}", report::regress_text(&before, style()))?;
    }
    for (subject, runs) in subjects.iter().zip(runs) {
        let renewed = subject.renewed(arguments, runs)?;
        let file = &subject.baseline_file;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .map_err(|error| Failure::Rejected(Box::new(Scenario::unwritable_report(folder, &error))))?;
        let text = renewed.text();
        let is_new = fs::read_to_string(file).map_or(true, |old| old != text);
        let name = save(file, text.as_bytes())?;
        write!(out, "{}", report::baseline_text(&renewed, style()))?;
        writeln!(out, "{}: {name}", if is_new { "written" } else { "unchanged" })?;
    }
    out.flush()?;
    Ok(Exit::Fine)
}

fn tell(arguments: &RegressArguments, gates: &Gates) -> Result<Exit, Failure> {
    let mut written = Vec::new();
    if let Some(file) = &arguments.junit {
        let mut bytes = Vec::new();
        report::regress_junit(gates, &mut bytes)?;
        written.push(save(file, &bytes)?);
    }
    if let Some(file) = &arguments.sarif {
        let mut bytes = Vec::new();
        report::regress_sarif(gates, env!("CARGO_PKG_VERSION"), &mut bytes)?;
        written.push(save(file, &bytes)?);
    }
    if let Some(file) = &arguments.markdown {
        written.push(save(file, report::regress_markdown(gates).as_bytes())?);
    }
    if arguments.annotations {
        anstream::eprint!("{}", report::regress_annotations(gates));
    }
    let mut out = anstream::stdout().lock();
    if arguments.json {
        report::regress_json(gates, &mut out)?;
    } else {
        write!(out, "{}", report::regress_text(gates, style()))?;
        if !written.is_empty() {
            writeln!(out, "\nwritten: {}", written.join(", "))?;
        }
    }
    out.flush()?;
    Ok(if gates.is_good() { Exit::Fine } else { Exit::Missed })
}
