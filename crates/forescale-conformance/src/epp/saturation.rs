//! The stand-in for the saturation detector.

use super::steps::value_at;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where the pool's saturation comes from.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Saturation {
    /// A step function.
    Script { points: Vec<(u64, f64)> },
    /// One step function per stage of a pool that serves prefill and decode apart.
    Stages { points: Vec<(u64, f64)>, prefill: Vec<(u64, f64)> },
    /// Requests in flight over a limit.
    InFlight { limit: u64 },
    /// Something else.
    #[serde(other)]
    Other,
}

/// The gauge `stage` series: one number where there is only `stage="effective"`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Gauge {
    Effective(f64),
    Stages(BTreeMap<String, f64>),
}

impl Gauge {
    pub(super) fn effective(&self) -> f64 {
        match self {
            Self::Effective(saturation) => *saturation,
            Self::Stages(stages) => stages.get("effective").copied().unwrap_or_default(),
        }
    }
}

impl Saturation {
    /// What a dispatch cycle reads, and with that sets the gauge to. An empty pool is saturated and has no stages.
    pub(super) fn read(&self, us: u64, pool_is_empty: bool, in_flight: u64) -> Gauge {
        let at = |points: &[(u64, f64)]| value_at(points, us).unwrap_or_default();
        let value = match self {
            _ if pool_is_empty => 1.0,
            Self::Script { points } => at(points),
            Self::Stages { points, prefill } => at(points).max(at(prefill)),
            Self::InFlight { limit } => in_flight as f64 / *limit as f64,
            Self::Other => 0.0,
        };
        let Self::Stages { points, prefill } = self else { return Gauge::Effective(value) };
        let mut stages = BTreeMap::from([("effective".to_owned(), value)]);
        if !pool_is_empty {
            stages.insert("decode".to_owned(), at(points));
            stages.insert("prefill".to_owned(), at(prefill));
        }
        Gauge::Stages(stages)
    }
}
