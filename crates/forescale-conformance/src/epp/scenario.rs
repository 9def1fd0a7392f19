//! What a line of `flow-control.jsonl` says. Times are microseconds since the flow controller's start.

use super::answer::{Answer, Sample};
use super::saturation::Saturation;
use super::steps::value_at;
use forescale_core::gateway::flow_control::{Expiry, FlowControlConfig};
use forescale_kernel::SimDuration;
use serde::Deserialize;

/// One run of the flow controller, from its start to its shutdown.
#[derive(Debug, Deserialize)]
pub(super) struct Scenario {
    pub(super) id: String,
    config: Config,
    pool: Vec<(u64, u8)>,
    pub(super) saturation: Saturation,
    #[serde(default)]
    band_updates: Vec<serde::de::IgnoredAny>,
    pub(super) requests: Vec<Request>,
    pub(super) shutdown_us: u64,
    pub(super) expect: Expect,
}

impl Scenario {
    /// The simulated flow control's settings; `None` where something in it is not simulated yet.
    pub(super) fn simulated(&self) -> Option<FlowControlConfig> {
        let is_simulated = self.band_updates.is_empty()
            && self.saturation != Saturation::Other
            && self.requests.iter().all(|request| request.2 == 0);
        self.config.simulated().filter(|_| is_simulated)
    }

    /// Whether there is no endpoint at an instant.
    pub(super) fn pool_is_empty(&self, us: u64) -> bool {
        value_at(&self.pool, us).is_none_or(|has_endpoints| has_endpoints == 0)
    }
}

/// A request: arrival, fairness id, priority, bytes, options.
#[derive(Debug, Deserialize)]
pub(super) struct Request(
    pub(super) u64,
    pub(super) String,
    i64,
    pub(super) u64,
    #[serde(default)] pub(super) Options,
);

/// What only some requests have; spans from the arrival, the last one from the dispatch. The options of policies that are
/// not simulated yet are left out.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Options {
    pub(super) ttl_us: Option<u64>,
    pub(super) deadline_us: Option<u64>,
    pub(super) cancel_us: Option<u64>,
    #[serde(default)]
    pub(super) hold_us: u64,
}

/// What the real flow controller did.
#[derive(Debug, Deserialize)]
pub(super) struct Expect {
    pub(super) results: Vec<Answer>,
    pub(super) samples: Vec<Sample>,
    #[serde(default)]
    pub(super) series_deleted: Vec<String>,
}

/// The flow controller's configuration.
#[derive(Debug, Deserialize)]
struct Config {
    max_bytes: u64,
    max_requests: u64,
    default_request_ttl_ms: u64,
    no_endpoint_request_ttl_ms: u64,
    usage_limit: UsageLimit,
    bands: Vec<Band>,
    /// What band 0 is made of where it is not listed.
    #[serde(default)]
    default_band: Band,
    sweep_phase_us: u64,
    gc_phase_us: u64,
    flow_gc_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct UsageLimit {
    #[serde(rename = "type")]
    policy: String,
    threshold: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Band {
    priority: i64,
    max_bytes: u64,
    max_requests: u64,
    ordering: Option<String>,
    fairness: Option<String>,
}

impl Config {
    /// The settings; `None` for bands or policies that are not simulated yet.
    fn simulated(&self) -> Option<FlowControlConfig> {
        let band = self.bands.first().unwrap_or(&self.default_band);
        let is = |policy: &Option<String>, name: &str| policy.as_ref().is_none_or(|own| own == name);
        let is_simulated = self.usage_limit.policy == "static-usage-limit-policy"
            && self.bands.iter().all(|band| band.priority == 0)
            && is(&band.ordering, "fcfs-ordering-policy")
            && is(&band.fairness, "global-strict-fairness-policy");
        let defaults = FlowControlConfig::default();
        is_simulated.then(|| FlowControlConfig {
            max_bytes: self.max_bytes,
            max_requests: self.max_requests,
            band_max_bytes: band.max_bytes,
            band_max_requests: band.max_requests,
            default_request_ttl: SimDuration::from_ms(self.default_request_ttl_ms),
            no_endpoint_request_ttl: SimDuration::from_ms(self.no_endpoint_request_ttl_ms),
            saturation_ceiling: self.usage_limit.threshold.unwrap_or(defaults.saturation_ceiling),
            expiry: Expiry::Sweep,
            sweep_phase: SimDuration::from_us(self.sweep_phase_us),
            flow_gc_phase: SimDuration::from_us(self.gc_phase_us),
            flow_gc_period: self.flow_gc_ms.map_or(defaults.flow_gc_period, SimDuration::from_ms),
        })
    }
}
