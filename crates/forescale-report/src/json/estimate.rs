//! A mean over seeds, as files have it.

use serde::Serialize;

/// A mean over runs with different seeds, and how sure it is.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Estimate {
    /// The mean over seeds.
    mean: f64,
    /// Half of the width of its two-sided 95 % interval (Student's t over seeds); `null` of a single seed.
    half_width: Option<f64>,
}

impl Estimate {
    /// What files say of it: `None` where it is infinite or not known.
    pub(crate) fn finite(estimate: Option<forescale_experiment::Estimate>) -> Option<Self> {
        estimate.filter(|estimate| estimate.mean.is_finite()).map(Self::from)
    }
}

impl From<forescale_experiment::Estimate> for Estimate {
    fn from(estimate: forescale_experiment::Estimate) -> Self {
        Self { mean: estimate.mean, half_width: estimate.half_width }
    }
}
