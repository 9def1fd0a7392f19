//! The structured reasons of an HPA's sync.

use super::clamp::Bounds;
use super::evaluation::EvaluationEntry;
use super::hpa_status::{ConditionEntry, CurrentMetric, EventEntry};
use forescale_core::autoscaler::hpa::{Branch, Held, LimitReason, MetricReason, Sync, Window};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Hpa {
    /// The way that the sync took: `metrics` (they decided), `metrics_failed`, `above_max` and `below_min` (set to the bound without a
    /// look at metrics), `disabled` (zero replicas that the HPA did not make), `no_scale`.
    pub(crate) branch: String,
    /// One entry per metric of the HPA, in its order; empty where they were not read.
    pub(crate) metrics: Vec<Metric>,
    /// The metric whose proposal counted: an index in `metrics`; `null` without one.
    pub(crate) winner: Option<usize>,
    /// What the metrics asked for, before windows, policies, `minReplicas` and `maxReplicas`; `null` where they did not decide.
    pub(crate) recommended_replicas: Option<i32>,
    /// The earlier recommendation that held the count; `null` where none did.
    pub(crate) stabilization: Option<HeldBy>,
    /// The reason of the condition `ScalingLimited` while that is true, else `null`.
    pub(crate) limit_reason: Option<String>,
    /// What policies, `minReplicas` and `maxReplicas` did; `null` where the sync did not come so far.
    pub(crate) clamp: Option<Bounds>,
    /// Why the sync failed; `null` where it did not.
    pub(crate) error: Option<String>,
    /// `status.currentReplicas` after the sync: the replicas that it found.
    pub(crate) current_replicas: i32,
    /// `status.desiredReplicas` after the sync; a sync that came to no decision leaves it.
    pub(crate) desired_replicas: i32,
    /// `status.currentMetrics` after the sync, an entry per metric of the HPA; empty where they were not read.
    pub(crate) current_metrics: Vec<CurrentMetric>,
    /// The conditions of the HPA's status after the sync.
    pub(crate) conditions: Vec<ConditionEntry>,
    /// The events that the sync recorded on the HPA, in order.
    pub(crate) events: Vec<EventEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Metric {
    /// Its name.
    pub(crate) name: String,
    /// Its arithmetic; `null` where it could not be evaluated.
    pub(crate) evaluation: Option<EvaluationEntry>,
    /// Why it could not be evaluated; `null` where it was.
    pub(crate) error: Option<MetricError>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MetricError {
    /// Kubernetes' reason, for example `FailedGetExternalMetric`.
    pub(crate) reason: String,
    /// What happened.
    pub(crate) message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HeldBy {
    /// The window in which it lies: `scaleUp` or `scaleDown`.
    pub(crate) window: String,
    /// The window's length.
    pub(crate) length_s: f64,
    /// The recommendation.
    pub(crate) recommended_replicas: i32,
    /// How old it was.
    pub(crate) age_s: f64,
}

impl From<&Sync> for Hpa {
    fn from(sync: &Sync) -> Self {
        let reasons = &sync.reasons;
        let clamp = reasons.clamp.as_ref();
        let limit =
            clamp.map(|clamp| clamp.reason).filter(|reason| *reason != LimitReason::DesiredWithinRange);
        Self {
            branch: branch(reasons.branch).to_owned(),
            metrics: reasons.metrics.iter().map(Metric::from).collect(),
            winner: reasons.winner,
            recommended_replicas: sync.recommendation,
            stabilization: reasons
                .stabilization
                .and_then(|stabilization| stabilization.held)
                .map(HeldBy::from),
            limit_reason: limit.map(|reason| reason.as_str().to_owned()),
            clamp: clamp.map(Bounds::from),
            error: sync.error.as_ref().map(ToString::to_string),
            current_replicas: sync.status.current_replicas,
            desired_replicas: sync.status.desired_replicas,
            current_metrics: sync.status.current_metrics.iter().map(CurrentMetric::from).collect(),
            conditions: sync.status.conditions.as_slice().iter().map(ConditionEntry::from).collect(),
            events: sync.events.iter().map(EventEntry::from).collect(),
        }
    }
}

const fn branch(branch: Branch) -> &'static str {
    match branch {
        Branch::NoScale => "no_scale",
        Branch::Disabled => "disabled",
        Branch::AboveMax(_) => "above_max",
        Branch::BelowMin(_) => "below_min",
        Branch::MetricsFailed => "metrics_failed",
        Branch::Metrics => "metrics",
    }
}

impl From<&MetricReason> for Metric {
    fn from(metric: &MetricReason) -> Self {
        let failure = metric.outcome.as_ref().err();
        Self {
            name: metric.name.clone(),
            evaluation: metric.outcome.as_ref().ok().map(EvaluationEntry::from),
            error: failure
                .map(|it| MetricError { reason: it.reason.to_owned(), message: it.message.clone() }),
        }
    }
}

impl From<Held> for HeldBy {
    fn from(held: Held) -> Self {
        Self {
            window: match held.window {
                Window::ScaleUp => "scaleUp",
                Window::ScaleDown => "scaleDown",
            }
            .to_owned(),
            length_s: held.length.as_secs_f64(),
            recommended_replicas: held.replicas,
            age_s: held.age.as_secs_f64(),
        }
    }
}
