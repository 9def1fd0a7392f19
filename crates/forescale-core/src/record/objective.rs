//! Service level objectives, and whether a run met them.

use super::Latency;
use super::latency::rank;
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
    /// The quantile in seconds, where requests in `lost` and `overdue` count as infinitely late; `None` where the quantile falls
    /// among those, or where nothing was measured.
    pub observed: Option<f64>,
    /// How many requests (or tokens) were judged: the measured, the lost and the overdue.
    pub total: u64,
    /// Requests that were lost before they could be measured.
    pub lost: u64,
    /// Requests that were still waiting to be measured at the end of the run, for longer than the limit already.
    pub overdue: u64,
    /// Share of requests (or tokens) within the limit, 0 to 1; `None` where nothing was measured.
    pub share: Option<f64>,
    /// Whether the objective was met; an objective without any measurement was not.
    pub is_met: bool,
}

impl Objective {
    /// Judges a run by what was measured, and by what was lost or overdue before it could be. `within` of the measured values
    /// were within the limit, counted to the picosecond.
    pub(super) fn judge(&self, latency: &Latency, within: u64, lost: u64, overdue: u64) -> Attainment {
        let total = latency.count() + lost + overdue;
        let rank = rank(self.quantile, total);
        let is_met = total > 0 && within >= rank;
        let limit = self.limit.as_secs_f64();
        // A value of the histogram may lie a little above the samples that it stands for.
        let observed = latency.at_rank(rank).map(|seconds| if is_met { seconds.min(limit) } else { seconds });
        Attainment {
            objective: *self,
            observed,
            total,
            lost,
            overdue,
            share: (total > 0).then(|| within as f64 / total as f64),
            is_met,
        }
    }
}
