//! Measured deployments of a fixed size, replayed on the simulated engine: how far its times are from the measured ones.
//!
//! [`compare`] reads a table, chooses rows by a rule that never looks at an error, replays each and keeps both times.
//! Nothing is fitted here. The table is that of the project's data, not part of the repository; `docs/validation.md` has what comes out.

mod choice;
mod errors;
mod load;
mod replay;
mod run;
mod table;

pub use choice::{Case, LeftOut};
pub use errors::Errors;
pub use load::Load;
pub use replay::{Times, replay};
pub use run::{Client, Run};

use crate::ReplayError;
use choice::Choice;
use std::collections::BTreeMap;
use std::io::Read;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A replayed row.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What was replayed.
    pub case: Case,
    /// What came out.
    pub simulated: Times,
}

/// All rows of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Rows read.
    pub rows: usize,
    /// Rows that were not chosen, by reason.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// The others, in the table's order.
    pub compared: Vec<Compared>,
}

/// Replays a table of measured runs; `name` stands in errors.
///
/// # Errors
/// Unreadable input, or a row that is not one of such a table.
pub fn compare(name: &str, reader: impl Read) -> Result<Comparison, ReplayError> {
    let mut comparison = Comparison::default();
    let (mut choice, mut cases) = (Choice::default(), Vec::new());
    for (index, row) in csv::Reader::from_reader(reader).deserialize::<Run>().enumerate() {
        let run = row.map_err(|error| malformed(name, index, &error))?;
        comparison.rows += 1;
        match choice.case(run) {
            Ok(case) => cases.push(case),
            Err(reason) => *comparison.left_out.entry(reason).or_default() += 1,
        }
    }
    let times = replay_all(&cases);
    comparison.compared = cases
        .into_iter()
        .zip(times)
        .filter_map(|(case, simulated)| Some(Compared { case, simulated: simulated? }))
        .collect();
    Ok(comparison)
}

fn malformed(name: &str, index: usize, error: &csv::Error) -> ReplayError {
    let line = error.position().map_or(index + 2, |position| position.line() as usize);
    ReplayError::Malformed { file: name.to_owned(), line, message: error.to_string() }
}

/// Each case on its own, on all cores; the order is that of the cases.
fn replay_all(cases: &[Case]) -> Vec<Option<Times>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((index, case)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            cases.get(index).map(|case| (index, case))
        } {
            done.push((index, replay(case)));
        }
        done
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut all: Vec<(usize, Option<Times>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, times)| times).collect()
}
