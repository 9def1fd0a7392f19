//! The runs of a sweep in a file, a line each, as they are done.

use super::plan::Plan;
use super::run::Run;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file's name in the folder of a sweep.
pub const JOURNAL: &str = "runs.jsonl";

/// The version of the file's layout.
const SCHEMA: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    schema: u32,
    sweep: String,
    plan: Plan,
}

/// A journal that runs are added to. As long as it lives, the file is locked where the file system can do that.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// There is none.
    #[error("{path}: there is no journal of a sweep here")]
    Missing {
        /// The file.
        path: String,
    },
    /// Another process adds runs to it.
    #[error("{path}: another process is at work on this sweep")]
    Busy {
        /// The file.
        path: String,
    },
    /// It is one of another sweep.
    #[error(
        "{path}: this is the journal of another sweep of `{scenario}` ({found}, this one is {wanted}): {difference}"
    )]
    Other {
        /// The file.
        path: String,
        /// The other sweep's scenario.
        scenario: String,
        /// The other sweep's fingerprint.
        found: String,
        /// That of the sweep that is to go on.
        wanted: String,
        /// The first thing in which they differ.
        difference: String,
    },
    /// It is no journal, or somebody has changed it.
    #[error("{path}:{line}: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl JournalError {
    fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.display().to_string(), error }
    }
}

impl Journal {
    /// Opens the journal of a plan in a folder, which is made where it does not exist, and gives the runs that it has. A line that was not written to
    /// its end, by a process that was killed, is taken off. With `restart` what was there is left behind.
    ///
    /// # Errors
    /// Where it is the journal of another sweep, is in use by another process, is damaged, or cannot be read or written.
    pub fn open(folder: &Path, plan: &Plan, restart: bool) -> Result<(Self, Vec<Run>), JournalError> {
        fs::create_dir_all(folder).map_err(|error| JournalError::io(folder, error))?;
        let path = folder.join(JOURNAL);
        let io = |error| JournalError::io(&path, error);
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(io)?;
        // Against two at once by mistake. Where a file system has no locks, there is nothing to be done about it.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(JournalError::Busy { path: path.display().to_string() });
        }
        let found = if restart { None } else { read(&mut file, &path)? };
        let (runs, length) = match found {
            Some((other, runs, length)) => {
                if other != *plan {
                    return Err(JournalError::Other {
                        path: path.display().to_string(),
                        scenario: other.scenario.clone(),
                        found: other.fingerprint(),
                        wanted: plan.fingerprint(),
                        difference: difference(&other, plan).to_owned(),
                    });
                }
                (runs, length)
            }
            None => (Vec::new(), 0),
        };
        file.set_len(length).map_err(io)?;
        if length == 0 {
            file.write_all(&head(plan).map_err(io)?).map_err(io)?;
        }
        Ok((Self { path, file: Mutex::new(file) }, runs))
    }

    /// Adds a run.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&self, run: &Run) -> io::Result<()> {
        let line = line(run)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The plan and the runs of a folder's journal, in the order of the plan.
///
/// # Errors
/// Where there is none, or it is damaged or cannot be read.
pub fn read_journal(folder: &Path) -> Result<(Plan, Vec<Run>), JournalError> {
    let path = folder.join(JOURNAL);
    let name = || path.display().to_string();
    let mut file = File::open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => JournalError::Missing { path: name() },
        _ => JournalError::io(&path, error),
    })?;
    let torn =
        || JournalError::Damaged { path: name(), line: 1, why: "no run was ever written to it".to_owned() };
    let (plan, runs, _) = read(&mut file, &path)?.ok_or_else(torn)?;
    Ok((plan, runs))
}

/// Writes a journal with these runs, in this order.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn write_journal(plan: &Plan, runs: &[Run], mut out: impl Write) -> io::Result<()> {
    out.write_all(&head(plan)?)?;
    runs.iter().try_for_each(|run| out.write_all(&line(run)?))
}

fn head(plan: &Plan) -> io::Result<Vec<u8>> {
    let head = Head { schema: SCHEMA, sweep: plan.fingerprint(), plan: plan.clone() };
    let mut line = serde_json::to_vec(&head)?;
    line.push(b'\n');
    Ok(line)
}

fn line(run: &Run) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(run)?;
    line.push(b'\n');
    Ok(line)
}

/// The plan, its runs, and how many bytes of the file are whole lines; `None` where there is no whole first line.
fn read(file: &mut File, path: &Path) -> Result<Option<(Plan, Vec<Run>, u64)>, JournalError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| JournalError::io(path, error))?;
    let damaged =
        |line: usize, why: String| JournalError::Damaged { path: path.display().to_string(), line, why };
    // A line that was not written to its end may end within a letter.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let text = std::str::from_utf8(bytes.get(..whole).unwrap_or_default()).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        damaged(before + 1, "this is no text".to_owned())
    })?;
    let mut lines = (1..).zip(text.lines());
    let Some((_, first)) = lines.next() else {
        return match bytes.is_empty() || bytes.starts_with(b"{") {
            true => Ok(None),
            false => Err(damaged(1, "this is no journal of a sweep".to_owned())),
        };
    };
    let head: Head = serde_json::from_str(first)
        .map_err(|error| damaged(1, format!("this is no journal of a sweep: {error}")))?;
    if head.schema != SCHEMA || head.sweep != head.plan.fingerprint() {
        return Err(damaged(
            1,
            "the plan has been changed, or another version of Forescale wrote it".to_owned(),
        ));
    }
    let plan = head.plan;
    let mut runs = BTreeMap::new();
    for (number, text) in lines {
        let run: Run = serde_json::from_str(text).map_err(|error| damaged(number, error.to_string()))?;
        let is_planned = run.point < plan.points.len() && run.replication < plan.replications;
        if !is_planned || run.seed != plan.seed_of(run.replication) {
            return Err(damaged(number, "this run is not of this sweep".to_owned()));
        }
        let known = runs.entry(run.place()).or_insert_with(|| run.clone());
        if *known != run {
            let (point, replication) = run.place();
            let why = format!("another result of point {point}, replication {replication} stands before it");
            return Err(damaged(number, why));
        }
    }
    Ok(Some((plan, runs.into_values().collect(), whole as u64)))
}

/// The first thing in which two plans differ.
fn difference(other: &Plan, plan: &Plan) -> &'static str {
    if other.scenario != plan.scenario {
        "the scenario's name differs"
    } else if other.tool_version != plan.tool_version {
        "another version of Forescale wrote it"
    } else if other.seed != plan.seed {
        "the seed differs"
    } else if other.replications != plan.replications {
        "the number of replications differs"
    } else if other.axes != plan.axes || other.points != plan.points {
        "the values that are tried differ"
    } else {
        "the scenario or a file that it reads has changed"
    }
}
