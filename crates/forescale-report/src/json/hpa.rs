//! The structured reasons of an HPA's sync.

use super::clamp::Bounds;
use forescale_core::autoscaler::hpa::{
    Branch, Condition, Counted, Evaluation, Held, Kept, LimitReason, MetricReason, PodCounts, PodsEvaluation,
    Refilled, Substitute, Sync, TargetKind, Window,
};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Hpa<'a> {
    /// The way that the sync took: `metrics` (they decided), `metrics_failed`, `above_max` and `below_min` (set to the bound without a
    /// look at metrics), `disabled` (zero replicas that the HPA did not make), `no_scale`.
    branch: &'static str,
    /// One entry per metric of the HPA, in its order; empty where they were not read.
    metrics: Vec<Metric<'a>>,
    /// The metric whose proposal counted: an index in `metrics`; `null` without one.
    winner: Option<usize>,
    /// What the metrics asked for, before windows, policies, `minReplicas` and `maxReplicas`; `null` where they did not decide.
    recommended_replicas: Option<i32>,
    /// The earlier recommendation that held the count; `null` where none did.
    stabilization: Option<HeldBy>,
    /// The reason of the condition `ScalingLimited` while that is true, else `null`.
    limit_reason: Option<&'static str>,
    /// What policies, `minReplicas` and `maxReplicas` did; `null` where the sync did not come so far.
    clamp: Option<Bounds<'a>>,
    /// Why the sync failed; `null` where it did not.
    error: Option<String>,
    /// The conditions of the HPA's status after the sync.
    conditions: Vec<ConditionEntry>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Metric<'a> {
    /// Its name.
    name: &'a str,
    /// Its arithmetic; `null` where it could not be evaluated.
    evaluation: Option<EvaluationEntry>,
    /// Why it could not be evaluated; `null` where it was.
    error: Option<MetricError<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EvaluationEntry {
    /// The metric's value: the sum of its series, for metrics per pod their average, for `Utilization` percent of the pods' requests.
    usage: f64,
    /// The target.
    target: f64,
    /// `Value`, `AverageValue` or `Utilization`.
    target_type: &'static str,
    /// Which replicas entered the formula: `ready_pods`, `status_replicas`, `spec_replicas`, `samples` (of pods, with what was filled in
    /// for those without); `null` where there are none.
    counted: Option<&'static str>,
    /// How many those were; `null` where there are none.
    counted_replicas: Option<i64>,
    /// Usage over target, per replica for `AverageValue`; `null` without replicas.
    ratio: Option<f64>,
    /// The least ratio that counts as 1.
    tolerated_min_ratio: f64,
    /// The greatest ratio that counts as 1.
    tolerated_max_ratio: f64,
    /// Whether the ratio was among them.
    within_tolerance: bool,
    /// What this metric proposed, before windows, policies, `minReplicas` and `maxReplicas`.
    proposed_replicas: i32,
    /// What the pods gave; `null` for metrics that are not per pod.
    pods: Option<PodsEntry>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PodsEntry {
    /// Pods whose samples count.
    ready_pods: usize,
    /// Pending pods, and for `cpu` those that are still starting; their samples do not count.
    unready_pods: usize,
    /// Pods without a sample.
    missing_pods: usize,
    /// Failed and terminating pods; their samples do not count.
    ignored_pods: usize,
    /// Samples that count.
    samples: usize,
    /// Their sum.
    total_usage: f64,
    /// What their pods request; `null` but for `Utilization`.
    requested: Option<f64>,
    /// The second pass, with what other pods were taken to use; `null` where there was none.
    refilled: Option<RefilledEntry>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RefilledEntry {
    /// What missing pods were taken to use: `target` or `zero`; `null` if they were left out.
    missing_as: Option<&'static str>,
    /// Whether unready pods were taken to use nothing; else they were left out.
    unready_as_zero: bool,
    /// Samples, with what was filled in.
    samples: usize,
    /// Their sum.
    total_usage: f64,
    /// What their pods request; `null` but for `Utilization`.
    requested: Option<f64>,
    /// As above, now of all these samples.
    usage: f64,
    /// Its ratio to the target; `null` if that is 0.
    ratio: Option<f64>,
    /// Why nothing changes: `within_tolerance`, `ratio_turns` (it is on the other side of 1 than without what was filled in),
    /// `count_turns` (it would add replicas below 1 or remove some above); `null` if it changes.
    kept: Option<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct MetricError<'a> {
    /// Kubernetes' reason, for example `FailedGetExternalMetric`.
    reason: &'static str,
    /// What happened.
    message: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct HeldBy {
    /// The window in which it lies: `scaleUp` or `scaleDown`.
    window: &'static str,
    /// The window's length.
    length_s: f64,
    /// The recommendation.
    recommended_replicas: i32,
    /// How old it was.
    age_s: f64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ConditionEntry {
    /// `AbleToScale`, `ScalingActive` or `ScalingLimited`.
    r#type: String,
    /// `True`, `False` or `Unknown`.
    status: String,
    /// Kubernetes' reason.
    reason: &'static str,
}

impl<'a> From<&'a Sync> for Hpa<'a> {
    fn from(sync: &'a Sync) -> Self {
        let reasons = &sync.reasons;
        let clamp = reasons.clamp.as_ref();
        let limit =
            clamp.map(|clamp| clamp.reason).filter(|reason| *reason != LimitReason::DesiredWithinRange);
        Self {
            branch: branch(reasons.branch),
            metrics: reasons.metrics.iter().map(Metric::from).collect(),
            winner: reasons.winner,
            recommended_replicas: sync.recommendation,
            stabilization: reasons
                .stabilization
                .and_then(|stabilization| stabilization.held)
                .map(HeldBy::from),
            limit_reason: limit.map(LimitReason::as_str),
            clamp: clamp.map(Bounds::from),
            error: sync.error.as_ref().map(ToString::to_string),
            conditions: sync.status.conditions.as_slice().iter().map(ConditionEntry::from).collect(),
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

impl<'a> From<&'a MetricReason> for Metric<'a> {
    fn from(metric: &'a MetricReason) -> Self {
        let failure = metric.outcome.as_ref().err();
        Self {
            name: &metric.name,
            evaluation: metric.outcome.as_ref().ok().map(EvaluationEntry::from),
            error: failure.map(|it| MetricError { reason: it.reason, message: &it.message }),
        }
    }
}

impl From<&Evaluation> for EvaluationEntry {
    fn from(evaluation: &Evaluation) -> Self {
        let counted = match evaluation.counted {
            Counted::ReadyPods(n) => Some(("ready_pods", n)),
            Counted::StatusReplicas(n) => Some(("status_replicas", n.into())),
            Counted::SpecReplicas(n) => Some(("spec_replicas", n.into())),
            Counted::Samples(n) => Some(("samples", n)),
            Counted::Nothing => None,
        };
        Self {
            usage: units(evaluation.usage_milli),
            target: units(evaluation.target_milli),
            target_type: match evaluation.kind {
                TargetKind::Value => "Value",
                TargetKind::AverageValue => "AverageValue",
                TargetKind::Utilization => "Utilization",
            },
            counted: counted.map(|(kind, _)| kind),
            counted_replicas: counted.map(|(_, n)| n),
            ratio: Some(evaluation.ratio).filter(|ratio| ratio.is_finite()),
            tolerated_min_ratio: evaluation.tolerated.0,
            tolerated_max_ratio: evaluation.tolerated.1,
            within_tolerance: evaluation.within_tolerance,
            proposed_replicas: evaluation.proposal,
            pods: evaluation.pods.as_ref().map(PodsEntry::from),
        }
    }
}

fn units(milli: i64) -> f64 {
    milli as f64 / 1000.0
}

impl From<&PodsEvaluation> for PodsEntry {
    fn from(pods: &PodsEvaluation) -> Self {
        let PodCounts { ready, unready, missing, ignored } = pods.counts;
        Self {
            ready_pods: ready,
            unready_pods: unready,
            missing_pods: missing,
            ignored_pods: ignored,
            samples: pods.usage.samples,
            total_usage: units(pods.usage.total_milli),
            requested: pods.usage.requests_milli.map(units),
            refilled: pods.refilled.as_ref().map(RefilledEntry::from),
        }
    }
}

impl From<&Refilled> for RefilledEntry {
    fn from(refilled: &Refilled) -> Self {
        Self {
            missing_as: refilled.missing_as.map(|substitute| match substitute {
                Substitute::Target => "target",
                Substitute::Zero => "zero",
            }),
            unready_as_zero: refilled.unready_as_zero,
            samples: refilled.usage.samples,
            total_usage: units(refilled.usage.total_milli),
            requested: refilled.usage.requests_milli.map(units),
            usage: units(refilled.usage.usage_milli),
            ratio: Some(refilled.ratio).filter(|ratio| ratio.is_finite()),
            kept: refilled.kept.map(|kept| match kept {
                Kept::WithinTolerance => "within_tolerance",
                Kept::RatioTurns => "ratio_turns",
                Kept::CountTurns(_) => "count_turns",
            }),
        }
    }
}

impl From<Held> for HeldBy {
    fn from(held: Held) -> Self {
        Self {
            window: match held.window {
                Window::ScaleUp => "scaleUp",
                Window::ScaleDown => "scaleDown",
            },
            length_s: held.length.as_secs_f64(),
            recommended_replicas: held.replicas,
            age_s: held.age.as_secs_f64(),
        }
    }
}

impl From<&Condition> for ConditionEntry {
    fn from(condition: &Condition) -> Self {
        Self {
            r#type: condition.condition_type.to_string(),
            status: condition.status.to_string(),
            reason: condition.reason,
        }
    }
}
