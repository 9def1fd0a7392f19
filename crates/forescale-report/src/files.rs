//! The files of a run.

use crate::{Subject, decisions_ndjson, result_json, series_csv, timeline_svg};
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
/// The file that [`timeline_svg`] goes to.
pub const TIMELINE_SVG: &str = "timeline.svg";
/// The file that [`timeline_png`](crate::timeline_png) goes to.
#[cfg(feature = "png")]
pub const TIMELINE_PNG: &str = "timeline.png";

/// Writes `result.json`, `series.csv`, `decisions.ndjson` and `timeline.svg` into a folder, which is made where it does not exist.
///
/// Each file is written under another name in the same folder and renamed when all are complete, so a reader
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
        Draft::write(dir, TIMELINE_SVG, |out| {
            out.write_all(timeline_svg(subject, record).map_err(io::Error::other)?.as_bytes())
        })?,
    ];
    drafts.into_iter().map(Draft::publish).collect()
}

/// Writes `timeline.png` into a folder, which is made where it does not exist, as [`write_all`] does; returns its path.
///
/// # Errors
/// Where the folder or the file cannot be written.
#[cfg(feature = "png")]
pub fn write_png(dir: &Path, subject: &Subject, record: &RunRecord) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let png = crate::timeline_png(subject, record).map_err(io::Error::other)?;
    Draft::write(dir, TIMELINE_PNG, |out| out.write_all(&png))?.publish()
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
