//! The result of one sync.

use super::event::SUCCESSFUL_RESCALE;
use super::{Event, Reasons, Status};

/// What one sync decided and wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Sync {
    /// The new `spec.replicas` that was written, none if nothing was written.
    pub rescale: Option<i32>,
    /// The recommendation that was recorded: replicas before windows, policies, min and max. None if metrics were not
    /// read or failed too often.
    pub recommendation: Option<i32>,
    /// The HPA's status after the sync.
    pub status: Status,
    /// The events that the sync recorded, in order.
    pub events: Vec<Event>,
    /// Why the sync counts as failed. A sync in which only some metrics failed can still have rescaled.
    pub error: Option<SyncError>,
    /// Why it decided so.
    pub reasons: Reasons,
}

impl Sync {
    /// Text of the event `SuccessfulRescale`, if the replicas were written.
    pub fn event(&self) -> Option<&str> {
        let event = self.events.iter().find(|event| event.reason == SUCCESSFUL_RESCALE);
        event.map(|event| event.message.as_str())
    }
}

/// Why a sync counts as failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The scale subresource could not be read.
    #[error("FailedGetScale: {0}")]
    FailedGetScale(String),
    /// Some metrics failed; the first one's reason and message are given.
    #[error("{failed} of {of} metrics failed, the first with {reason}: {message}")]
    Metrics {
        /// Metrics that failed, at least 1.
        failed: usize,
        /// Metrics in the spec.
        of: usize,
        /// Kubernetes' reason of the first failure.
        reason: &'static str,
        /// Its message.
        message: String,
    },
    /// The scale subresource could not be written.
    #[error("FailedUpdateScale: {0}")]
    FailedUpdateScale(String),
}
