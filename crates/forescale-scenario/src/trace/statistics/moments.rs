//! Means, variances and a correlation, updated value by value without loss of digits.

/// Mean and sum of squared deviations (Welford's recurrence).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, value: f64) {
        self.add_many(value, 1);
    }

    /// The same value `times` times.
    pub(super) fn add_many(&mut self, value: f64, times: u64) {
        if times == 0 {
            return;
        }
        let before = self.count as f64;
        self.count += times;
        let times = times as f64;
        let delta = value - self.mean;
        self.mean += delta * times / self.count as f64;
        self.squares += delta * delta * before * times / self.count as f64;
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The variance of the values themselves, divided by their number.
    pub(super) fn variance(&self) -> Option<f64> {
        (self.count > 0).then(|| self.squares / self.count as f64)
    }
}

/// Two values that come in pairs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pairs {
    x: Moments,
    y: Moments,
    products: f64,
}

impl Pairs {
    pub(super) fn add(&mut self, x: f64, y: f64) {
        let before = x - self.x.mean;
        self.x.add(x);
        self.y.add(y);
        self.products += before * (y - self.y.mean);
    }

    /// Pearson's correlation; `None` where one of both never changes.
    pub(super) fn correlation(&self) -> Option<f64> {
        let spread = (self.x.squares * self.y.squares).sqrt();
        (spread > 0.0).then(|| (self.products / spread).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_definition() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let mut one_by_one = Moments::default();
        values.iter().for_each(|value| one_by_one.add(*value));
        assert_eq!((one_by_one.mean(), one_by_one.variance()), (Some(5.0), Some(4.0)));
        let mut many = Moments::default();
        many.add_many(3.0, 0);
        [(2.0, 1), (4.0, 3), (5.0, 2), (7.0, 1), (9.0, 1)].iter().for_each(|(v, n)| many.add_many(*v, *n));
        assert!((many.variance().unwrap() - 4.0).abs() < 1e-12);
        assert_eq!(Moments::default().variance(), None);
    }

    #[test]
    fn a_line_is_fully_correlated() {
        let mut pairs = Pairs::default();
        assert_eq!(pairs.correlation(), None);
        (0..9).for_each(|x| pairs.add(f64::from(x), 7.0 - 2.0 * f64::from(x)));
        assert!((pairs.correlation().unwrap() + 1.0).abs() < 1e-12);
    }
}
