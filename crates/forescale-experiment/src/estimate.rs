//! A mean over seeds, and how sure it is.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean with its two-sided 95 % confidence interval of Student's t, over independent runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean; infinite where a value is.
    pub mean: f64,
    /// Half of the interval's width; `None` of fewer than two values, and where the mean is infinite.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// Of these values, one per run; `None` of nothing.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        if values.is_empty() || mean.is_nan() {
            return None;
        }
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let half_width = StudentsT::new(0.0, 1.0, count - 1.0).ok().filter(|_| mean.is_finite());
        let half_width = half_width.map(|t| t.inverse_cdf(0.975) * (squares / (count - 1.0) / count).sqrt());
        Some(Self { mean, half_width })
    }

    /// The same in another unit.
    pub fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, half_width: self.half_width.map(|half| half * factor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4.303 is the 97.5 % quantile of Student's t with two degrees of freedom.
    #[test]
    fn the_interval_is_that_of_student() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(estimate.mean, 2.0);
        assert!((estimate.half_width.unwrap() - 4.302_653 / 3_f64.sqrt()).abs() < 1e-5);
        assert_eq!(Estimate::of(&[2.0]), Some(Estimate { mean: 2.0, half_width: None }));
        assert_eq!(Estimate::of(&[]), None);
        assert_eq!(Estimate::of(&[1.0, f64::INFINITY]).unwrap().half_width, None);
    }
}
