//! What is measured at each level of load.

/// A figure of a run after its warm-up. Times are in seconds; a quantile that falls among lost requests is infinite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Requests that finished, per second.
    Throughput,
    /// Output tokens per second.
    OutputTokens,
    /// Median time to first token; lost requests count as infinitely late.
    TtftP50,
    /// Its 95th percentile.
    TtftP95,
    /// Its 99th percentile.
    TtftP99,
    /// The mean inter-token latency, over tokens.
    ItlMean,
    /// Its 95th percentile, over tokens.
    ItlP95,
    /// The mean time from arrival to last token, of requests that finished.
    E2eMean,
    /// Requests in the EPP's queue, the mean over time.
    QueueSize,
    /// Requests that the EPP counts as running, in all, the mean over time.
    EppRunning,
    /// `vllm:num_requests_running`, summed over pods, the mean over time.
    Running,
    /// `vllm:num_requests_waiting`, summed over pods, the mean over time.
    Waiting,
    /// `vllm:kv_cache_usage_perc`, the mean over pods and time; 0 to 1.
    KvCacheUsage,
    /// The share of time in which GPUs computed, the mean over pods; 0 to 1.
    GpuUtilization,
    /// The share of ended requests that were lost: rejected, timed out, evicted; 0 to 1.
    LostShare,
}

impl Metric {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 15] = [
        Self::Throughput,
        Self::OutputTokens,
        Self::TtftP50,
        Self::TtftP95,
        Self::TtftP99,
        Self::ItlMean,
        Self::ItlP95,
        Self::E2eMean,
        Self::QueueSize,
        Self::EppRunning,
        Self::Running,
        Self::Waiting,
        Self::KvCacheUsage,
        Self::GpuUtilization,
        Self::LostShare,
    ];

    /// The name in files, with its unit.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throughput => "requests_per_s",
            Self::OutputTokens => "output_tokens_per_s",
            Self::TtftP50 => "ttft_p50_s",
            Self::TtftP95 => "ttft_p95_s",
            Self::TtftP99 => "ttft_p99_s",
            Self::ItlMean => "itl_mean_s",
            Self::ItlP95 => "itl_p95_s",
            Self::E2eMean => "e2e_mean_s",
            Self::QueueSize => "epp_queue_size",
            Self::EppRunning => "epp_running_requests",
            Self::Running => "vllm_running",
            Self::Waiting => "vllm_waiting",
            Self::KvCacheUsage => "kv_cache_usage",
            Self::GpuUtilization => "gpu_utilization",
            Self::LostShare => "lost_share",
        }
    }
}
