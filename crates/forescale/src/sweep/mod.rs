//! `sim sweep` and `sim merge`

mod arguments;
mod finish;
mod merge;

pub(crate) use arguments::{EXAMPLES, MERGE_EXAMPLES, MergeArguments, SweepArguments};
pub(crate) use merge::merge;

use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::run::{rejected, sets};
use crate::watch::{Total, watched};
use finish::finish;
use forescale::experiment::Variant;
use forescale::experiment::sweep::{Job, Journal, JournalError, Plan, SweepError, Swept, jobs, run};
use forescale::prepare::{inputs, sweep_plan, sweep_variant};
use forescale::scenario::{Edits, Scenario, Study};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Runs all settings of a scenario's sweep, or what is missing of them.
pub(crate) fn sweep(arguments: &SweepArguments) -> Result<Exit, Failure> {
    let outcome = arguments.outcome()?;
    let sets = sets(&arguments.set, arguments.seed);
    let study = load(arguments, &sets)?;
    if !arguments.quiet {
        diagnostics::tell(&study.base.report);
    }
    let plan = sweep_plan(&study, arguments.replications).ok_or_else(|| no_sweep(&study))?;
    let folder = arguments.out.clone().unwrap_or_else(|| folder(&plan, arguments));
    let (journal, mut done) = Journal::open(&folder, &plan, arguments.restart).map_err(refused)?;
    let jobs = jobs(&plan, arguments.shard, &done);
    if !arguments.quiet && !done.is_empty() {
        anstream::eprintln!(
            "{}: {} runs are done already, {} are left",
            folder.display(),
            done.len(),
            jobs.len()
        );
    }
    let variant = |point: usize| sweep_variant(&study, &sets, point).map_err(|it| it.to_string());
    let fresh = run_all(&plan, &jobs, arguments, &variant, &journal)?;
    done.extend(fresh);
    if !is_unchanged(arguments, &sets, &plan) {
        return Err(Failure::Input(
            "a file of the scenario was changed while the sweep ran: `--restart` runs it anew".to_owned(),
        ));
    }
    let swept = Swept::new(plan, done);
    if let Some(shard) = arguments.shard.filter(|_| swept.missing() > 0) {
        anstream::eprintln!(
            "shard {} of {}: {} of {} runs are in {}; when all shards are done, `sim merge` puts their folders together",
            shard.number,
            shard.of,
            swept.runs.len(),
            swept.plan.runs(),
            journal.path().display()
        );
        return Ok(Exit::Fine);
    }
    finish(&folder, &swept, &outcome)
}

/// The scenario with its sweep.
fn load(arguments: &SweepArguments, sets: &[String]) -> Result<Study, Failure> {
    Study::load(&arguments.scenario, sets).map_err(|rejection| rejected(*rejection, arguments.outcome.json))
}

fn no_sweep(study: &Study) -> Failure {
    Failure::Input(format!(
        "{}: the scenario has no sweep; a table `[sweep]` says which values are tried, for example\n\n  [sweep]\n  \
         \"hpa.spec.maxReplicas\" = [3, 5, 8]\n\n(docs/scenario.md, \"Sweeps\")",
        study.base.file.display()
    ))
}

/// Whether the files say what they said at the start.
fn is_unchanged(arguments: &SweepArguments, sets: &[String], plan: &Plan) -> bool {
    let edits = Edits { sets, ..Edits::default() };
    Scenario::load_edited(&arguments.scenario, edits).is_ok_and(|base| inputs(&base) == plan.inputs)
}

/// `out/NAME.sweep`, or that of a shard.
fn folder(plan: &Plan, arguments: &SweepArguments) -> PathBuf {
    let shard = arguments.shard.map(|shard| format!(".{}-of-{}", shard.number, shard.of)).unwrap_or_default();
    PathBuf::from("out").join(format!("{}.sweep{shard}", plan.scenario))
}

/// The runs with progress on standard error; Ctrl-C ends them, and the journal keeps what is done.
fn run_all(
    plan: &Plan,
    jobs: &[Job],
    arguments: &SweepArguments,
    variant: &(dyn Fn(usize) -> Result<Variant, String> + Sync),
    journal: &Journal,
) -> Result<Vec<forescale::experiment::sweep::Run>, Failure> {
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    let keep = |run| {
        journal.add(&run)?;
        done.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        Ok(())
    };
    let threads = arguments.threads.map(usize::from);
    let result =
        watched(arguments.quiet, Total::Known, |listener| run(plan, jobs, threads, variant, &keep, listener));
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    match result {
        Ok(()) => Ok(done),
        Err(SweepError::Interrupted) => Err(Failure::Interrupted(format!(
            "interrupted; {} of {} runs are kept in {}: the same command goes on with the others",
            plan.runs().min(done.len() + (plan.runs() - jobs.len())),
            plan.runs(),
            journal.path().display()
        ))),
        Err(SweepError::Output(error)) => {
            Err(Failure::Rejected(Box::new(Scenario::unwritable_report(journal.path(), &error))))
        }
        Err(error @ SweepError::Threads(_)) => Err(Failure::Input(format!("--threads: {error}"))),
    }
}

fn refused(error: JournalError) -> Failure {
    let help = match &error {
        JournalError::Other { .. } => "\n`--restart` begins anew in this folder, `--out DIR` elsewhere",
        JournalError::Damaged { .. } => "\n`--restart` begins anew",
        JournalError::Busy { .. } => {
            "\nwait for it, or `--out DIR` runs the sweep elsewhere; to share the work, give each process a `--shard`"
        }
        JournalError::Missing { .. } | JournalError::Io { .. } => "",
    };
    Failure::Input(format!("{error}{help}"))
}
