//! A run for programs.

mod decision;
mod object;
mod result;

pub use decision::decisions_ndjson;
pub use result::{SCHEMA, result_json};
