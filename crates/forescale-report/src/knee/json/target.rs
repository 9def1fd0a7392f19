//! What to scale by.

use crate::knee::sentences;
use forescale_experiment::knee::{self, Curve, Scaled, Suggestion, Sweep};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Target {
    /// The metric, as guides, vLLM or DCGM call it.
    metric: &'static str,
    /// How an HPA reads it.
    r#type: Type,
    /// What an HPA reads at the knee; `null` without a knee, and where that is infinite.
    at_knee: Option<f64>,
    /// The greatest mean that it reads at any level.
    greatest: f64,
    /// The greatest single reading of any second, at any level and with any seed: an HPA acts on each reading.
    greatest_reading: f64,
    /// Above this no target can ever fire; `null` where the metric was still growing at the last level.
    highest_target: Option<f64>,
    /// What to set; `null` where no target of this metric works.
    target: Option<f64>,
    /// The smallest load at which an HPA with that target asks for another pod, in the document's `load_unit`; `null` without a target.
    fires_at: Option<f64>,
    /// The same in a sentence, or why there is no target.
    why: String,
    /// What targets that guides write down do here; empty where none does.
    written: Vec<Written>,
}

/// How an HPA reads a metric.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Type {
    /// All of it against the target.
    Value,
    /// Its share per pod.
    AverageValue,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Written {
    /// The target.
    target: f64,
    /// Which guide has it.
    guide: &'static str,
    /// The smallest load at which it asks for another pod, in the document's `load_unit`; `null` where no level reaches it.
    fires_at: Option<f64>,
    /// Of the EPP's queue: how long the last of so many requests waits that it fires, at the highest throughput; `null` of other metrics, and
    /// without flow control.
    wait_s: Option<f64>,
    /// Of the EPP's queue with a time to live: the arrivals that it takes for ever firing; else `null`.
    least_arrivals_per_s: Option<f64>,
    /// The same in a sentence.
    why: String,
}

impl Target {
    pub(super) fn new(sweep: &Sweep, curve: &Curve, target: &knee::Target) -> Self {
        let (set, fires_at) = match target.suggestion {
            Suggestion::Set { target, fires_at } => (Some(target), Some(fires_at)),
            Suggestion::Absent | Suggestion::Empty | Suggestion::Early(_) | Suggestion::NoKnee => {
                (None, None)
            }
        };
        let written = |written: &Scaled| Written {
            target: written.target,
            guide: written.guide,
            fires_at: written.fires_at,
            wait_s: written.wait,
            least_arrivals_per_s: written.least_rate,
            why: sentences::written(sweep, curve, target, written),
        };
        Self {
            metric: target.guide.name(),
            r#type: match target.guide.kind() {
                knee::Kind::Value => Type::Value,
                knee::Kind::AverageValue => Type::AverageValue,
            },
            at_knee: target.at_knee.filter(|value| value.is_finite()),
            greatest: target.greatest,
            greatest_reading: target.greatest_reading,
            highest_target: target.highest,
            target: set,
            fires_at,
            why: sentences::suggestion(sweep, curve, target),
            written: target.written.iter().map(written).collect(),
        }
    }
}
