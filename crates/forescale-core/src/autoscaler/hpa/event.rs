//! The events that a sync records on the HPA object.

use super::api::Spec;
use super::messages;
use super::reasons::{Branch, Reasons};
use super::sync::SyncError;
use std::fmt;

/// Type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// `Normal`
    Normal,
    /// `Warning`
    Warning,
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        })
    }
}

/// Reason of the event of a count that was written.
pub(super) const SUCCESSFUL_RESCALE: &str = "SuccessfulRescale";

/// One event, as `kubectl describe hpa` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its type.
    pub event_type: EventType,
    /// Kubernetes' reason: `SuccessfulRescale`, `FailedRescale`, `FailedGetScale`, `FailedComputeMetricsReplicas`,
    /// `FailedGetExternalMetric` and its like.
    pub reason: &'static str,
    /// What happened.
    pub message: String,
}

/// A write of the scale subresource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Write {
    /// The new count.
    pub(super) replicas: i32,
    /// Why, as the event says it; may be empty.
    pub(super) reason: String,
}

/// The events of a sync, in the order in which they are recorded.
pub(super) fn of_sync(
    namespace: &str,
    spec: &Spec,
    reasons: &Reasons,
    error: Option<&SyncError>,
    write: Option<&Write>,
) -> Vec<Event> {
    let mut events = Vec::new();
    let mut warn = |reason, message| events.push(Event { event_type: EventType::Warning, reason, message });
    if let Some(SyncError::FailedGetScale(message)) = error {
        warn("FailedGetScale", message.clone());
    }
    let mut first = None;
    let mut failed = 0;
    for (metric, reason) in spec.metrics.iter().zip(&reasons.metrics) {
        if let Err(failure) = &reason.outcome {
            failed += 1;
            let message = messages::metric_error(namespace, metric, failure);
            first.get_or_insert_with(|| messages::first_error(metric, &message));
            warn(failure.reason, message);
        }
    }
    if let (Branch::MetricsFailed, Some(first)) = (reasons.branch, first) {
        let of = spec.metrics.len();
        let message = format!("invalid metrics ({failed} invalid out of {of}), first error is: {first}");
        warn("FailedComputeMetricsReplicas", message);
    }
    if let Some(Write { replicas, reason }) = write {
        let new_size = format!("New size: {replicas}; reason: {reason}");
        match error {
            Some(SyncError::FailedUpdateScale(error)) => {
                warn("FailedRescale", format!("{new_size}; error: {error}"));
            }
            _ => events.push(Event {
                event_type: EventType::Normal,
                reason: SUCCESSFUL_RESCALE,
                message: new_size,
            }),
        }
    }
    events
}
