//! The shards of a sweep, put together.

use super::journal::{JournalError, read_journal};
use super::plan::Plan;
use super::run::Run;
use super::swept::Swept;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why shards cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A folder has no journal that can be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There are no folders.
    #[error("no folder is given")]
    NoFolder,
    /// Two folders are not of one sweep.
    #[error(
        "{first} and {other} hold different sweeps ({} and {}): only shards of one sweep can be put together", plans[0], plans[1]
    )]
    Different {
        /// The first folder.
        first: String,
        /// The other one.
        other: String,
        /// The fingerprints of their plans.
        plans: [String; 2],
    },
    /// Two folders have another result of the same run.
    #[error(
        "{first} and {other} disagree about point {point}, replication {replication}: different builds of sim made them"
    )]
    Disagreement {
        /// The folder that had it first.
        first: String,
        /// The other one.
        other: String,
        /// Which point.
        point: usize,
        /// Which of its runs.
        replication: u32,
    },
    /// Some runs are in none of them.
    #[error("{missing} of {of} runs {} missing: a shard is not done yet, or its folder is not given", if *missing == 1 { "is" } else { "are" })]
    Missing {
        /// How many.
        missing: usize,
        /// How many the plan has.
        of: usize,
    },
}

/// The sweep whose runs are spread over the journals of these folders.
///
/// # Errors
/// Where they are not of one sweep, disagree, or lack runs.
pub fn merge(folders: &[PathBuf]) -> Result<Swept, MergeError> {
    let name = |folder: &Path| folder.display().to_string();
    let mut whole: Option<(Plan, &Path)> = None;
    let mut runs: BTreeMap<(usize, u32), (Run, &Path)> = BTreeMap::new();
    for folder in folders {
        let (plan, own) = read_journal(folder)?;
        let (first, from) = whole.get_or_insert_with(|| (plan.clone(), folder.as_path()));
        if *first != plan {
            let plans = [first.fingerprint(), plan.fingerprint()];
            return Err(MergeError::Different { first: name(from), other: name(folder), plans });
        }
        for run in own {
            let (kept, from) = runs.entry(run.place()).or_insert((run.clone(), folder.as_path()));
            if *kept != run {
                let (point, replication) = run.place();
                let (first, other) = (name(from), name(folder));
                return Err(MergeError::Disagreement { first, other, point, replication });
            }
        }
    }
    let (plan, _) = whole.ok_or(MergeError::NoFolder)?;
    let swept = Swept::new(plan, runs.into_values().map(|(run, _)| run).collect());
    match swept.missing() {
        0 => Ok(swept),
        missing => Err(MergeError::Missing { missing, of: swept.plan.runs() }),
    }
}
