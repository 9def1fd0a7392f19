//! The verdict and the objectives.

use forescale_core::record::{self, Attainment, RunRecord};
use forescale_experiment::sweep;
use serde::Serialize;

/// Whether a run met its objectives.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) enum Verdict {
    /// All of them.
    Met,
    /// At least one was missed, or could not be judged since nothing was measured.
    Missed,
    /// The scenario has none.
    NoObjectives,
}

impl From<&RunRecord> for Verdict {
    fn from(record: &RunRecord) -> Self {
        match record.meets_objectives() {
            _ if record.attainments.is_empty() => Self::NoObjectives,
            true => Self::Met,
            false => Self::Missed,
        }
    }
}

/// An objective by which several runs are judged.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Objective<'a> {
    /// What is limited: `ttft`, `itl` or `e2e`.
    measure: &'a str,
    /// The quantile that must not pass the limit, between 0 and 1.
    quantile: f64,
    /// The limit.
    limit_s: f64,
}

impl From<&record::Objective> for Objective<'static> {
    fn from(objective: &record::Objective) -> Self {
        Self {
            measure: objective.measure.name(),
            quantile: objective.quantile,
            limit_s: objective.limit.as_secs_f64(),
        }
    }
}

impl<'a> From<&'a sweep::Objective> for Objective<'a> {
    fn from(objective: &'a sweep::Objective) -> Self {
        Self { measure: &objective.measure, quantile: objective.quantile, limit_s: objective.limit_s }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ObjectiveResult {
    /// What is limited: `ttft`, `itl` or `e2e`.
    measure: &'static str,
    /// The quantile that must not pass the limit, between 0 and 1.
    quantile: f64,
    /// The limit.
    limit_s: f64,
    /// The quantile that was observed, where requests in `lost` and `overdue` count as infinitely late; `null` where it falls among
    /// those, or nothing was measured.
    observed_s: Option<f64>,
    /// How many were judged: requests for `ttft` and `e2e`, tokens for `itl`; those in `lost` and `overdue` included.
    count: u64,
    /// Requests that were lost before they could be measured.
    lost: u64,
    /// Requests that still waited to be measured at the end of the run, for longer than the limit already.
    overdue: u64,
    /// The share of `count` within the limit, 0 to 1; `null` where `count` is 0.
    attained_share: Option<f64>,
    /// Whether the objective was met; one without any measurement was not.
    met: bool,
}

impl From<&Attainment> for ObjectiveResult {
    fn from(attainment: &Attainment) -> Self {
        let objective = &attainment.objective;
        Self {
            measure: objective.measure.name(),
            quantile: objective.quantile,
            limit_s: objective.limit.as_secs_f64(),
            observed_s: attainment.observed,
            count: attainment.total,
            lost: attainment.lost,
            overdue: attainment.overdue,
            attained_share: attainment.share,
            met: attainment.is_met,
        }
    }
}
