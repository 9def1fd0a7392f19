//! Service level objectives, and whether a run met them.

use super::Latency;
use forescale_kernel::SimDuration;

/// What an objective limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Time to first token, over requests.
    Ttft,
    /// Inter-token latency, over tokens.
    Itl,
    /// End-to-end latency, over requests.
    E2e,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 3] = [Self::Ttft, Self::Itl, Self::E2e];

    /// The key in scenarios.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ttft => "ttft",
            Self::Itl => "itl",
            Self::E2e => "e2e",
        }
    }
}

/// A quantile of a measure must not pass a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// What is limited.
    pub measure: Measure,
    /// The quantile, between 0 and 1.
    pub quantile: f64,
    /// The limit.
    pub limit: SimDuration,
}

/// How an objective fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attainment {
    /// The objective.
    pub objective: Objective,
    /// The quantile in seconds, where requests that were lost count as infinitely late; `None` where the quantile falls among
    /// those, or where nothing was measured.
    pub observed: Option<f64>,
    /// Share of requests (or tokens) within the limit, 0 to 1; `None` where nothing was measured.
    pub share: Option<f64>,
    /// Whether the objective was met; an objective without any measurement was not.
    pub is_met: bool,
}

impl Objective {
    /// Judges a run. `missing` requests count as later than any limit: they were lost, or were still without a first token (or an
    /// end) at the end of the run and already past the limit.
    pub(super) fn judge(&self, latency: &Latency, missing: u64) -> Attainment {
        let total = latency.count() + missing;
        let limit = self.limit.as_secs_f64();
        let within = latency.count_within(limit);
        let rank = (self.quantile * total as f64).ceil().max(1.0);
        let observed = match rank <= latency.count() as f64 {
            true => latency.quantile(rank / latency.count() as f64),
            false => None,
        };
        Attainment {
            objective: *self,
            observed,
            share: (total > 0).then(|| within as f64 / total as f64),
            is_met: observed.is_some_and(|observed| observed <= limit),
        }
    }
}
