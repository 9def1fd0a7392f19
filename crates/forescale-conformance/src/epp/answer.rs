//! What the flow controller answers and shows.

use super::saturation::Gauge;
use forescale_core::outcome::Outcome;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// The end of a request's wait.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer {
    /// It went on to an endpoint at this time.
    Dispatched(u64),
    /// It was answered with a code of the recordings, at a time, with an HTTP status.
    Ended(String, u64, u16),
}

impl Answer {
    pub(super) fn ended(outcome: Outcome, us: u64, http: u16) -> Self {
        let code = match outcome {
            Outcome::RejectedCapacity => "RC",
            Outcome::RejectedNoEndpoints => "RN",
            Outcome::EvictedTtl => "ET",
            Outcome::EvictedNoEndpoints => "EN",
            Outcome::EvictedContextCancelled => "EC",
            Outcome::EvictedOther => "EO",
            other => other.name(),
        };
        Self::Ended(code.to_owned(), us, http)
    }
}

impl fmt::Display for Answer {
    /// `dispatched at 1712000`, `ET 429 at 3000500`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dispatched(us) => write!(f, "dispatched at {us}"),
            Self::Ended(code, us, http) => write!(f, "{code} {http} at {us}"),
        }
    }
}

/// What `/metrics` shows at a time: saturation, queue sizes and queue bytes by `flow|priority`, without zeros.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Sample(
    pub(super) u64,
    pub(super) Gauge,
    pub(super) BTreeMap<String, u64>,
    pub(super) BTreeMap<String, u64>,
);
