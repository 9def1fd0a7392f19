//! The gateway's settings.

use super::flow_control::FlowControlConfig;
use super::prefix_producer::PrefixProducerConfig;
use super::saturation::UtilizationDetector;
use crate::views::FlowLabels;
use forescale_kernel::SimDuration;
use std::fmt;
use std::str::FromStr;

/// A release of the Endpoint Picker, by its project's name for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// `llm-d-router-v0.10.0` (2026-08-17).
    LlmDRouterV0_10_0,
    /// `llm-d-router-main-2026-08-22`, commit ebab6879: the recorded one.
    #[default]
    LlmDRouterMain20260822,
}

impl Release {
    /// The releases that can be simulated.
    pub const ALL: [Self; 2] = [Self::LlmDRouterV0_10_0, Self::LlmDRouterMain20260822];

    /// The name in scenarios.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LlmDRouterV0_10_0 => "llm-d-router-v0.10.0",
            Self::LlmDRouterMain20260822 => "llm-d-router-main-2026-08-22",
        }
    }

    /// Whether the waiting limit of an empty pool is apart from that of a pool with endpoints, and both are enforced by a sweep.
    pub const fn splits_ttl(self) -> bool {
        matches!(self, Self::LlmDRouterMain20260822)
    }

    /// Whether `flow_control_pool_saturation` carries the label `stage`.
    pub const fn splits_stages(self) -> bool {
        matches!(self, Self::LlmDRouterMain20260822)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Release {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|release| release.name() == name).ok_or(())
    }
}

/// How the 50 ms poll of the model servers is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Polling {
    /// Only where a decision depends on it; the same result at a fraction of the cost.
    #[default]
    Lazy,
    /// Each poll and each dispatch tick is an event of its own: the oracle of tests.
    Eager,
}

/// A scorer of the scheduling profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scorer {
    /// `queue-scorer`: fewest waiting requests.
    Queue,
    /// `running-requests-size-scorer`: fewest running requests.
    RunningRequests,
    /// `kv-cache-utilization-scorer`: most free KV cache.
    KvCacheUtilization,
    /// `prefix-cache-scorer`: most of the prompt in its cache, as far as the EPP can tell; see [`PrefixProducer`](super::PrefixProducer).
    PrefixCache,
}

impl Scorer {
    /// All that are simulated.
    pub const ALL: [Self; 4] =
        [Self::Queue, Self::RunningRequests, Self::KvCacheUtilization, Self::PrefixCache];

    /// The plugin type in an EndpointPickerConfig.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue-scorer",
            Self::RunningRequests => "running-requests-size-scorer",
            Self::KvCacheUtilization => "kv-cache-utilization-scorer",
            Self::PrefixCache => "prefix-cache-scorer",
        }
    }
}

/// The Endpoint Picker as it is deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayConfig {
    /// Which release.
    pub release: Release,
    /// Flow control, `None` while its feature gate is off.
    pub flow_control: Option<FlowControlConfig>,
    /// The saturation detector.
    pub detector: UtilizationDetector,
    /// Scorers with their weights.
    pub scorers: Vec<(Scorer, f64)>,
    /// What the prefix scorer goes by.
    pub prefix_producer: PrefixProducerConfig,
    /// `--refresh-metrics-interval`: how often each model server is polled; 50 ms, which is also the least.
    pub refresh_metrics_interval: SimDuration,
    /// The `Retry-After` that the proxy adds to answers with 429 and 503; the EPP itself adds none.
    pub retry_after: Option<SimDuration>,
    /// How polls are computed.
    pub polling: Polling,
    /// The flows that requests can belong to.
    pub flows: Vec<FlowLabels>,
}

impl Default for GatewayConfig {
    /// The EPP without a configuration file: flow control off, queue scorer 2, KV scorer 2, prefix scorer 3.
    fn default() -> Self {
        Self {
            release: Release::default(),
            flow_control: None,
            detector: UtilizationDetector::default(),
            scorers: vec![
                (Scorer::Queue, 2.0),
                (Scorer::KvCacheUtilization, 2.0),
                (Scorer::PrefixCache, 3.0),
            ],
            prefix_producer: PrefixProducerConfig::default(),
            refresh_metrics_interval: SimDuration::from_ms(50),
            retry_after: None,
            polling: Polling::default(),
            flows: Vec::new(),
        }
    }
}
