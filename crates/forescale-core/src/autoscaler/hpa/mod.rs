//! The HorizontalPodAutoscaler controller of Kubernetes 1.36.2, as a plain state machine.
//!
//! [`api`] holds the `autoscaling/v2` object as users write it, with its quantities, defaults and validation.
//! [`Controller`] is what kube-controller-manager keeps for one HPA; [`Controller::reconcile`] is one sync. It reads no
//! clock and does no I/O: the instant, the scale subresource, the pods and the metrics are handed to it, and a [`Sync`]
//! with the decision and the [`Reasons`] for it comes back.
//!
//! A controller needs no simulation. What one decides on a cluster of which one knows a few numbers:
//!
//! ```
//! use forescale_core::autoscaler::hpa::api::{HorizontalPodAutoscalerSpec, LabelSelector};
//! use forescale_core::autoscaler::hpa::{
//!     ConditionStatus, Controller, FeatureGates, Flags, MetricsApi, MetricsError, Observed, Pod, PodMetric, PodPhase, Scale,
//! };
//! use forescale_kernel::Timestamp;
//!
//! /// Each of two pods runs 30 requests.
//! struct Busy;
//!
//! impl MetricsApi for Busy {
//!     fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
//!         Err(MetricsError(format!("there is no {name}")))
//!     }
//!     fn pods_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
//!         let running = |pod: &str| PodMetric { pod: pod.to_owned(), value_milli: 30_000 };
//!         Ok(vec![running("pod-0"), running("pod-1")])
//!     }
//! }
//!
//! let written = r#"{
//!     "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "vllm"},
//!     "maxReplicas": 10,
//!     "metrics": [{"type": "Pods", "pods": {
//!         "metric": {"name": "vllm:num_requests_running"},
//!         "target": {"type": "AverageValue", "averageValue": "12"}
//!     }}],
//!     "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 15}]}}
//! }"#;
//! let written: HorizontalPodAutoscalerSpec = serde_json::from_str(written)?;
//! let gates = FeatureGates::default();
//! assert!(written.validate(gates).is_empty(), "the API server takes it");
//! let spec = written.defaulted(gates);
//!
//! let pods = ["pod-0", "pod-1"].map(|name| {
//!     let mut pod = Pod::new(PodPhase::Running, Some(ConditionStatus::True));
//!     pod.name = name.to_owned();
//!     pod
//! });
//! let scale = Scale { spec_replicas: 2, status_replicas: 2 };
//! let mut controller = Controller::new(Flags::default(), gates);
//! let sync = controller.reconcile(Timestamp::from_unix_secs(15), &spec, &Observed::new(scale, &pods, &Busy));
//! assert_eq!(sync.rescale, Some(4));
//! assert_eq!(
//!     sync.to_string(),
//!     "vllm:num_requests_running 60/2 samples = 30/12 × 2 ready → 5 · ScaleUpLimit: Pods 2/15s from 2 allows 4"
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
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
mod version;

pub use condition::{Condition, ConditionStatus, ConditionType, Conditions, Message};
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
pub use version::KubernetesVersion;
