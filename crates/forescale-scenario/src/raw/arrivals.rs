//! When requests arrive, as a scenario says it.

use crate::text::RateText;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawArrivals {
    /// Equal gaps.
    Constant(RawRateTable),
    /// A Poisson process: exponential gaps.
    Poisson(RawRateTable),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRateTable {
    /// Requests per second.
    pub(crate) rate: RateText,
}
