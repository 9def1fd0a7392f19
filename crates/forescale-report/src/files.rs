//! The files of a run.

use crate::{
    FileError, Folder, RequestFormat, Subject, decisions_ndjson, requests, result_json, series_csv,
    timeline_svg,
};
use forescale_core::record::RunRecord;
use std::io::{self, Write};
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

/// Files that are written only where they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// The log of requests.
    pub requests: Option<RequestFormat>,
    /// The picture in pixels.
    #[cfg(feature = "png")]
    pub png: bool,
}

/// Writes `result.json`, `series.csv`, `decisions.ndjson`, `timeline.svg` and what else is asked for into a folder, which is made where
/// it does not exist. Returns the paths in this order.
///
/// # Errors
/// A [`FileError`] where the folder or a file cannot be written; what was there before is then untouched, as [`Folder`] explains.
pub fn write_all(
    dir: &Path,
    subject: &Subject,
    record: &RunRecord,
    extras: Extras,
) -> Result<Vec<PathBuf>, FileError> {
    let mut folder = Folder::open(dir)?;
    folder.write(RESULT_JSON, |out| result_json(subject, record, out))?;
    folder.write(SERIES_CSV, |out| series_csv(record, out))?;
    folder.write(DECISIONS_NDJSON, |out| decisions_ndjson(subject, record, out))?;
    folder.write(TIMELINE_SVG, |out| {
        out.write_all(timeline_svg(subject, record).map_err(io::Error::other)?.as_bytes())
    })?;
    #[cfg(feature = "png")]
    if extras.png {
        folder.write(TIMELINE_PNG, |out| {
            out.write_all(&crate::timeline_png(subject, record).map_err(io::Error::other)?)
        })?;
    }
    if let Some(format) = extras.requests {
        folder.write(format.file_name(), |out| requests(subject, record, format, out))?;
    }
    folder.publish()
}
