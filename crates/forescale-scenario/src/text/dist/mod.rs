//! A value, or a distribution: `512`, `"40s"`, `{ lognormal = { mean = 512, sigma = 0.8 } }`

mod phase;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use phase::{PhaseDuration, phase_duration};

use super::Duration;
use forescale_core::dist::Dist;
use forescale_document::{Code, Refusal, ValueOr};
use schemars::JsonSchema;
use serde::Deserialize;
use table::DistTable;

/// A number of tokens, whole in the mean of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Tokens(f64);

/// A length in tokens.
pub(crate) type TokenDist = ValueOr<Tokens, DistTable<Tokens>>;

/// A duration that is drawn.
pub(crate) type DurationDist = ValueOr<Duration, DistTable<Duration>>;

/// A value with a unit of its own that ends up as a float.
pub(crate) trait Unit: Copy {
    fn value(self) -> f64;
}

impl Unit for Duration {
    fn value(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl Unit for Tokens {
    fn value(self) -> f64 {
        self.0
    }
}

fn plain<T: Unit>(text: &ValueOr<T, DistTable<T>>) -> Result<Dist, Refusal> {
    match text {
        ValueOr::Value(value) => table::checked(Dist::Constant(value.value())),
        ValueOr::Table(table) => table.dist(),
    }
}

/// A length in tokens.
pub(crate) fn token_dist(text: &TokenDist) -> Result<Dist, Refusal> {
    let dist = plain(text)?;
    match dist.mean() {
        1.0..=1e9 => Ok(dist),
        mean => {
            let message = format!("a mean of {mean} tokens is out of range (1 to 1,000,000,000)");
            Err(Refusal::new(Code::OUT_OF_RANGE, message))
        }
    }
}

/// A duration, in seconds.
pub(crate) fn duration_dist(text: &DurationDist) -> Result<Dist, Refusal> {
    plain(text)
}
