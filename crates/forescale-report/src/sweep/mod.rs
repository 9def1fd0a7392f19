//! What a sweep of settings has shown: as text, JSON, CSV, Parquet and a picture.

mod files;
mod json;
mod points;
mod runs;
mod sentences;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use crate::picture::sweep_svg;
pub use files::{POINTS_CSV, RUNS_CSV, SWEEP_JSON, SWEEP_SVG, SweepExtras, write_sweep};
#[cfg(test)]
pub(crate) use json::Document;
pub use json::sweep_json;
pub use points::points_csv;
pub use runs::runs_csv;
#[cfg(feature = "parquet")]
pub use runs::runs_parquet;
pub use text::sweep_text;

pub(crate) use sentences::verdict;
pub(crate) use words::{axis_names, setting, unquoted};
