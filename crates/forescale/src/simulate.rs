//! A run under the eyes of its user.

use crate::exit::Failure;
use crate::interrupt;
use crate::progress::ProgressLine;
use forescale::core::record::RunRecord;
use forescale::core::{RunConfig, RunError, World};
use std::ops::ControlFlow;

/// Runs to the end, with progress on standard error; Ctrl-C ends it early.
pub(crate) fn simulate(config: &RunConfig, quiet: bool) -> Result<RunRecord, Failure> {
    interrupt::listen();
    let mut line = ProgressLine::new(quiet);
    let record = World::new(config).and_then(|world| {
        world.run_with(|progress| {
            line.tell(&progress);
            if interrupt::is_wanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    line.clear();
    record.map_err(|error| match error {
        RunError::Interrupted { at } => {
            let duration = config.duration;
            Failure::Interrupted(format!("interrupted at t={at} of {duration}; nothing was written"))
        }
        other => other.into(),
    })
}
