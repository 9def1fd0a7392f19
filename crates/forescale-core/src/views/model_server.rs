//! What a model server shows on `/metrics`.

use super::{HistogramFamily, HistogramView};
use crate::ids::PodId;
use forescale_kernel::SimTime;

/// The gauges of a vLLM server that are polled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModelServerView {
    /// `vllm:num_requests_running`.
    pub num_requests_running: u32,
    /// `vllm:num_requests_waiting`.
    pub num_requests_waiting: u32,
    /// `vllm:kv_cache_usage_perc`, 0 to 1.
    pub kv_cache_usage_perc: f64,
}

/// The `/metrics` endpoints of the model servers, as the gateway polls them.
pub trait ModelServers {
    /// What the pod's server shows at `at`, just before whatever happens at that instant; `None` where the connection is refused.
    ///
    /// `at` may lie a poll interval in the past, never in the future.
    fn observe(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerView>;
}

/// `finished_reason`: how a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishedReason {
    /// A stop token or stop string.
    Stop,
    /// `max_tokens` or `--max-model-len`.
    Length,
    /// Aborted by the engine itself; a client that goes away is not counted.
    Abort,
    /// An internal error.
    Error,
    /// The output repeats itself.
    Repetition,
}

impl FinishedReason {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Stop, Self::Length, Self::Abort, Self::Error, Self::Repetition];

    /// The label's value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Abort => "abort",
            Self::Error => "error",
            Self::Repetition => "repetition",
        }
    }
}

/// `reason` of `vllm:admission_rejections_total`: which limit of the queue turned a request away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmissionReason {
    /// `--max-num-queued-reqs`.
    MaxNumQueuedReqs,
    /// `--max-num-queued-tokens`.
    MaxNumQueuedTokens,
}

impl AdmissionReason {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 2] = [Self::MaxNumQueuedReqs, Self::MaxNumQueuedTokens];

    /// The label's value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxNumQueuedReqs => "max_num_queued_reqs",
            Self::MaxNumQueuedTokens => "max_num_queued_tokens",
        }
    }
}

/// The counters of a vLLM server, from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelServerCounters {
    /// `vllm:num_preemptions_total`: preemptions, each counted with its victim's next token.
    pub num_preemptions: u64,
    /// `vllm:prefix_cache_queries_total`: tokens of requests admitted for the first time.
    pub prefix_cache_queries: u64,
    /// `vllm:prefix_cache_hits_total`: those that were cached.
    pub prefix_cache_hits: u64,
    /// `vllm:prompt_tokens_total`: whole prompts, each counted at its first token.
    pub prompt_tokens: u64,
    /// `vllm:prompt_tokens_cached_total`: what of them was cached at their first admission.
    pub prompt_tokens_cached: u64,
    /// `vllm:generation_tokens_total`: tokens delivered.
    pub generation_tokens: u64,
    /// `vllm:request_success_total`, by [`FinishedReason`].
    pub request_success: [u64; FinishedReason::ALL.len()],
    /// `vllm:admission_rejections_total`, by [`AdmissionReason`].
    pub admission_rejections: [u64; AdmissionReason::ALL.len()],
}

/// All that a vLLM server shows, as Prometheus scrapes it.
#[derive(Clone, Copy, Debug)]
pub struct ModelServerMetrics<'a> {
    /// The gauges.
    pub gauges: ModelServerView,
    /// `vllm:num_requests_waiting_by_reason{reason="deferred"}`; the others wait for capacity.
    pub num_requests_deferred: u32,
    /// The counters.
    pub counters: ModelServerCounters,
    /// The histograms that somebody asks for, by [`HistogramFamily`].
    pub histograms: [Option<HistogramView<'a>>; HistogramFamily::ALL.len()],
}

/// What of a model server's configuration its metrics show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelServerInfo {
    /// `--max-model-len`: where the buckets of token counts end.
    pub max_model_len: u32,
    /// `vllm:cache_config_info`, if there is a cache.
    pub cache_config: Option<CacheConfigInfo>,
}

/// Labels of `vllm:cache_config_info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheConfigInfo {
    /// `block_size`: tokens per KV block.
    pub block_size: u32,
    /// `num_gpu_blocks`: KV blocks, the null block included.
    pub num_gpu_blocks: u32,
    /// `enable_prefix_caching`.
    pub enable_prefix_caching: bool,
}
