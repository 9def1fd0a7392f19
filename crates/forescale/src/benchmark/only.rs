//! One loop, once, in a process of its own: for profilers, and for what memory it takes.

use super::course::{Course, failure};
use crate::cli::LoopName;
use crate::exit::{Exit, Failure};
use forescale::bench::{Memory, T1, bare_loop};
use serde_json::json;
use std::io::Write;

/// Runs the loop once on each workload and prints a JSON document per run.
pub(super) fn only(name: LoopName, course: &Course, workloads: &[T1]) -> Result<Exit, Failure> {
    for t1 in workloads {
        let config = t1.config().map_err(failure)?;
        let sums = match name {
            LoopName::Bare => Ok(bare_loop(t1.draws(), t1.replicas, &t1.engine())),
            LoopName::Engine => course.engine(&config, t1.replicas),
            LoopName::Whole => course.whole(&config),
        };
        let memory = Memory::read();
        let document = json!({
            "requests": sums.map_err(failure)?.requests,
            "resident_bytes": memory.map(|memory| memory.resident),
            "peak_bytes": memory.map(|memory| memory.peak),
        });
        writeln!(anstream::stdout().lock(), "{document}")?;
    }
    Ok(Exit::Fine)
}
