//! A run for programs.

mod clamp;
mod decision;
mod hpa;
mod latency;
mod object;
mod objective;
mod replicas;
mod requests;
mod result;

#[cfg(test)]
pub(crate) use decision::Look;
pub use decision::decisions_ndjson;
#[cfg(test)]
pub(crate) use result::Document;
pub use result::{SCHEMA, result_json};
