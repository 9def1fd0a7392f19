//! Flow control's settings.

use forescale_kernel::SimDuration;

/// How a waiting limit is enforced; it differs between releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Each request has a timer of its own (llm-d-router v0.10.0).
    Timer,
    /// A sweep once a second ends what is over its limit, so a wait lies in `[TTL, TTL + 1 s)`; the limit starts anew when
    /// the pool becomes empty or stops being empty (llm-d-router after v0.10.0).
    Sweep,
}

/// Flow control with one priority band, served first come first served over all flows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowControlConfig {
    /// Cap on queued bytes over all bands; 0 is none.
    pub max_bytes: u64,
    /// Cap on queued requests over all bands; 0 is none.
    pub max_requests: u64,
    /// Cap on the band's queued bytes; 0 is the default, 1 GB.
    pub band_max_bytes: u64,
    /// Cap on the band's queued requests; 0 is the default, 5000.
    pub band_max_requests: u64,
    /// How long a request may wait while the pool has endpoints; zero is without limit.
    pub default_request_ttl: SimDuration,
    /// How long a request may wait while the pool is empty; zero is without limit. Not used by [`Expiry::Timer`].
    pub no_endpoint_request_ttl: SimDuration,
    /// `static-usage-limit-policy`: at or above this saturation nothing is dispatched; 1 by default.
    pub saturation_ceiling: f64,
    /// How waiting limits are enforced.
    pub expiry: Expiry,
    /// Phase of the 1 s sweep, less than 1 s. A [`Gateway`](crate::gateway::Gateway) draws both phases itself.
    pub sweep_phase: SimDuration,
    /// Phase of the scan for idle flows, less than its period.
    pub flow_gc_phase: SimDuration,
    /// Period of the scan for idle flows, 5 min in the EPP.
    pub flow_gc_period: SimDuration,
}

impl Default for FlowControlConfig {
    /// The defaults of `llm-d-router-main-2026-08-22`.
    fn default() -> Self {
        Self {
            max_bytes: 0,
            max_requests: 0,
            band_max_bytes: 0,
            band_max_requests: 0,
            default_request_ttl: SimDuration::from_secs(60),
            no_endpoint_request_ttl: SimDuration::from_secs(60),
            saturation_ceiling: 1.0,
            expiry: Expiry::Sweep,
            sweep_phase: SimDuration::ZERO,
            flow_gc_phase: SimDuration::ZERO,
            flow_gc_period: SimDuration::from_secs(300),
        }
    }
}

impl FlowControlConfig {
    /// Period of the sweep; fixed in the EPP.
    pub const SWEEP_PERIOD: SimDuration = SimDuration::from_secs(1);
    /// Period of the dispatch tick; fixed in the EPP.
    pub const DISPATCH_TICK: SimDuration = SimDuration::from_ms(1);

    pub(super) fn band_bytes(&self) -> u64 {
        if self.band_max_bytes == 0 { 1_000_000_000 } else { self.band_max_bytes }
    }

    pub(super) fn band_requests(&self) -> u64 {
        if self.band_max_requests == 0 { 5000 } else { self.band_max_requests }
    }
}
