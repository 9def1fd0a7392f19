//! What a run looks like: text and a picture for a person, JSON and CSV for a program.
//!
//! Everything here is a pure function of a [`RunRecord`](forescale_core::record::RunRecord) and a [`Subject`]: the same two
//! give the same bytes. Nothing reads a clock, the environment or the terminal; who prints decides about width and colour.
//!
//! - [`text()`] is the report in the terminal; its first line is the verdict. [`decisions_text`] tells every change alone.
//! - [`result_json`] is the run in one JSON document, [`series_csv`] the run over time, [`decisions_ndjson`] each look of the
//!   autoscaler at the cluster with all numbers that entered the decision.
//! - [`timeline_svg`] is the run over time as a picture; with the feature `png`, `timeline_png` is the same in pixels.
//! - [`write_all`] puts all files into a folder.

mod cold_starts;
mod files;
mod json;
mod number;
mod page;
mod picture;
mod replicas;
mod series_csv;
mod steps;
mod subject;
mod text;

pub use files::{DECISIONS_NDJSON, RESULT_JSON, SERIES_CSV, TIMELINE_SVG, write_all};
#[cfg(feature = "png")]
pub use files::{TIMELINE_PNG, write_png};
pub use json::{SCHEMA, decisions_ndjson, result_json};
#[cfg(feature = "png")]
pub use picture::timeline_png;
pub use picture::{PictureError, timeline_svg};
pub use series_csv::series_csv;
pub use subject::Subject;
pub use text::{LEAST_WIDTH, Style, decisions_text, text};
