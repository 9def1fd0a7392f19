//! What one part may see of another.
//!
//! Gateway, telemetry and autoscaler never see a replica or the cluster itself, only these views, as the real ones see
//! `/metrics` endpoints and API objects. [`World`](crate::world::World) hands them over.

mod histogram;
mod model_server;

pub use histogram::{HistogramFamilies, HistogramFamily, HistogramUnit, HistogramView};
pub use model_server::{
    AdmissionReason, CacheConfigInfo, FinishedReason, ModelServerCounters, ModelServerInfo,
    ModelServerMetrics, ModelServerView, ModelServers,
};

use crate::ids::PodId;
use forescale_kernel::{SimDuration, SimTime};

/// How the EPP's metrics label a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLabels {
    /// `model_name` and `target_model_name`.
    pub model_name: String,
    /// `fairness_id`.
    pub fairness_id: String,
    /// `priority`.
    pub priority: i32,
}

/// What the EPP shows on `/metrics`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GatewayView {
    /// One entry per flow of the configuration, in its order.
    pub flows: Vec<FlowView>,
    /// `flow_control_pool_saturation`, `None` while flow control is off.
    pub pool_saturation: Option<f64>,
    /// Whether the pool has candidates; the series of its stages exist only then.
    pub has_candidates: bool,
}

/// A flow's series; what is `None` has no series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowView {
    /// `flow_control_queue_size`.
    pub queue_size: Option<u64>,
    /// `flow_control_queue_bytes`.
    pub queue_bytes: Option<u64>,
    /// `request_running`.
    pub request_running: Option<u64>,
    /// `request_total`.
    pub request_total: Option<u64>,
    /// `request_error_total` by `error_code`.
    pub request_errors: Vec<(&'static str, u64)>,
}

/// A pod's `status.phase`, as far as pods here go through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodPhase {
    /// Its container does not run yet.
    Pending,
    /// Its container runs.
    Running,
}

/// A pod as the API server shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodView {
    /// Which pod.
    pub pod: PodId,
    /// `status.phase`.
    pub phase: PodPhase,
    /// Whether its Ready condition is True.
    pub is_ready: bool,
    /// When its Ready condition last changed; `None` while its container does not run.
    pub ready_transition: Option<SimTime>,
    /// `status.startTime`: when its node took it; `None` while its container does not run.
    pub start: Option<SimTime>,
    /// Its deletion timestamp, while it terminates.
    pub deletion: Option<SimTime>,
}

/// The scale subresource of the target and its pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleTargetView {
    /// `spec.replicas`.
    pub spec_replicas: u32,
    /// `status.replicas`: pods that are not being deleted, Ready or not.
    pub status_replicas: u32,
    /// All pods, terminating ones too.
    pub pods: Vec<PodView>,
}

impl ScaleTargetView {
    /// Pods that are Running and Ready, as the HPA counts them: terminating ones too.
    pub fn ready_pods(&self) -> u32 {
        let ready = |pod: &&PodView| pod.phase == PodPhase::Running && pod.is_ready;
        self.pods.iter().filter(ready).count() as u32
    }
}

/// All `/metrics` endpoints, as Prometheus scrapes them.
pub trait MetricsEndpoints {
    /// What a model server shows now, just before whatever happens at `at`; `None` where the connection is refused.
    ///
    /// A scrape comes at its own instant, before all else at that instant, so a server has to remember nothing for it. It may have to
    /// catch up with what it has put off.
    fn model_server(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerMetrics<'_>>;
    /// Fills in what the EPP shows just before `at`; the view may hold what it showed before.
    fn epp(&mut self, at: SimTime, view: &mut GatewayView);
    /// How long the GPUs of a pod have computed until `at`, which is now; none where the pod has not begun to. For the exporter of
    /// GPU metrics, which sees them through the driver.
    fn gpu_busy(&mut self, pod: PodId, at: SimTime) -> SimDuration;
}
