//! Gaps between arrivals at unit rate.

use crate::dist::{Cv, UnitGamma, UnitWeibull};
use forescale_kernel::random::Stream;
use rand_distr::{Distribution, Exp1};

/// Draws gaps of mean 1, each independent of the others.
pub(in crate::demand) enum Gap {
    Equal,
    Exponential(Stream),
    Gamma(UnitGamma, Stream),
    Weibull(UnitWeibull, Stream),
}

impl Gap {
    pub(in crate::demand) fn gamma(cv: Cv, stream: Stream) -> Self {
        Self::Gamma(UnitGamma::new(cv), stream)
    }

    pub(in crate::demand) fn weibull(cv: Cv, stream: Stream) -> Self {
        Self::Weibull(UnitWeibull::new(cv), stream)
    }

    /// The next one.
    pub(super) fn draw(&mut self) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::Exponential(stream) => Exp1.sample(stream),
            Self::Gamma(gamma, stream) => gamma.sample(stream),
            Self::Weibull(weibull, stream) => weibull.sample(stream),
        }
    }
}
