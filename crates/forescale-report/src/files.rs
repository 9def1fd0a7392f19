//! The files of a run.

use crate::{FileError, Folder, RequestFormat, Subject, decisions_ndjson, requests, result_json, series_csv};
use forescale_core::record::RunRecord;
use std::path::{Path, PathBuf};

/// The file that [`result_json`] goes to.
pub const RESULT_JSON: &str = "result.json";
/// The file that [`series_csv`] goes to.
pub const SERIES_CSV: &str = "series.csv";
/// The file that [`decisions_ndjson`] goes to.
pub const DECISIONS_NDJSON: &str = "decisions.ndjson";

/// Writes `result.json`, `series.csv`, `decisions.ndjson` and, where it is asked for, the log of requests into a folder, which is made
/// where it does not exist. Returns the paths in this order.
///
/// # Errors
/// A [`FileError`] where the folder or a file cannot be written; what was there before is then untouched, as [`Folder`] explains.
pub fn write_all(
    dir: &Path,
    subject: &Subject,
    record: &RunRecord,
    log: Option<RequestFormat>,
) -> Result<Vec<PathBuf>, FileError> {
    let mut folder = Folder::open(dir)?;
    folder.write(RESULT_JSON, |out| result_json(subject, record, out))?;
    folder.write(SERIES_CSV, |out| series_csv(record, out))?;
    folder.write(DECISIONS_NDJSON, |out| decisions_ndjson(subject, record, out))?;
    if let Some(format) = log {
        folder.write(format.file_name(), |out| requests(subject, record, format, out))?;
    }
    folder.publish()
}
