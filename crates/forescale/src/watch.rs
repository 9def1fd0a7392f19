//! Experiments under the eyes of somebody at a terminal.

use crate::interrupt;
use crate::progress::ProgressLine;
use forescale::experiment::{Heard, Listener};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// How many runs an experiment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// It is known, and so the time that is left.
    Known,
    /// What comes out decides about what is run next.
    Grows,
}

/// Runs an experiment with progress on standard error, unless `quiet`; Ctrl-C ends it.
pub(crate) fn watched<R>(quiet: bool, total: Total, experiment: impl FnOnce(Listener<'_>) -> R) -> R {
    interrupt::listen();
    let line = Mutex::new(ProgressLine::new(quiet));
    let listener = |heard: Heard| {
        if interrupt::is_wanted() {
            return ControlFlow::Break(());
        }
        // Another thread tells the same already.
        if let Ok(mut line) = line.try_lock() {
            match total {
                Total::Known => line.tell_runs_left(heard.done, heard.of),
                Total::Grows => line.tell_runs(heard.done, heard.of),
            }
        }
        ControlFlow::Continue(())
    };
    let result = experiment(&listener);
    line.lock().unwrap_or_else(PoisonError::into_inner).clear();
    result
}
