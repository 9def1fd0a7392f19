//! A mean over seeds, and how sure it is.

use super::moments::{mean, students_t, variance};

/// A mean with its two-sided confidence interval of Student's t, over independent runs; of 95 % where nothing else is said.
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
        Self::with_confidence(values, 0.95)
    }

    /// The same with another confidence, between 0 and 1, both excluded; there is no interval outside of them.
    pub fn with_confidence(values: &[f64], confidence: f64) -> Option<Self> {
        let (count, mean) = (values.len() as f64, mean(values));
        if values.is_empty() || mean.is_nan() {
            return None;
        }
        let t = students_t(confidence, count - 1.0).filter(|_| mean.is_finite());
        Some(Self { mean, half_width: t.map(|t| t * (variance(values) / count).sqrt()) })
    }

    /// The same in another unit.
    pub fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, half_width: self.half_width.map(|half| half * factor.abs()) }
    }

    /// The ends of the interval; `None` where there is none.
    pub fn interval(self) -> Option<(f64, f64)> {
        self.half_width.map(|half| (self.mean - half, self.mean + half))
    }

    /// Whether the interval holds a value, its ends included; `false` where there is none.
    pub fn holds(self, value: f64) -> bool {
        self.interval().is_some_and(|(low, high)| (low..=high).contains(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4.303 is the 97.5 % quantile of Student's t with two degrees of freedom, 2.920 the 95 % quantile, as printed in tables.
    #[test]
    fn the_interval_is_that_of_student() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(estimate.mean, 2.0);
        assert!((estimate.half_width.unwrap() - 4.302_653 / 3_f64.sqrt()).abs() < 1e-5);
        let ninety = Estimate::with_confidence(&[1.0, 2.0, 3.0], 0.9).unwrap();
        assert!((ninety.half_width.unwrap() - 2.919_986 / 3_f64.sqrt()).abs() < 1e-5);
        assert_eq!(Estimate::of(&[2.0]), Some(Estimate { mean: 2.0, half_width: None }));
        assert_eq!(Estimate::of(&[]), None);
        assert_eq!(Estimate::of(&[1.0, f64::INFINITY]).unwrap().half_width, None);
        assert_eq!(Estimate::with_confidence(&[1.0, 2.0], 1.0).unwrap().half_width, None);
        let mirrored = estimate.scaled(-2.0);
        assert!(mirrored.mean == -4.0 && mirrored.holds(-4.0) && !mirrored.holds(4.0));
    }

    proptest::proptest! {
        /// An interval moves with what is added to all values, and never loses its mean.
        #[test]
        fn an_interval_moves_with_its_values(
            values in proptest::collection::vec(-1e3f64..1e3, 2..20), shift in -1e3f64..1e3,
        ) {
            let estimate = Estimate::of(&values).unwrap();
            let moved = Estimate::of(&values.iter().map(|value| value + shift).collect::<Vec<_>>()).unwrap();
            proptest::prop_assert!(estimate.holds(estimate.mean));
            proptest::prop_assert!((moved.mean - estimate.mean - shift).abs() < 1e-9);
            proptest::prop_assert!((moved.half_width.unwrap() - estimate.half_width.unwrap()).abs() < 1e-6);
        }
    }
}
