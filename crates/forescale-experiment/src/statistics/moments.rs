//! Means, variances and covariances of a few values.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The arithmetic mean; NaN of nothing. Of values that are all the same it is that value, to the last bit, so that their variance is zero.
pub(super) fn mean(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.first().copied().filter(|first| values.iter().all(|value| value == first)).unwrap_or(mean)
}

/// The unbiased sample covariance of equally many values, over n − 1; NaN of fewer than two.
pub(super) fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b));
    products.sum::<f64>() / (a.len() as f64 - 1.0)
}

/// The unbiased sample variance, over n − 1; NaN of fewer than two.
pub(super) fn variance(values: &[f64]) -> f64 {
    covariance(values, values)
}

/// The two-sided quantile of Student's t: within ± this lies the share `confidence`, between 0 and 1. `None` of no freedom.
pub(super) fn students_t(confidence: f64, degrees_of_freedom: f64) -> Option<f64> {
    let t = StudentsT::new(0.0, 1.0, degrees_of_freedom).ok()?;
    (confidence > 0.0 && confidence < 1.0).then(|| t.inverse_cdf(0.5 + confidence / 2.0))
}
