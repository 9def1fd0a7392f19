//! Distributions that a scenario can name for lengths and durations.

use rand::RngExt;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// A distribution of a non-negative quantity; the unit is the user's (tokens, seconds).
#[derive(Clone, Copy, Debug, PartialEq)]
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
        }
    }

    /// The mean of the distribution.
    pub fn mean(&self) -> f64 {
        match *self {
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
            _ => self.sample(random).round(),
        };
        // The cast saturates.
        (value as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;
    use proptest::prelude::*;

    #[test]
    fn sample_means_meet_the_stated_means() {
        let cases = [
            Dist::Constant(3.0),
            Dist::Uniform { min: 1.0, max: 5.0 },
            Dist::Lognormal { mean: 512.0, sigma: 0.8 },
            Dist::Exponential { mean: 0.5 },
        ];
        for dist in cases {
            let mut random = random::stream(1, "dist", 0);
            let n = 200_000;
            let mean = (0..n).map(|_| dist.sample(&mut random)).sum::<f64>() / f64::from(n);
            assert!((mean / dist.mean() - 1.0).abs() < 0.01, "{dist:?}: {mean}");
        }
    }

    #[test]
    fn uniform_tokens_reach_both_ends() {
        let mut random = random::stream(1, "dist", 1);
        let mut seen = [0; 5];
        for _ in 0..5000 {
            seen[Dist::Uniform { min: 1.0, max: 4.0 }.sample_tokens(&mut random) as usize] += 1;
        }
        assert_eq!(seen[0], 0);
        assert!(seen[1..].iter().all(|&n| n > 1100 && n < 1400), "{seen:?}");
    }

    fn any_dist() -> impl Strategy<Value = Dist> {
        let number = prop_oneof![Just(0.0), Just(f64::NAN), Just(-1.0), Just(f64::INFINITY), 0.0..1e12];
        (0..4, number.clone(), number).prop_map(|(variant, a, b)| match variant {
            0 => Dist::Constant(a),
            1 => Dist::Uniform { min: a, max: b },
            2 => Dist::Lognormal { mean: a, sigma: b },
            _ => Dist::Exponential { mean: a },
        })
    }

    proptest! {
        #[test]
        fn what_validates_never_gives_nonsense(dist in any_dist(), seed: u64) {
            prop_assume!(dist.validate().is_ok());
            let mut random = random::stream(seed, "dist", 0);
            let value = dist.sample(&mut random);
            prop_assert!(value >= 0.0 && value.is_finite());
            prop_assert!(dist.sample_tokens(&mut random) >= 1);
        }
    }
}
