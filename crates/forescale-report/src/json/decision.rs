//! Each look of the autoscaler at the cluster in one JSON object.

use crate::Subject;
use forescale_core::autoscaler::hpa::api::HPAScalingPolicyType;
use forescale_core::autoscaler::hpa::{
    Branch, Clamp, Condition, Counted, Evaluation, Held, LimitReason, LimitedBy, MetricReason, PolicyLimit,
    Sync, TargetKind, Window,
};
use forescale_core::record::RunRecord;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Look<'a> {
    t_s: f64,
    autoscaler: &'a str,
    from: u32,
    to: u32,
    reason: &'a str,
    #[serde(flatten)]
    hpa: Option<Hpa<'a>>,
}

#[derive(Serialize)]
struct Hpa<'a> {
    branch: &'static str,
    metrics: Vec<Metric<'a>>,
    /// Index in `metrics`.
    winner: Option<usize>,
    recommendation: Option<i32>,
    stabilization: Option<HeldBy>,
    limit: Option<&'static str>,
    clamp: Option<Bounds<'a>>,
    error: Option<String>,
    conditions: Vec<ConditionEntry>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Metric<'a> {
    Evaluated {
        name: &'a str,
        usage: f64,
        target: f64,
        kind: &'static str,
        counted: Option<CountedReplicas>,
        /// `null` with no replicas.
        ratio: f64,
        tolerated: (f64, f64),
        within_tolerance: bool,
        proposal: i32,
    },
    Failed {
        name: &'a str,
        error: MetricError<'a>,
    },
}

#[derive(Serialize)]
struct MetricError<'a> {
    reason: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum CountedReplicas {
    ReadyPods(i64),
    StatusReplicas(i32),
    SpecReplicas(i32),
}

#[derive(Serialize)]
struct HeldBy {
    window: &'static str,
    length_s: f64,
    replicas: i32,
    age_s: f64,
}

#[derive(Serialize)]
struct Bounds<'a> {
    before: i32,
    after: i32,
    limited_by: Option<&'static str>,
    policy: Option<Policy<'a>>,
    raised_to_min: Option<i32>,
}

#[derive(Serialize)]
struct Policy<'a> {
    r#type: &'a str,
    value: i32,
    period_s: i32,
    period_start_replicas: i32,
    limit: i32,
}

#[derive(Serialize)]
struct ConditionEntry {
    r#type: String,
    status: String,
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
            recommendation: sync.recommendation,
            stabilization: reasons
                .stabilization
                .and_then(|stabilization| stabilization.held)
                .map(HeldBy::from),
            limit: limit.map(LimitReason::as_str),
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
        let name = &metric.name;
        match &metric.outcome {
            Ok(evaluation) => Self::evaluated(name, evaluation),
            Err(failure) => Self::Failed {
                name,
                error: MetricError { reason: failure.reason, message: &failure.message },
            },
        }
    }
}

impl<'a> Metric<'a> {
    fn evaluated(name: &'a str, evaluation: &Evaluation) -> Self {
        Self::Evaluated {
            name,
            usage: evaluation.usage_milli as f64 / 1000.0,
            target: evaluation.target_milli as f64 / 1000.0,
            kind: match evaluation.kind {
                TargetKind::Value => "Value",
                TargetKind::AverageValue => "AverageValue",
            },
            counted: match evaluation.counted {
                Counted::ReadyPods(n) => Some(CountedReplicas::ReadyPods(n)),
                Counted::StatusReplicas(n) => Some(CountedReplicas::StatusReplicas(n)),
                Counted::SpecReplicas(n) => Some(CountedReplicas::SpecReplicas(n)),
                Counted::Nothing => None,
            },
            ratio: evaluation.ratio,
            tolerated: evaluation.tolerated,
            within_tolerance: evaluation.within_tolerance,
            proposal: evaluation.proposal,
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
            replicas: held.replicas,
            age_s: held.age.as_secs_f64(),
        }
    }
}

impl<'a> From<&'a Clamp> for Bounds<'a> {
    fn from(clamp: &'a Clamp) -> Self {
        let by = clamp.limited_by.as_ref();
        Self {
            before: clamp.before,
            after: clamp.after,
            limited_by: by.map(|by| match by {
                LimitedBy::Policy(_) => "policy",
                LimitedBy::Disabled => "disabled",
                LimitedBy::NoPolicies => "no_policies",
                LimitedBy::Doubling => "doubling",
            }),
            policy: by.and_then(|by| match by {
                LimitedBy::Policy(limit) => Some(Policy::from(limit)),
                _ => None,
            }),
            raised_to_min: clamp.raised_to_min,
        }
    }
}

impl<'a> From<&'a PolicyLimit> for Policy<'a> {
    fn from(limit: &'a PolicyLimit) -> Self {
        let policy = &limit.policy;
        Self {
            r#type: match &policy.policy_type {
                HPAScalingPolicyType::Other(_) => "Pods",
                known => known.as_str(),
            },
            value: policy.value,
            period_s: policy.period_seconds,
            period_start_replicas: limit.period_start_replicas,
            limit: limit.limit,
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

/// Writes one JSON object per sync, each in a line of its own.
///
/// Every object has `t_s` (seconds of the run), `autoscaler` (its kind), `from` and `to` (`spec.replicas`) and `reason`. A sync of an HPA
/// also has its structured reasons: `metrics` (usage and target in the metric's own unit, or an `error`), `winner`
/// (an index in `metrics`), `recommendation` (replicas before windows, policies, min and max), `stabilization` (the recommendation
/// that held the count, if one did), `limit` (the reason of the condition `ScalingLimited` while that is true), `clamp`, and
/// the `conditions` after the sync.
///
/// # Errors
/// Where `out` fails.
pub fn decisions_ndjson(subject: &Subject, record: &RunRecord, mut out: impl Write) -> io::Result<()> {
    for sync in &record.syncs {
        let look = Look {
            t_s: sync.at.as_secs_f64(),
            autoscaler: &subject.autoscaler_kind,
            from: sync.from,
            to: sync.to(),
            reason: &sync.decision.reason,
            hpa: sync.decision.sync.as_deref().map(Hpa::from),
        };
        serde_json::to_writer(&mut out, &look)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
