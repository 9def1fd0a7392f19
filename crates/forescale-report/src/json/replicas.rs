//! Replicas, what they cost, and how they changed.

use crate::cold_starts::ColdStarts;
use crate::replicas::{Replicas, Span};
use forescale_core::record::SyncRecord;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReplicaCounts {
    /// `spec.replicas` of the Deployment.
    desired: CountOverTime,
    /// Pods that are Ready. One that terminates counts until it is gone, as it does for the HPA.
    ready: CountOverTime,
    /// How often `spec.replicas` grew.
    scale_ups: u64,
    /// How often it shrank.
    scale_downs: u64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CountOverTime {
    /// The fewest at any time.
    min: u32,
    /// The most at any time.
    max: u32,
    /// The mean over time, from the start to `scenario.end_s`; `null` for a run without length.
    mean: Option<f64>,
    /// At the end of the run.
    r#final: u32,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Gpu {
    /// How long GPUs were held, from the creation of a pod until it is gone: waiting for a node, starting and draining cost too.
    pub(super) gpu_hours: f64,
    /// The scenario's price; `null` where it has none.
    pub(super) price_usd_per_gpu_hour: Option<f64>,
    /// Price times GPU-hours; `null` without a price.
    pub(super) cost_usd: Option<f64>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Scaling<'a> {
    /// When.
    t_s: f64,
    /// `spec.replicas` before.
    from_replicas: u32,
    /// `spec.replicas` after.
    to_replicas: u32,
    /// Why, with the numbers from which it can be computed anew.
    reason: &'a str,
}

/// From a pod's creation until it is Ready; pods that serve from the start do not count.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ColdStartTimes {
    /// Pods that were created and became Ready.
    completed_pods: u64,
    /// Pods that were deleted before they were Ready.
    given_up_pods: u64,
    /// Pods that were still starting at the end of the run.
    unfinished_pods: u64,
    /// The shortest cold start; `null` without any.
    min_s: Option<f64>,
    /// The mean of all; `null` without any.
    mean_s: Option<f64>,
    /// The longest; `null` without any.
    max_s: Option<f64>,
}

impl From<Span> for CountOverTime {
    fn from(span: Span) -> Self {
        Self { min: span.min, max: span.max, mean: span.mean, r#final: span.last }
    }
}

impl From<Replicas> for ReplicaCounts {
    fn from(replicas: Replicas) -> Self {
        Self {
            desired: replicas.desired.into(),
            ready: replicas.ready.into(),
            scale_ups: replicas.scale_ups.into(),
            scale_downs: replicas.scale_downs.into(),
        }
    }
}

impl<'a> From<&'a SyncRecord> for Scaling<'a> {
    fn from(sync: &'a SyncRecord) -> Self {
        Self {
            t_s: sync.at.as_secs_f64(),
            from_replicas: sync.from,
            to_replicas: sync.to(),
            reason: &sync.decision.reason,
        }
    }
}

impl From<ColdStarts> for ColdStartTimes {
    fn from(starts: ColdStarts) -> Self {
        let spread = starts.spread();
        Self {
            completed_pods: starts.seconds.len() as u64,
            given_up_pods: starts.given_up as u64,
            unfinished_pods: starts.unfinished as u64,
            min_s: spread.map(|(least, _, _)| least),
            mean_s: spread.map(|(_, mean, _)| mean),
            max_s: spread.map(|(_, _, most)| most),
        }
    }
}
