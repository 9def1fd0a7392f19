//! Distributions that a scenario can name for lengths and durations.

mod clamped;
mod cv;
mod empirical;
mod mixture;
#[cfg(test)]
mod tests;

pub use clamped::Clamped;
pub use cv::Cv;
pub(crate) use cv::{UnitGamma, UnitWeibull};
pub use empirical::Empirical;
pub use mixture::Mixture;

use rand::RngExt;
use rand_distr::{Distribution, Exp1, StandardNormal};
use std::sync::Arc;

/// A distribution of a non-negative quantity; the unit is the user's (tokens, seconds).
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    /// Always this value.
    Constant(f64),
    /// Uniform between the two, both included where whole numbers are drawn.
    Uniform {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// Lognormal by its mean and the standard deviation of its logarithm.
    Lognormal {
        /// The mean of the distribution itself, not of its logarithm.
        mean: f64,
        /// The standard deviation of the logarithm; 0 gives the mean always.
        sigma: f64,
    },
    /// Exponential with this mean.
    Exponential {
        /// The mean.
        mean: f64,
    },
    /// Gamma by its mean and coefficient of variation.
    Gamma {
        /// The mean.
        mean: f64,
        /// Standard deviation over mean, 0 to 100; see [`Cv`].
        cv: f64,
    },
    /// Another one with cut-offs.
    Clamped(Arc<Clamped>),
    /// One of several at a time.
    Mixture(Arc<Mixture>),
    /// As someone measured it.
    Empirical(Arc<Empirical>),
}

/// Why a distribution cannot be drawn from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DistError {
    /// A parameter is negative, infinite or not a number.
    #[error("`{0}` must be a finite number that is not negative")]
    Parameter(&'static str),
    /// `min` is above `max`.
    #[error("`min` must not be above `max`")]
    Order,
    /// The parameters ask for values far beyond any use.
    #[error("`sigma` must be at most 5 (the mean would rest on values that are hardly ever drawn)")]
    Sigma,
    /// A coefficient of variation that is negative, not a number, or beyond any use.
    #[error("`cv` must be between 0 and 100")]
    Cv,
    /// Quantiles that do not span the whole.
    #[error("`quantiles` must begin at probability 0 and end at 1")]
    Ends,
    /// A probability that is not above the one before it.
    #[error("the probability of quantile {0} is not above the one before it")]
    Probability(usize),
    /// A quantile below the one before it.
    #[error("quantile {0} is below the one before it")]
    Quantile(usize),
    /// Nothing to draw from.
    #[error("at least one weight must be above 0")]
    Weights,
    /// A mixture of mixtures.
    #[error("a part of a mixture cannot be a mixture")]
    Mixture,
}

impl Dist {
    /// Checks the parameters.
    ///
    /// # Errors
    /// The first [`DistError`] found. What passes here never gives NaN or a negative value.
    pub fn validate(&self) -> Result<(), DistError> {
        let fine = |name, value: f64| match value.is_finite() && value >= 0.0 {
            true => Ok(()),
            false => Err(DistError::Parameter(name)),
        };
        match *self {
            // These were checked when they were made.
            Self::Clamped(_) | Self::Mixture(_) | Self::Empirical(_) => Ok(()),
            Self::Constant(value) => fine("value", value),
            Self::Uniform { min, max } => {
                fine("min", min)?;
                fine("max", max)?;
                if min > max { Err(DistError::Order) } else { Ok(()) }
            }
            Self::Lognormal { mean, sigma } => {
                fine("mean", mean)?;
                fine("sigma", sigma)?;
                if sigma > 5.0 { Err(DistError::Sigma) } else { Ok(()) }
            }
            Self::Exponential { mean } => fine("mean", mean),
            Self::Gamma { mean, cv } => {
                fine("mean", mean)?;
                Cv::new(cv).map(|_| ())
            }
        }
    }

    /// The mean of the distribution; with cut-offs [that before them](Clamped::mean).
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Clamped(ref clamped) => clamped.mean(),
            Self::Mixture(ref mixture) => mixture.mean(),
            Self::Empirical(ref empirical) => empirical.mean(),
            Self::Gamma { mean, .. } => mean,
            Self::Constant(value) => value,
            Self::Uniform { min, max } => min.midpoint(max),
            Self::Lognormal { mean, .. } | Self::Exponential { mean } => mean,
        }
    }

    /// Draws a value.
    ///
    /// The lognormal uses `exp(ln mean − sigma²/2 + sigma·N)`, whose mean is `mean`.
    pub fn sample(&self, random: &mut impl rand::Rng) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::Uniform { min, max } => min + (max - min) * random.random::<f64>(),
            Self::Lognormal { mean, sigma } => {
                let normal: f64 = StandardNormal.sample(random);
                mean * (sigma * normal - sigma * sigma / 2.0).exp()
            }
            Self::Exponential { mean } => {
                let unit: f64 = Exp1.sample(random);
                mean * unit
            }
            Self::Gamma { mean, cv } => {
                Cv::new(cv).map_or(mean, |cv| mean * UnitGamma::new(cv).sample(random))
            }
            Self::Clamped(ref clamped) => clamped.sample(random),
            Self::Mixture(ref mixture) => mixture.part(random).map_or(0.0, |part| part.sample(random)),
            Self::Empirical(ref empirical) => empirical.sample(random),
        }
    }

    /// Draws a whole number, at least 1: a length in tokens.
    ///
    /// A uniform draw takes each whole number from `min` to `max` with equal chance; all others are rounded to the nearest.
    pub fn sample_tokens(&self, random: &mut impl rand::Rng) -> u32 {
        let value = match *self {
            Self::Uniform { min, max } => {
                let (min, max) = (min.ceil(), max.floor());
                (min + ((max - min + 1.0).max(1.0) * random.random::<f64>()).floor()).min(max.max(min))
            }
            Self::Mixture(ref mixture) => {
                return mixture.part(random).map_or(1, |part| part.sample_tokens(random));
            }
            _ => self.sample(random).round(),
        };
        // The cast saturates.
        (value as u32).max(1)
    }
}
