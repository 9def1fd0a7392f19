//! What a user waits for.

use forescale_core::record::{Latencies, Latency};

/// A duration that requests have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delay {
    /// Time to first token.
    Ttft,
    /// Inter-token latency, token by token.
    Itl,
    /// Time per output token: a request's mean inter-token latency.
    Tpot,
    /// End-to-end latency.
    E2e,
    /// The wait in the gateway's queue.
    QueueWait,
}

impl Delay {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ttft, Self::Itl, Self::Tpot, Self::E2e, Self::QueueWait];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ttft => "ttft",
            Self::Itl => "itl",
            Self::Tpot => "tpot",
            Self::E2e => "e2e",
            Self::QueueWait => "queue_wait",
        }
    }

    pub(super) const fn definition(self) -> &'static str {
        match self {
            Self::Ttft => {
                "Time to first token: first attempt to first token, over the requests that got one. Mean, and quantiles within 0.1 %."
            }
            Self::Itl => {
                "Inter-token latency: between consecutive tokens of a request, over tokens. Where there are several workloads, only over \
                 all of them."
            }
            Self::Tpot => {
                "Time per output token: (last token − first token) / (tokens − 1), over finished requests with at least two tokens."
            }
            Self::E2e => "End-to-end latency: first attempt to last token, over finished requests.",
            Self::QueueWait => "Wait in the gateway: arrival to dispatch, over dispatched attempts.",
        }
    }

    /// Its distribution among all of them.
    pub fn of(self, latencies: &Latencies) -> &Latency {
        match self {
            Self::Ttft => &latencies.ttft,
            Self::Itl => &latencies.itl,
            Self::Tpot => &latencies.tpot,
            Self::E2e => &latencies.e2e,
            Self::QueueWait => &latencies.queue_wait,
        }
    }
}
