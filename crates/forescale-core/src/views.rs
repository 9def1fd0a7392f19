//! What one part may see of another.
//!
//! Gateway, telemetry and autoscaler never see a replica or the cluster itself, only these views, as the real ones see
//! `/metrics` endpoints and API objects. [`World`](crate::world::World) hands them over.

use crate::ids::PodId;
use forescale_kernel::SimTime;

/// What a vLLM server shows on `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModelServerView {
    /// `vllm:num_requests_running`.
    pub num_requests_running: u32,
    /// `vllm:num_requests_waiting`.
    pub num_requests_waiting: u32,
    /// `vllm:kv_cache_usage_perc`, 0 to 1.
    pub kv_cache_usage_perc: f64,
    /// `vllm:num_preemptions_total`.
    pub num_preemptions: u64,
    /// `vllm:prompt_tokens_total`.
    pub prompt_tokens: u64,
    /// `vllm:generation_tokens_total`.
    pub generation_tokens: u64,
    /// `vllm:request_success_total{finished_reason="length"}`.
    pub request_success: u64,
}

/// The `/metrics` endpoints of the model servers. Who looks may make a server catch up with its own past, hence `&mut`; what
/// happens never depends on it.
pub trait ModelServers {
    /// What the pod's server shows at `at`, just before whatever happens at that instant; `None` where the connection is refused.
    ///
    /// `at` may lie a poll interval in the past, never in the future.
    fn observe(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerView>;
}

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
    /// What a model server shows just before `at`; `None` where the connection is refused.
    fn model_server(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerView>;
    /// What the EPP shows just before `at`.
    fn epp(&mut self, at: SimTime) -> GatewayView;
}
