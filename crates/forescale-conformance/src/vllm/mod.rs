//! Recordings of vLLM's scheduler.
//!
//! Steps of `Scheduler` and `AsyncScheduler` of vLLM 0.33 under given arrivals and aborts: what each batch computes, who is
//! preempted and who ends, and how many blocks are taken then.

mod case;
mod difference;
mod drive;
mod steps;

use crate::lines::for_each_line;
use crate::{ReplayError, Tally};
use case::Case;
use std::io::BufRead;

/// Replays one recording (`*.jsonl`); `name` is how messages call it.
///
/// A case with `steps` is scheduled synchronously, one with `iters` with two batches in flight. A case that differs is shown with its first
/// differing step, expected and ours side by side.
///
/// # Errors
/// Unreadable input, or a line that is not JSON or not a case, with its number. Cases before it are counted.
pub fn replay(name: &str, reader: impl BufRead, tally: &mut Tally) -> Result<(), ReplayError> {
    for_each_line(name, reader, |line, value| {
        let case: Case = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let outcome = case.replay()?;
        tally.count(outcome.map_err(|difference| format!("{name}:{line}: {}: {difference}", case.name)));
        Ok(())
    })
}
