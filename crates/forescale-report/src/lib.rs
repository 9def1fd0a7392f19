//! What a run looks like: JSON and CSV for a program.
//!
//! Everything here is a pure function of a [`RunRecord`](forescale_core::record::RunRecord) and a [`Subject`]: the same two
//! give the same bytes. Nothing reads a clock or the environment.

mod files;
mod json;
mod replicas;
mod series_csv;
mod subject;

pub use files::{DECISIONS_NDJSON, RESULT_JSON, SERIES_CSV, write_all};
pub use json::{SCHEMA, decisions_ndjson, result_json};
pub use series_csv::series_csv;
pub use subject::Subject;
