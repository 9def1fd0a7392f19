//! The arithmetic of one metric.

use forescale_core::autoscaler::hpa::{
    Counted, Evaluation, Kept, PodCounts, PodsEvaluation, Refilled, Substitute, TargetKind,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EvaluationEntry {
    /// The metric's value: the sum of its series, for metrics per pod their average, for `Utilization` percent of the pods' requests.
    pub(crate) usage: f64,
    /// The target.
    pub(crate) target: f64,
    /// `Value`, `AverageValue` or `Utilization`.
    pub(crate) target_type: String,
    /// Which replicas entered the formula: `ready_pods`, `status_replicas`, `spec_replicas`, `samples` (of pods, with what was filled in
    /// for those without); `null` where there are none.
    pub(crate) counted: Option<String>,
    /// How many those were; `null` where there are none.
    pub(crate) counted_replicas: Option<i64>,
    /// Usage over target, per replica for `AverageValue`; `null` without replicas.
    pub(crate) ratio: Option<f64>,
    /// The least ratio that counts as 1.
    pub(crate) tolerated_min_ratio: f64,
    /// The greatest ratio that counts as 1.
    pub(crate) tolerated_max_ratio: f64,
    /// Whether the ratio was among them.
    pub(crate) within_tolerance: bool,
    /// What this metric proposed, before windows, policies, `minReplicas` and `maxReplicas`.
    pub(crate) proposed_replicas: i32,
    /// What the pods gave; `null` for metrics that are not per pod.
    pub(crate) pods: Option<PodsEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PodsEntry {
    /// Pods whose samples count.
    pub(crate) ready_pods: usize,
    /// Pending pods, and for `cpu` those that are still starting; their samples do not count.
    pub(crate) unready_pods: usize,
    /// Pods without a sample.
    pub(crate) missing_pods: usize,
    /// Failed and terminating pods; their samples do not count.
    pub(crate) ignored_pods: usize,
    /// Samples that count.
    pub(crate) samples: usize,
    /// Their sum.
    pub(crate) total_usage: f64,
    /// What their pods request; `null` but for `Utilization`.
    pub(crate) requested: Option<f64>,
    /// The second pass, with what other pods were taken to use; `null` where there was none.
    pub(crate) refilled: Option<RefilledEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RefilledEntry {
    /// What missing pods were taken to use: `target` or `zero`; `null` if they were left out.
    pub(crate) missing_as: Option<String>,
    /// Whether unready pods were taken to use nothing; else they were left out.
    pub(crate) unready_as_zero: bool,
    /// Samples, with what was filled in.
    pub(crate) samples: usize,
    /// Their sum.
    pub(crate) total_usage: f64,
    /// What their pods request; `null` but for `Utilization`.
    pub(crate) requested: Option<f64>,
    /// As above, now of all these samples.
    pub(crate) usage: f64,
    /// Its ratio to the target; `null` if that is 0.
    pub(crate) ratio: Option<f64>,
    /// Why nothing changes: `within_tolerance`, `ratio_turns` (it is on the other side of 1 than without what was filled in),
    /// `count_turns` (it would add replicas below 1 or remove some above); `null` if it changes.
    pub(crate) kept: Option<String>,
    /// The count that was refused, where `kept` is `count_turns`; else `null`.
    pub(crate) refused_replicas: Option<i32>,
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
            }
            .to_owned(),
            counted: counted.map(|(kind, _)| kind.to_owned()),
            counted_replicas: counted.map(|(_, n)| n),
            ratio: Some(evaluation.ratio).filter(|ratio| ratio.is_finite()),
            tolerated_min_ratio: evaluation.tolerated.0,
            tolerated_max_ratio: evaluation.tolerated.1,
            within_tolerance: evaluation.within_tolerance,
            proposed_replicas: evaluation.proposal,
            pods: evaluation.pods.as_deref().map(PodsEntry::from),
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
            missing_as: refilled.missing_as.map(|substitute| {
                let word = match substitute {
                    Substitute::Target => "target",
                    Substitute::Zero => "zero",
                };
                word.to_owned()
            }),
            unready_as_zero: refilled.unready_as_zero,
            samples: refilled.usage.samples,
            total_usage: units(refilled.usage.total_milli),
            requested: refilled.usage.requests_milli.map(units),
            usage: units(refilled.usage.usage_milli),
            ratio: Some(refilled.ratio).filter(|ratio| ratio.is_finite()),
            kept: refilled.kept.map(|kept| {
                let word = match kept {
                    Kept::WithinTolerance => "within_tolerance",
                    Kept::RatioTurns => "ratio_turns",
                    Kept::CountTurns(_) => "count_turns",
                };
                word.to_owned()
            }),
            refused_replicas: refilled.kept.and_then(|kept| match kept {
                Kept::CountTurns(count) => Some(count),
                _ => None,
            }),
        }
    }
}
