//! What was measured at a load.

use crate::json::Estimate;
use forescale_experiment::knee::{self, Metric};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Level {
    /// The load over all pods, in the document's `load_unit`.
    load: f64,
    /// Requests that finish, over all pods.
    requests_per_s: Option<Estimate>,
    /// Tokens that are generated, over all pods.
    output_tokens_per_s: Option<Estimate>,
    /// The median time to first token, the wait in the gateway included. This and all latencies are `null` where at any seed nothing was
    /// measured, or the quantile falls among lost requests, which count as infinitely late.
    ttft_p50_s: Option<Estimate>,
    /// Its 95th percentile.
    ttft_p95_s: Option<Estimate>,
    /// Its 99th percentile.
    ttft_p99_s: Option<Estimate>,
    /// The mean inter-token latency, over all tokens.
    itl_mean_s: Option<Estimate>,
    /// Its 95th percentile.
    itl_p95_s: Option<Estimate>,
    /// The mean time from arrival to last token, of requests that finished.
    e2e_mean_s: Option<Estimate>,
    /// Requests in the EPP's queue, the mean over time.
    epp_queue_size: Option<Estimate>,
    /// Requests that the EPP counts as running, over all pods: sent to one and not ended; the mean over time.
    epp_running_requests: Option<Estimate>,
    /// `vllm:num_requests_running`, summed over pods, the mean over time.
    vllm_running: Option<Estimate>,
    /// `vllm:num_requests_waiting`, summed over pods, the mean over time.
    vllm_waiting: Option<Estimate>,
    /// `vllm:kv_cache_usage_perc`, the mean over pods and time, 0 to 1.
    kv_cache_usage: Option<Estimate>,
    /// The share of time in which a GPU computed, however little; the mean over pods, 0 to 1.
    gpu_utilization: Option<Estimate>,
    /// Requests that were lost (rejected, timed out, evicted) over all that ended, 0 to 1.
    lost_share: Option<Estimate>,
}

impl From<&knee::Level> for Level {
    fn from(level: &knee::Level) -> Self {
        let of = |metric| Estimate::finite(level.estimate(metric));
        Self {
            load: level.load,
            requests_per_s: of(Metric::Throughput),
            output_tokens_per_s: of(Metric::OutputTokens),
            ttft_p50_s: of(Metric::TtftP50),
            ttft_p95_s: of(Metric::TtftP95),
            ttft_p99_s: of(Metric::TtftP99),
            itl_mean_s: of(Metric::ItlMean),
            itl_p95_s: of(Metric::ItlP95),
            e2e_mean_s: of(Metric::E2eMean),
            epp_queue_size: of(Metric::QueueSize),
            epp_running_requests: of(Metric::EppRunning),
            vllm_running: of(Metric::Running),
            vllm_waiting: of(Metric::Waiting),
            kv_cache_usage: of(Metric::KvCacheUsage),
            gpu_utilization: of(Metric::GpuUtilization),
            lost_share: of(Metric::LostShare),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_has_every_metric_by_its_name() {
        let level = Level::from(&knee::Level { load: 1.0, observations: Vec::new() });
        let level = serde_json::to_value(level).unwrap();
        let mut names: Vec<&str> = level.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known: Vec<&str> = Metric::ALL.map(Metric::name).into_iter().chain(["load"]).collect();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
