//! Durations of the phases of a cold start.

use super::table::{DistTable, Exponential, Gamma, Lognormal, Measured, Part, Uniform, checked, only};
use crate::text::Duration;
use crate::text::size::{ByteRate, Size};
use forescale_core::dist::Dist;
use forescale_document::{Code, Refusal, Spanned, ValueOr};
use schemars::JsonSchema;
use serde::Deserialize;

/// The duration of a start phase: a duration, or what is moved at which rate.
pub(crate) type PhaseDuration = ValueOr<Duration, PhaseTable>;

/// One distribution of durations, or `size` and `rate` together: what is moved, and how fast.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "start phase")]
pub(crate) struct PhaseTable {
    /// Always this duration.
    constant: Option<Spanned<Duration>>,
    /// Uniform between two durations.
    uniform: Option<Spanned<Uniform<Duration>>>,
    /// Lognormal, by its mean and the standard deviation of its logarithm.
    lognormal: Option<Spanned<Lognormal<Duration>>>,
    /// Exponential, by its mean.
    exponential: Option<Spanned<Exponential<Duration>>>,
    /// Gamma, by its mean and coefficient of variation.
    gamma: Option<Spanned<Gamma<Duration>>>,
    /// One of several distributions at a time, each `{ weight = 0.3, constant = "90s" }`: a weight, of which only proportions count, and any distribution but a mixture.
    mixture: Option<Spanned<Vec<Part<Duration>>>>,
    /// As it was measured: `quantiles` or `values`.
    empirical: Option<Spanned<Measured<Duration>>>,
    /// How much is moved; needs `rate`.
    size: Option<Spanned<Size>>,
    /// How fast it is moved; needs `size`.
    rate: Option<Spanned<ByteRate>>,
}

/// The duration of a start phase, in seconds.
pub(crate) fn phase_duration(text: &PhaseDuration) -> Result<Dist, Refusal> {
    let table = match text {
        ValueOr::Value(value) => return Ok(Dist::Constant(value.0.as_secs_f64())),
        ValueOr::Table(table) => table,
    };
    let moved = match (&table.size, &table.rate) {
        (Some(size), Some(rate)) => Some(checked(Dist::Constant(size.0 / rate.0))),
        (None, None) => None,
        (Some(_), None) => return Err(Refusal::new(Code::MISSING_KEY, "`size` needs a `rate` beside it")),
        (None, Some(_)) => return Err(Refusal::new(Code::MISSING_KEY, "`rate` needs a `size` beside it")),
    };
    let drawn = [
        ("constant", table.constant.as_deref().copied().map(DistTable::Constant)),
        ("uniform", table.uniform.as_deref().copied().map(DistTable::Uniform)),
        ("lognormal", table.lognormal.as_deref().copied().map(DistTable::Lognormal)),
        ("exponential", table.exponential.as_deref().copied().map(DistTable::Exponential)),
        ("gamma", table.gamma.as_deref().copied().map(DistTable::Gamma)),
        ("mixture", table.mixture.as_deref().cloned().map(DistTable::Mixture)),
        ("empirical", table.empirical.as_deref().cloned().map(DistTable::Empirical)),
    ];
    let drawn = drawn.into_iter().map(|(name, table)| (name, table.map(|table| table.dist())));
    only(
        drawn.chain([("size` and `rate", moved)]),
        "one of `constant`, `uniform`, `lognormal`, `exponential`, `gamma`, `mixture`, `empirical`, or `size` and `rate`, is missing",
    )?
}
