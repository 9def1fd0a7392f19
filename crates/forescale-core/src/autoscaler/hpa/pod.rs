//! Pods as the HPA controller sees them.

use super::ConditionStatus;
use forescale_kernel::Timestamp;

/// `status.phase` of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodPhase {
    /// Accepted, not all containers started.
    #[default]
    Pending,
    /// Bound to a node, at least one container started.
    Running,
    /// All containers ended well.
    Succeeded,
    /// All containers ended, one badly.
    Failed,
    /// The node does not answer.
    Unknown,
}

/// A pod of the scale target's selector. [`Pod::default`] is a pending pod without conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pod {
    /// `status.phase`.
    pub phase: PodPhase,
    /// Status of the `Ready` condition, none if the pod has no such condition.
    pub ready: Option<ConditionStatus>,
    /// `metadata.deletionTimestamp`, set while the pod terminates.
    pub deletion_timestamp: Option<Timestamp>,
}

impl Pod {
    /// A pod that is not being deleted.
    pub const fn new(phase: PodPhase, ready: Option<ConditionStatus>) -> Self {
        Self { phase, ready, deletion_timestamp: None }
    }

    /// Whether the pod counts where a formula multiplies by ready pods: Running and Ready. A terminating pod counts as
    /// long as it is both (`getReadyPodsCount` in replica_calculator.go, Kubernetes 1.36.2).
    pub fn counts_as_ready(&self) -> bool {
        self.phase == PodPhase::Running && self.ready == Some(ConditionStatus::True)
    }
}
