//! How many replications are enough.

use super::Estimate;

/// Replications until the mean is known to a relative precision (Law and Kelton's sequential procedure; Law 2015, 9.4.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sequential {
    /// Never fewer; a variance of fewer than ten says little.
    pub least: usize,
    /// Never more.
    pub most: usize,
    /// γ: the largest relative error of the mean that is accepted, above 0, 0.05 for 5 %.
    pub relative_error: f64,
}

impl Default for Sequential {
    /// From 10 to 100 replications, 5 %.
    fn default() -> Self {
        Self { least: 10, most: 100, relative_error: 0.05 }
    }
}

impl Sequential {
    /// Whether the interval of 95 % is narrow enough: half its width at most γ/(1+γ) of the mean. The estimate stands below the line, not the
    /// true mean; the correction makes the error relative to the true mean γ.
    ///
    /// A mean that is never zero within its interval gets there; values that never vary are exact at once.
    pub fn is_precise(&self, values: &[f64]) -> bool {
        let Some(Estimate { mean, half_width: Some(half) }) = Estimate::of(values) else { return false };
        half <= self.relative_error / (1.0 + self.relative_error) * mean.abs()
    }

    /// Whether to stop now, with these values of one measure: precise, or as many as there may be.
    pub fn is_enough(&self, values: &[f64]) -> bool {
        let count = values.len();
        count >= self.most || (count >= self.least && self.is_precise(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;
    use rand::RngExt;

    /// By hand: 19 values of 1 and −1 around 100, of which half the width is 2.093·s/√20.
    #[test]
    fn the_correction_counts() {
        let values: Vec<f64> = (0..20).map(|place| if place % 2 == 0 { 101.0 } else { 99.0 }).collect();
        let half = 2.093_024 * (20.0_f64 / 19.0).sqrt() / 20_f64.sqrt();
        let relative = half / 100.0;
        let rule = |relative_error| Sequential { relative_error, ..Sequential::default() };
        // γ/(1+γ) = relative has the solution γ = relative/(1 − relative), a little above `relative`.
        assert!(rule(relative / (1.0 - relative) * 1.000_01).is_precise(&values));
        assert!(!rule(relative / (1.0 - relative) * 0.999_99).is_precise(&values));
    }

    #[test]
    fn never_fewer_than_the_least_nor_more_than_the_most() {
        let rule = Sequential::default();
        assert!(!rule.is_enough(&[5.0; 9]) && rule.is_enough(&[5.0; 10]));
        let wild: Vec<f64> = (0..100).map(|place| f64::from(place % 2) * 2.0 - 1.0).collect();
        assert!(!rule.is_enough(&wild[..99]) && rule.is_enough(&wild));
        assert!(!rule.is_enough(&[]) && !rule.is_precise(&[1.0]) && rule.is_enough(&[0.0; 10]));
        assert!(!rule.is_enough(&[f64::INFINITY; 20]));
    }

    /// Exponential values with mean 1, 10 % allowed: the error is within it in 95 of 100 experiments or a little fewer, as Law reports of the
    /// procedure. 500 experiments, at least 90 % less four standard deviations of that count.
    #[test]
    fn the_mean_is_as_precise_as_it_says() {
        let rule = Sequential { least: 10, most: 10_000, relative_error: 0.1 };
        let mut stream = random::stream(14, "sequential", 0);
        let mut within = 0;
        for _ in 0..500 {
            let mut values = Vec::new();
            while !rule.is_enough(&values) {
                values.push(-(1.0 - stream.random::<f64>()).ln());
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            within += i32::from((mean - 1.0).abs() <= 0.1);
        }
        assert!(within >= 450 - 27, "{within} of 500");
    }
}
