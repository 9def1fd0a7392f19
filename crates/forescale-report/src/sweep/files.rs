//! The files of a sweep.

use super::{points_csv, runs_csv, sweep_json, sweep_svg};
use crate::{FileError, Folder};
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{JOURNAL, Swept, write_journal};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that [`points_csv`] goes to.
pub const POINTS_CSV: &str = "points.csv";
/// The file that [`runs_csv`] goes to.
pub const RUNS_CSV: &str = "runs.csv";
/// The file that [`sweep_json`] goes to.
pub const SWEEP_JSON: &str = "sweep.json";
/// The file that [`sweep_svg`] goes to.
pub const SWEEP_SVG: &str = "sweep.svg";
/// The file that the runs go to as Parquet.
#[cfg(feature = "parquet")]
const RUNS_PARQUET: &str = "runs.parquet";

/// Files that are written only where they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepExtras {
    /// The runs as Apache Parquet.
    #[cfg(feature = "parquet")]
    pub parquet: bool,
}

/// Writes the files of a sweep into its folder, and the journal in the order of the plan. Returns their paths.
///
/// # Errors
/// A [`FileError`] where the folder or a file cannot be written; what was there before is then untouched, as [`Folder`] explains.
pub fn write_sweep(
    dir: &Path,
    swept: &Swept,
    kpi: Kpi,
    #[cfg_attr(not(feature = "parquet"), expect(unused_variables, reason = "there is none without Parquet"))]
    extras: SweepExtras,
) -> Result<Vec<PathBuf>, FileError> {
    let mut folder = Folder::open(dir)?;
    folder.write(POINTS_CSV, |out| points_csv(swept, out))?;
    folder.write(RUNS_CSV, |out| runs_csv(swept, out))?;
    folder.write(SWEEP_JSON, |out| sweep_json(swept, kpi, out))?;
    folder
        .write(SWEEP_SVG, |out| out.write_all(sweep_svg(swept, kpi).map_err(io::Error::other)?.as_bytes()))?;
    #[cfg(feature = "parquet")]
    if extras.parquet {
        folder.write(RUNS_PARQUET, |out| super::runs_parquet(swept, out))?;
    }
    folder.write(JOURNAL, |out| write_journal(&swept.plan, &swept.runs, out))?;
    folder.publish()
}
