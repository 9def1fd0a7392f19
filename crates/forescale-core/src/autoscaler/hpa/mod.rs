//! The HorizontalPodAutoscaler controller of Kubernetes 1.36.2, as a plain state machine.
//!
//! [`api`] holds the `autoscaling/v2` object as users write it, with its quantities, defaults and validation.
//! [`Controller`] is what kube-controller-manager keeps for one HPA; [`Controller::reconcile`] is one sync. It reads no
//! clock and does no I/O: the instant, the scale subresource, the pods and the metrics are handed to it, and a [`Sync`]
//! with the decision and the [`Reasons`] for it comes back.
//!
//! All arithmetic keeps the order of the original (`pkg/controller/podautoscaler` of Kubernetes 1.36.2), because its
//! last bits decide: 2.2 × 25 replicas are 56 there.

pub mod api;
mod condition;
mod controller;
mod describe;
mod event;
mod flags;
mod float;
mod history;
mod messages;
mod metrics;
mod normalize;
mod observed;
mod pod;
mod policy;
mod reasons;
mod replica_calculator;
mod status;
mod sync;
#[cfg(test)]
mod tests;

pub use condition::{Condition, ConditionStatus, ConditionType, Conditions};
pub use controller::Controller;
pub use event::{Event, EventType};
pub use flags::{FeatureGates, Flags, WithinTolerance};
pub use history::{History, Recommendation, ScaleEvent};
pub use metrics::{ContainerMetrics, MetricsApi, MetricsError, PodMetric, PodMetrics};
pub use observed::{Observed, Scale};
pub use pod::{Container, InitContainer, Pod, PodPhase, Requests};
pub use reasons::{
    Branch, Clamp, Counted, Evaluation, Held, Kept, LimitReason, LimitedBy, MetricFailure, MetricReason,
    PodCounts, PodUsage, PodsEvaluation, PolicyLimit, Reasons, Refilled, Stabilization, Substitute,
    TargetKind, Window,
};
pub use replica_calculator::{ReplicaCalculator, Tolerances};
pub use status::{MetricValueStatus, Status};
pub use sync::{Sync, SyncError};
