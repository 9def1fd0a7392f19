//! Latencies.

use forescale_core::record::{self, Latency};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Latencies {
    /// Time to first token: from the first attempt to the first token, waits in the gateway and between attempts included; per request that got one.
    ttft: LatencySummary,
    /// Inter-token latency: between consecutive tokens of a request; per token but the first, over all requests.
    itl: LatencySummary,
    /// End to end: from the first attempt to the last token; per finished request.
    e2e: LatencySummary,
    /// Arrival to dispatch by the gateway; per dispatched request.
    queue_wait: LatencySummary,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LatencySummary {
    /// How many were measured.
    count: u64,
    /// The mean.
    mean_s: Option<f64>,
    /// The median.
    p50_s: Option<f64>,
    /// The 90th percentile.
    p90_s: Option<f64>,
    /// The 95th percentile.
    p95_s: Option<f64>,
    /// The 99th percentile.
    p99_s: Option<f64>,
    /// The greatest.
    max_s: Option<f64>,
}

impl From<&record::Latencies> for Latencies {
    fn from(latencies: &record::Latencies) -> Self {
        Self {
            ttft: (&latencies.ttft).into(),
            itl: (&latencies.itl).into(),
            e2e: (&latencies.e2e).into(),
            queue_wait: (&latencies.queue_wait).into(),
        }
    }
}

impl From<&Latency> for LatencySummary {
    fn from(latency: &Latency) -> Self {
        Self {
            count: latency.count(),
            mean_s: latency.mean(),
            p50_s: latency.quantile(0.5),
            p90_s: latency.quantile(0.9),
            p95_s: latency.quantile(0.95),
            p99_s: latency.quantile(0.99),
            max_s: latency.max(),
        }
    }
}
