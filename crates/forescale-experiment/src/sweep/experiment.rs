//! The runs of a sweep, in parallel.

use super::cache::Cache;
use super::plan::Plan;
use super::run::{Finished, Outcome, Run};
use crate::runs::{Listener, Runs};
use crate::variant::Variant;
use forescale_core::RunError;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which of the runs: every n-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    pub number: usize,
    /// How many shards there are, at least 1.
    pub of: usize,
}

/// A run that is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which point, from 0.
    pub point: usize,
    /// Which of its runs, from 0.
    pub replication: u32,
}

/// Why a sweep did not come to its end. What was done is kept by whoever took it.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The listener broke it off.
    #[error("interrupted")]
    Interrupted,
    /// A run could not be kept.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The threads could not be started.
    #[error("{0}")]
    Threads(String),
}

impl From<RunError> for SweepError {
    fn from(_: RunError) -> Self {
        Self::Interrupted
    }
}

/// The runs of a plan, or of a shard of it, that are not done yet.
pub fn jobs(plan: &Plan, shard: Option<Shard>, done: &[Run]) -> Vec<Job> {
    let done: BTreeSet<(usize, u32)> = done.iter().map(Run::place).collect();
    let replications = 0..plan.replications;
    let all = (0..plan.points.len())
        .flat_map(|point| replications.clone().map(move |replication| Job { point, replication }));
    let is_own =
        |place: usize| shard.is_none_or(|shard| place % shard.of.max(1) == shard.number.saturating_sub(1));
    let own = all.enumerate().filter(|(place, _)| is_own(*place)).map(|(_, job)| job);
    own.filter(|job| !done.contains(&(job.point, job.replication))).collect()
}

/// Does these runs, on so many threads (as many as there are cores, without a number). `load` makes the configuration of a point; a point that cannot
/// be loaded or run gives runs that say so. Each run goes to `keep` as soon as it is done, from any thread and in any order.
///
/// # Errors
/// [`SweepError::Interrupted`] once `listener` breaks; where `keep` fails; and where no threads can be had.
pub fn run(
    plan: &Plan,
    jobs: &[Job],
    threads: Option<usize>,
    load: &(dyn Fn(usize) -> Result<Variant, String> + Sync),
    keep: &(dyn Fn(Run) -> io::Result<()> + Sync),
    listener: Listener<'_>,
) -> Result<(), SweepError> {
    let cache = Cache::new(load, jobs.iter().map(|job| job.point));
    let runs = Runs::new(listener);
    let is_broken = AtomicBool::new(false);
    let one = |job: &Job| -> Result<(), SweepError> {
        if is_broken.load(Ordering::Relaxed) {
            return Err(SweepError::Interrupted);
        }
        let run = simulate(plan, *job, &cache, &runs)?;
        keep(run).map_err(|error| {
            is_broken.store(true, Ordering::Relaxed);
            SweepError::Output(error)
        })
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    let pool = pool.map_err(|error| SweepError::Threads(error.to_string()))?;
    let results = pool.install(|| runs.all(jobs, one));
    let (mut interrupted, mut broken) = (None, None);
    for error in results.into_iter().filter_map(Result::err) {
        match error {
            SweepError::Interrupted => interrupted = Some(error),
            _ => broken = Some(error),
        }
    }
    broken.or(interrupted).map_or(Ok(()), Err)
}

fn simulate(plan: &Plan, job: Job, cache: &Cache<'_>, runs: &Runs<'_>) -> Result<Run, SweepError> {
    let seed = plan.seed_of(job.replication);
    let done = |outcome| Run { point: job.point, replication: job.replication, seed, outcome };
    let loaded = cache.get(job.point);
    let variant = match loaded.as_ref() {
        Ok(variant) => variant,
        Err(error) => return Ok(done(Outcome::Failed(error.clone()))),
    };
    match variant.at_seed(seed).run(None, runs) {
        // What `sim run` refuses to judge.
        Ok((record, _)) if record.account.arrivals() == 0 && !record.attainments.is_empty() => Ok(done(
            Outcome::Failed("no request arrived in this run, so there is nothing to judge".to_owned()),
        )),
        Ok((record, kpis)) => Ok(done(Outcome::Finished(Box::new(Finished::of(plan, &record, &kpis))))),
        Err(RunError::Interrupted { .. }) => Err(SweepError::Interrupted),
        Err(error) => Ok(done(Outcome::Failed(error.to_string()))),
    }
}
