//! The run over time, in equal bins.

use super::latency::Sample;
use forescale_kernel::{SimDuration, SimTime};

/// The state at the end of a bin, and what happened within it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bin {
    /// The bin's end.
    pub at: SimTime,
    /// Requests that arrived within the bin.
    pub arrived: u64,
    /// Of those that arrived within the bin, the ones that attained the objectives, whenever they ended.
    pub attained: u64,
    /// Requests that finished within it.
    pub finished: u64,
    /// Requests that ended otherwise within it.
    pub lost: u64,
    /// Requests in the EPP's queue.
    pub queue_size: u64,
    /// Requests that the EPP has sent to pods and that have not ended: `inference_objective_running_requests`, summed over flows.
    pub epp_running: u64,
    /// `vllm:num_requests_running`, summed over replicas.
    pub running: u64,
    /// `vllm:num_requests_waiting`, summed over replicas.
    pub waiting: u64,
    /// `vllm:kv_cache_usage_perc`, the mean over replicas that listen; 0 to 1.
    pub kv_cache_usage: f64,
    /// The share of the bin in which GPUs computed, the mean over replicas that listen; 0 to 1.
    pub gpu_utilization: f64,
    /// `spec.replicas`.
    pub desired: u32,
    /// Pods that are Running and Ready.
    pub ready: u32,
    /// Pods that hold an object: starting and terminating ones too.
    pub pods: u32,
    /// Median time to first token of the first tokens within the bin, in seconds.
    pub ttft_p50: Option<f64>,
    /// Their 99th percentile, in seconds.
    pub ttft_p99: Option<f64>,
}

/// What happens within a bin until it is closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenBin {
    pub(crate) arrived: u64,
    pub(crate) finished: u64,
    pub(crate) lost: u64,
    ttft: Sample,
}

impl OpenBin {
    pub(crate) fn first_token(&mut self, ttft: SimDuration) {
        self.ttft.push(ttft);
    }

    /// The bin's counts and quantiles; the open bin starts anew.
    pub(crate) fn close(&mut self) -> Bin {
        let bin = Bin {
            arrived: self.arrived,
            finished: self.finished,
            lost: self.lost,
            ttft_p50: self.ttft.quantile(0.5),
            ttft_p99: self.ttft.quantile(0.99),
            ..Bin::default()
        };
        self.ttft.clear();
        (self.arrived, self.finished, self.lost) = (0, 0, 0);
        bin
    }
}
