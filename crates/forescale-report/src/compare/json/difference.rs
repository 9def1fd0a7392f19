//! How two sides differ.

use super::finite;
use forescale_experiment::compare::Contrast;
use forescale_experiment::statistics;
use serde::Serialize;

/// How one side differs from another, run by run at the same seeds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Difference {
    /// The one less the other, in the mean over seeds; `null` where it is infinite.
    difference: Option<f64>,
    /// Half of the width of the difference's 95 % interval; `null` where there is none.
    half_width: Option<f64>,
    /// Whether the interval leaves out zero.
    detected: bool,
    /// How the interval was computed.
    method: Method,
    /// Pearson's correlation of the pairs, −1 to 1: what common seeds have brought; `null` without pairs that differ, and where a side never varies.
    correlation: Option<f64>,
    /// (Var A + Var B) / Var(B − A) of the pairs: by how many times fewer runs common seeds reach the same interval; `null` without pairs that
    /// differ, and where the difference never varies.
    variance_ratio: Option<f64>,
    /// The one over the other: the jackknife's estimate of the ratio of their expected values, over the seeds that both have; close to the ratio of the
    /// means, but for its bias. `null` where the other is zero.
    ratio: Option<f64>,
    /// Half of the width of the ratio's 95 % interval, by the jackknife; `null` where there is none.
    ratio_half_width: Option<f64>,
}

/// How the interval of a difference is computed.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Method {
    /// Both sides are the same at every seed.
    Degenerate,
    /// Seed by seed (Student's t).
    Paired,
    /// A value is missing at some seeds (Welch's t).
    Welch,
}

impl From<&Contrast> for Difference {
    fn from(contrast: &Contrast) -> Self {
        let estimate = contrast.difference.estimate();
        let pairs = contrast.difference.pairs();
        Self {
            difference: finite(estimate.mean),
            half_width: estimate.half_width,
            detected: contrast.difference.is_detected(),
            method: match contrast.difference {
                statistics::Difference::Degenerate { .. } => Method::Degenerate,
                statistics::Difference::Paired { .. } => Method::Paired,
                statistics::Difference::Welch { .. } => Method::Welch,
            },
            correlation: pairs.and_then(|pairs| pairs.correlation),
            variance_ratio: pairs.and_then(|pairs| finite(pairs.variance_ratio)),
            ratio: contrast.ratio.and_then(|ratio| finite(ratio.mean)),
            ratio_half_width: contrast.ratio.and_then(|ratio| ratio.half_width),
        }
    }
}
