//! Many runs at once, and who listens to them.

use forescale_core::{Progress, RunError};
use forescale_kernel::SimTime;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How far an experiment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Runs that are done.
    pub done: usize,
    /// Runs that are known to be needed; more may follow.
    pub of: usize,
}

/// Hears how far an experiment has come, from any thread and again and again, and may end it.
pub type Listener<'a> = &'a (dyn Fn(Heard) -> ControlFlow<()> + Sync);

/// Runs in parallel, and who listens to them.
pub(crate) struct Runs<'a> {
    listener: Listener<'a>,
    done: AtomicUsize,
    of: AtomicUsize,
}

impl<'a> Runs<'a> {
    pub(crate) fn new(listener: Listener<'a>) -> Self {
        Self { listener, done: AtomicUsize::new(0), of: AtomicUsize::new(0) }
    }

    /// What each run tells while it goes on.
    pub(crate) fn hear(&self, _: Progress) -> ControlFlow<()> {
        (self.listener)(Heard {
            done: self.done.load(Ordering::Relaxed),
            of: self.of.load(Ordering::Relaxed),
        })
    }

    /// How many runs have been done.
    pub(crate) fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The results of all jobs in their order, whichever thread they took. Once the listener breaks, no job begins any more.
    pub(crate) fn all<J: Sync, R: Send, E: From<RunError> + Send>(
        &self,
        jobs: &[J],
        run: impl Fn(&J) -> Result<R, E> + Sync,
    ) -> Vec<Result<R, E>> {
        self.of.fetch_add(jobs.len(), Ordering::Relaxed);
        let one = |job: &J| {
            // Short runs end before they tell anybody.
            let start = Progress { now: SimTime::ZERO, end: SimTime::ZERO };
            if self.hear(start).is_break() {
                return Err(RunError::Interrupted { at: SimTime::ZERO }.into());
            }
            let result = run(job);
            self.done.fetch_add(1, Ordering::Relaxed);
            result
        };
        jobs.par_iter().map(one).collect()
    }
}
