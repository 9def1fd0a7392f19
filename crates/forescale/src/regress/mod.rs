//! `sim regress`

mod arguments;
mod refused;
mod reports;
mod subject;

pub(crate) use arguments::{EXAMPLES, RegressArguments};

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::files::show;
use crate::run::style;
use crate::watch::{Total, watched};
use forescale::experiment::Heard;
use forescale::experiment::regress::judge;
use forescale::experiment::replications::Replications;
use forescale::report::{self, Flaw, Gate, Gates, Obstacle, Unjudged};
use refused::Refused;
use subject::Subject;

/// Sets scenarios against their baselines, or writes these anew.
pub(crate) fn regress(arguments: &RegressArguments) -> Result<Exit, Failure> {
    reports::check(arguments)?;
    let looked = look(arguments);
    if looked.iter().any(Result::is_err) {
        return refuse(arguments, &looked);
    }
    let subjects: Vec<Subject> = looked.into_iter().flatten().collect();
    if !arguments.quiet {
        subjects.iter().for_each(|subject| diagnostics::tell(&subject.scenario.report));
    }
    reports::clear(arguments);
    let (runs, stopped) = run(arguments, &subjects);
    if arguments.update {
        return update(arguments, &subjects, &runs, stopped);
    }
    let unjudged = stopped.as_ref().map_or_else(Vec::new, |failure| unjudged(&subjects, runs.len(), failure));
    let gates = Gates { gates: gates(&subjects, &runs), unjudged, is_strict: arguments.strict };
    let exit = reports::tell(arguments, &gates)?;
    stopped.map_or(Ok(exit), |failure| Err(named(failure, &subjects, runs.len())))
}

/// All scenarios with their baselines, before anything is run.
fn look(arguments: &RegressArguments) -> Vec<Result<Subject, Refused>> {
    let mut all: Vec<Result<Subject, Refused>> = Vec::new();
    for file in &arguments.scenarios {
        let subject = Subject::load(file, arguments).and_then(|subject| {
            let Subject { title, home, .. } = &subject;
            if all.iter().flatten().any(|other| other.home == *home && other.title == *title) {
                return Err(Refused::At {
                    file: file.display().to_string(),
                    line: None,
                    message: format!(
                        "`{title}` is given twice, or two scenarios have this name and one baseline"
                    ),
                });
            }
            Ok(subject)
        });
        all.push(subject);
    }
    all
}

/// Tells all that is wrong. The files of reports say so too, so that nobody takes those of an earlier call for this one's.
fn refuse(arguments: &RegressArguments, looked: &[Result<Subject, Refused>]) -> Result<Exit, Failure> {
    let refused = || looked.iter().filter_map(|subject| subject.as_ref().err());
    refused().for_each(Refused::tell);
    if arguments.json {
        diagnostics::tell_programs(&refused().flat_map(Refused::diagnostics).collect());
    }
    let unjudged = arguments.scenarios.iter().zip(looked).map(|(file, subject)| {
        let file = file.display().to_string();
        match subject {
            Ok(subject) => Unjudged { scenario: subject.title.clone(), file, obstacle: Obstacle::NotRun },
            Err(refused) => {
                Unjudged { scenario: file.clone(), file, obstacle: Obstacle::Broken(refused.flaws()) }
            }
        }
    });
    let gates = Gates { gates: Vec::new(), unjudged: unjudged.collect(), is_strict: arguments.strict };
    reports::annotate(arguments, &gates);
    reports::write(arguments, &gates)?;
    Ok(Exit::WrongInput)
}

/// What has a baseline, judged.
fn gates(subjects: &[Subject], runs: &[Replications]) -> Vec<Gate> {
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
    subjects.iter().zip(runs).filter_map(gate).collect()
}

/// What is left after so many scenarios, with what stopped the next one.
fn unjudged(subjects: &[Subject], done: usize, failure: &Failure) -> Vec<Unjudged> {
    let mut left = Vec::new();
    for (place, subject) in subjects.iter().enumerate().skip(done) {
        let file = subject.scenario.file.display().to_string();
        let obstacle = match failure {
            Failure::Interrupted(_) => Obstacle::Interrupted,
            failure if place == done => {
                let whose = |flaw: Flaw| Flaw { file: flaw.file.or_else(|| Some(file.clone())), ..flaw };
                Obstacle::Broken(refused::flaws(failure).into_iter().map(whose).collect())
            }
            _ => Obstacle::NotRun,
        };
        left.push(Unjudged { scenario: subject.title.clone(), file, obstacle });
    }
    left
}

/// After Ctrl-C, with the names of those that were not run.
fn named(failure: Failure, subjects: &[Subject], done: usize) -> Failure {
    match failure {
        Failure::Interrupted(_) => {
            let left: Vec<&str> = subjects.iter().skip(done).map(|subject| subject.title.as_str()).collect();
            Failure::Interrupted(format!("interrupted; not run: {}", left.join(", ")))
        }
        other => other,
    }
}

/// All runs, in the order of the scenarios, with one line of progress; those of the scenarios that were done, and what stopped the next one.
fn run(arguments: &RegressArguments, subjects: &[Subject]) -> (Vec<Replications>, Option<Failure>) {
    let of: usize = subjects.iter().map(|subject| subject.replications(arguments)).sum();
    watched(arguments.quiet, Total::Known, |listener| {
        let mut all: Vec<Replications> = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let before: usize = all.iter().map(|runs| runs.runs.len()).sum();
            let hear = |heard: Heard| listener(Heard { done: before + heard.done, of });
            match subject.run(arguments, &hear) {
                Ok(runs) => all.push(runs),
                Err(failure) => return (all, Some(failure)),
            }
        }
        (all, None)
    })
}

/// Writes the baselines of the scenarios that were done when Ctrl-C came, and says what has become of what they guarded.
fn update(
    arguments: &RegressArguments,
    subjects: &[Subject],
    runs: &[Replications],
    stopped: Option<Failure>,
) -> Result<Exit, Failure> {
    match stopped {
        None => {}
        Some(Failure::Interrupted(_)) if !runs.is_empty() => {}
        Some(failure) => return Err(failure),
    }
    let renewed = subjects.iter().zip(runs).map(|(subject, runs)| subject.renewed(arguments, runs));
    let renewed = renewed.collect::<Result<Vec<_>, Failure>>()?;
    let mut text = String::new();
    let before = Gates { gates: gates(subjects, runs), unjudged: Vec::new(), is_strict: arguments.strict };
    if !before.gates.is_empty() {
        text += &report::regress_text(&before, style());
    }
    for (subject, renewed) in subjects.iter().zip(&renewed) {
        let is_new = subject.write(renewed)?;
        let word = if is_new { "written" } else { "unchanged" };
        if subject.baseline.as_ref().is_some_and(|old| !old.is_complete()) {
            text += &format!(
                "{}: the old values are of no use, so what has changed is not told\n",
                subject.title
            );
        }
        text += &report::baseline_text(renewed, style());
        text += &format!("{word}: {}\n", subject.baseline_file.display());
    }
    if !arguments.set.is_empty() && !arguments.quiet {
        anstream::eprintln!(
            "note: this is the level of the scenarios with `--set`, not of the files as they are"
        );
    }
    let exit = Exit::Fine.once(show(text.as_bytes()))?;
    stopped.map_or(Ok(exit), |failure| Err(named(failure, subjects, runs.len())))
}
