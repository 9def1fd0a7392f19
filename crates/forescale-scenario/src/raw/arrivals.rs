//! When requests arrive, as a scenario says it.

use crate::text::{Duration, RateText};
use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawArrivals {
    /// Equal gaps.
    Constant(RawRateTable),
    /// A Poisson process: exponential gaps.
    Poisson(RawRateTable),
    /// Gaps of a Gamma distribution, as `vllm bench serve` draws them.
    Gamma(RawCvTable),
    /// Gaps of a Weibull distribution.
    Weibull(RawCvTable),
    /// A Markov-modulated Poisson process: the rate is multiplied by the factor of a state that changes at random.
    Mmpp(RawMmpp),
    /// Exactly as many requests as the rate says: each piece of it (a step, a line of a ramp) has its expected number, rounded so that no total is off by more than a half.
    FixedCount(RawFixedCount),
}

impl RawArrivals {
    /// The rate that each process has.
    pub(crate) fn rate(&self) -> &RateText {
        match self {
            Self::Constant(table) | Self::Poisson(table) => &table.rate,
            Self::Gamma(table) | Self::Weibull(table) => &table.rate,
            Self::Mmpp(table) => &table.rate,
            Self::FixedCount(table) => &table.rate,
        }
    }

    /// Its key.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "constant",
            Self::Poisson(_) => "poisson",
            Self::Gamma(_) => "gamma",
            Self::Weibull(_) => "weibull",
            Self::Mmpp(_) => "mmpp",
            Self::FixedCount(_) => "fixed_count",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRateTable {
    /// Requests per second.
    pub(crate) rate: RateText,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCvTable {
    /// Requests per second.
    pub(crate) rate: RateText,
    /// Coefficient of variation of the gaps, 0 to 100: 0 is equal gaps, 1 a Poisson process, above 1 bursts. vLLM's `--burstiness` is `1/cv²` of Gamma gaps.
    pub(crate) cv: Spanned<f64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMmpp {
    /// Requests per second where the factor is 1.
    pub(crate) rate: RateText,
    /// At least two states, each `{ factor = 3.0, mean = "10s" }`: what the rate is multiplied by, and how long it lasts in the mean, at least 10 ms. Each stay is exponential; states follow each other as written, the first one after the last.
    pub(crate) states: Spanned<Vec<RawState>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawState {
    /// What the rate is multiplied by, at least 0.
    pub(crate) factor: f64,
    /// How long it lasts in the mean.
    pub(crate) mean: Duration,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFixedCount {
    /// Requests per second.
    pub(crate) rate: RateText,
    /// Coefficient of variation of the Gamma gaps that part the requests of a piece, 0 to 100: 0 is equal gaps, 1 is instants drawn uniformly from the piece.
    #[serde(default = "one")]
    pub(crate) cv: Spanned<f64>,
}

fn one() -> Spanned<f64> {
    Spanned::new(1.0)
}
