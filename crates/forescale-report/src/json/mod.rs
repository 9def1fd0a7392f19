//! A run for programs.

mod clamp;
mod decision;
mod evaluation;
mod hpa;
mod hpa_object;
mod hpa_status;
mod kpis;
mod latency;
mod object;
mod objective;
mod replicas;
mod requests;
mod result;

pub(crate) use clamp::Bounds;
pub(crate) use decision::Look;
pub use decision::decisions_ndjson;
pub(crate) use evaluation::{EvaluationEntry, PodsEntry, RefilledEntry};
pub(crate) use hpa::{HeldBy, Hpa, Metric};
pub use hpa_object::HpaObject;
pub(crate) use hpa_object::{MetricEntry, Rules};
pub(crate) use hpa_status::{ConditionEntry, CurrentMetric};
#[cfg(test)]
pub(crate) use result::Document;
pub(crate) use result::{Policy, Scenario};
pub use result::{SCHEMA, result_json};
