//! Pods as the HPA controller sees them.

use super::ConditionStatus;
use forescale_kernel::Timestamp;
use std::collections::BTreeMap;

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

/// Requests by resource, in thousandths (of cores for `cpu`, of bytes for `memory`).
pub type Requests = BTreeMap<String, i64>;

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// `resources.requests`.
    pub requests: Requests,
}

/// An init container of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitContainer {
    /// Name and requests.
    pub container: Container,
    /// `restartPolicy: Always`: a sidecar, which keeps running beside the containers.
    pub is_sidecar: bool,
}

/// A pod of the scale target's selector. [`Pod::default`] is a pending pod without name, conditions and containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pod {
    /// `metadata.name`, by which metrics are found.
    pub name: String,
    /// `status.phase`.
    pub phase: PodPhase,
    /// Status of the `Ready` condition, none if the pod has no such condition.
    pub ready: Option<ConditionStatus>,
    /// `lastTransitionTime` of the `Ready` condition; none is the zero time, long before anything else.
    pub ready_transition_time: Option<Timestamp>,
    /// `status.startTime`: when its node took it; none before.
    pub start_time: Option<Timestamp>,
    /// `metadata.deletionTimestamp`, set while the pod terminates.
    pub deletion_timestamp: Option<Timestamp>,
    /// `spec.containers`.
    pub containers: Vec<Container>,
    /// `spec.initContainers`, in the order in which they start.
    pub init_containers: Vec<InitContainer>,
    /// `spec.resources.requests`: requests of the pod as a whole; empty if it has none.
    pub requests: Requests,
}

impl Pod {
    /// A pod that is not being deleted, without name, times and containers.
    pub const fn new(phase: PodPhase, ready: Option<ConditionStatus>) -> Self {
        Self {
            name: String::new(),
            phase,
            ready,
            ready_transition_time: None,
            start_time: None,
            deletion_timestamp: None,
            containers: Vec::new(),
            init_containers: Vec::new(),
            requests: Requests::new(),
        }
    }

    /// Whether the pod counts where a formula multiplies by ready pods: Running and Ready. A terminating pod counts as
    /// long as it is both (`getReadyPodsCount` in replica_calculator.go, Kubernetes 1.36.2).
    pub fn counts_as_ready(&self) -> bool {
        self.phase == PodPhase::Running && self.ready == Some(ConditionStatus::True)
    }
}
