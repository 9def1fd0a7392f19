//! What one part may see of another.
//!
//! Gateway, telemetry and autoscaler never see a replica or the cluster itself, only these views, as the real ones see
//! `/metrics` endpoints and API objects. The world hands them over.

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

/// The `/metrics` endpoints of the model servers.
pub trait ModelServers {
    /// What the pod's server shows at `at`, just before whatever happens at that instant; `None` where the connection is refused.
    ///
    /// `at` may lie a poll interval in the past, never in the future.
    fn observe(&self, pod: PodId, at: SimTime) -> Option<ModelServerView>;
}
