//! What a run looks like: text and a picture for a person, JSON and CSV for a program.
//!
//! Everything here is a pure function, most of it of a [`RunRecord`](forescale_core::record::RunRecord) and a [`Subject`]: the same
//! two give the same bytes. Nothing reads a clock, the environment or the terminal; who prints decides about width and colour.
//!
//! - [`text()`] is the report in the terminal; its first line is the verdict. [`decisions_text`] tells every change alone.
//! - [`result_json`] is the run in one JSON document, [`series_csv`] the run over time, [`decisions_ndjson`] each look of the
//!   autoscaler at the cluster with all numbers that entered the decision, [`requests()`] a row for each request.
//! - [`timeline_svg`] is the run over time as a picture; with the feature `png`, `timeline_png` is the same in pixels.
//! - [`Explanation`] is why it scaled, sync by sync and at any instant, from the run itself or from its folder.
//! - [`curves_text`] draws rates over time that are not those of a run, such as a trace's; [`traffic_svg`] is a picture of these, with
//!   the distributions of lengths.
//! - [`compare_text`], [`compare_json`], [`compare_csv`] and [`compare_svg`] tell and draw how variants differ.
//! - [`knee_text`], [`knee_json`], [`knee_csv`] and [`knee_svg`] tell and draw what a sweep of load has shown.
//! - [`sweep_text`], [`sweep_json`], [`points_csv`], [`runs_csv`] and [`sweep_svg`] do so of a sweep of settings; [`write_sweep`] puts them into a folder.
//! - [`regress_text`], [`regress_json`], [`regress_junit`], [`regress_sarif`], [`regress_markdown`] and [`regress_annotations`] tell whether something has
//!   become worse than its baseline, [`baseline_text`] what a baseline holds.
//! - [`write_all`] puts these into a folder: all of them, or none.

mod cold_starts;
mod compare;
#[cfg(test)]
mod contract;
mod explain;
mod files;
mod folder;
mod json;
mod knee;
mod kpi;
mod number;
mod page;
mod picture;
mod regress;
mod replicas;
mod steps;
mod subject;
mod sweep;
mod table;
mod text;

pub use compare::{compare_csv, compare_json, compare_svg, compare_text, main_kpis};
pub use explain::{ExplainOptions, Explanation, ReadError};
#[cfg(feature = "png")]
pub use files::TIMELINE_PNG;
pub use files::{DECISIONS_NDJSON, Extras, RESULT_JSON, SERIES_CSV, TIMELINE_SVG, write_all};
pub use folder::{FileError, Folder};
pub use json::{HpaObject, SCHEMA, decisions_ndjson, result_json};
pub use knee::{knee_csv, knee_json, knee_svg, knee_text};
#[cfg(feature = "png")]
pub use picture::timeline_png;
pub use picture::{LengthBin, PictureError, TrafficPicture, timeline_svg, traffic_svg};
pub use regress::{
    Flaw, Gate, Gates, Obstacle, Unjudged, baseline_text, regress_annotations, regress_json, regress_junit,
    regress_markdown, regress_sarif, regress_text,
};
pub use subject::{Subject, Warning};
#[cfg(feature = "parquet")]
pub use sweep::runs_parquet;
pub use sweep::{
    POINTS_CSV, RUNS_CSV, SWEEP_JSON, SWEEP_SVG, SweepExtras, points_csv, runs_csv, sweep_json, sweep_svg,
    sweep_text, write_sweep,
};
pub use table::{RequestFormat, requests, series_csv};
pub use text::{Curve, LEAST_WIDTH, Style, curves_text, decisions_text, text};
