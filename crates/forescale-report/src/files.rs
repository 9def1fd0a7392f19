//! The files of a run.

use crate::{Subject, decisions_ndjson, result_json, series_csv};
use forescale_core::record::RunRecord;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file that [`result_json`] goes to.
pub const RESULT_JSON: &str = "result.json";
/// The file that [`series_csv`] goes to.
pub const SERIES_CSV: &str = "series.csv";
/// The file that [`decisions_ndjson`] goes to.
pub const DECISIONS_NDJSON: &str = "decisions.ndjson";

/// Writes `result.json`, `series.csv` and `decisions.ndjson` into a folder, which is made where it does not exist.
///
/// Each file is written under another name in the same folder and renamed when all three are complete, so a reader
/// never meets half a file. Returns the paths in the order above.
///
/// # Errors
/// Where the folder or a file cannot be written; files of an earlier run then stay as they were, unless it was the renaming
/// that failed half-way.
pub fn write_all(dir: &Path, subject: &Subject, record: &RunRecord) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(dir)?;
    let drafts = [
        Draft::write(dir, RESULT_JSON, |out| result_json(subject, record, out))?,
        Draft::write(dir, SERIES_CSV, |out| series_csv(record, out))?,
        Draft::write(dir, DECISIONS_NDJSON, |out| decisions_ndjson(subject, record, out))?,
    ];
    drafts.into_iter().map(Draft::publish).collect()
}

/// A complete file that does not have its name yet; removed if it never gets it.
struct Draft {
    draft: PathBuf,
    path: PathBuf,
}

impl Draft {
    fn write(
        dir: &Path,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<Self> {
        // The process's number keeps two runs that write to one folder apart.
        let draft = dir.join(format!(".{name}.{}.tmp", std::process::id()));
        let draft = Self { path: dir.join(name), draft };
        let mut out = BufWriter::new(File::create(&draft.draft)?);
        content(&mut out)?;
        out.flush()?;
        Ok(draft)
    }

    fn publish(self) -> io::Result<PathBuf> {
        fs::rename(&self.draft, &self.path)?;
        Ok(self.path.clone())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing to remove, and a draft that cannot be removed is no worse than one that stays.
        fs::remove_file(&self.draft).unwrap_or_default();
    }
}
