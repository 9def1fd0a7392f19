//! A run for programs, and what documents about several runs have in common.

mod better;
mod clamp;
mod decision;
mod estimate;
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

pub(crate) use better::Better;
pub(crate) use clamp::Bounds;
pub(crate) use decision::Look;
pub use decision::decisions_ndjson;
pub(crate) use estimate::Estimate;
pub(crate) use evaluation::{EvaluationEntry, PodsEntry, RefilledEntry};
pub(crate) use hpa::{HeldBy, Hpa, Metric};
pub use hpa_object::HpaObject;
pub(crate) use hpa_object::{MetricEntry, Rules};
pub(crate) use hpa_status::{ConditionEntry, CurrentMetric};
pub(crate) use object::Object;
pub(crate) use objective::Objective;
#[cfg(test)]
pub(crate) use result::Document;
pub(crate) use result::{Policy, Scenario};
pub use result::{SCHEMA, result_json};
