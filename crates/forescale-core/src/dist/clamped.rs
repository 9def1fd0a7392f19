//! Cut-offs of a distribution.

use super::{Dist, DistError};

/// A distribution whose values below `min` are drawn as `min`, those above `max` as `max`. So its mean is another than stated.
#[derive(Clone, Debug, PartialEq)]
pub struct Clamped {
    dist: Dist,
    min: f64,
    max: f64,
}

impl Clamped {
    /// Cuts off a distribution; a limit that is not given is 0, or infinite.
    ///
    /// # Errors
    /// A [`DistError`] where a limit is out of range or `min` above `max`, or the distribution is wrong.
    pub fn new(dist: Dist, min: Option<f64>, max: Option<f64>) -> Result<Self, DistError> {
        dist.validate()?;
        for (name, limit) in [("min", min), ("max", max)] {
            if limit.is_some_and(|limit| !(limit.is_finite() && limit >= 0.0)) {
                return Err(DistError::Parameter(name));
            }
        }
        let (min, max) = (min.unwrap_or(0.0), max.unwrap_or(f64::INFINITY));
        if min > max { Err(DistError::Order) } else { Ok(Self { dist, min, max }) }
    }

    /// The mean without cut-offs, or the limit next to it.
    pub fn mean(&self) -> f64 {
        self.within(self.dist.mean())
    }

    fn within(&self, value: f64) -> f64 {
        value.max(self.min).min(self.max)
    }

    pub(super) fn sample(&self, random: &mut impl rand::Rng) -> f64 {
        self.within(self.dist.sample(random))
    }
}
