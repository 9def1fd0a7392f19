//! Relative errors and what is told of many.

/// Simulated over measured, less 1, of several runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors(Vec<f64>);

impl Errors {
    /// Adds one run; values that are not positive are left aside.
    pub fn add(&mut self, simulated: f64, measured: f64) {
        if measured > 0.0 && simulated.is_finite() {
            self.0.push(simulated / measured - 1.0);
        }
    }

    /// Runs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The share of runs within which the absolute error lies is `q`, 0 to 1; `None` without runs.
    pub fn absolute(&self, q: f64) -> Option<f64> {
        quantile(self.0.iter().map(|error| error.abs()).collect(), q)
    }

    /// The median of the error with its sign.
    pub fn signed_median(&self) -> Option<f64> {
        quantile(self.0.clone(), 0.5)
    }
}

/// Of values in any order, with straight lines between them; `None` without values.
pub(super) fn quantile(mut values: Vec<f64>, q: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let at = q.clamp(0.0, 1.0) * values.len().checked_sub(1)? as f64;
    let low = *values.get(at.floor() as usize)?;
    let high = *values.get(at.ceil() as usize)?;
    Some(low + (high - low) * at.fract())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_errors() {
        let mut errors = Errors::default();
        assert_eq!((errors.absolute(0.5), errors.is_empty()), (None, true));
        for simulated in [0.5, 1.25, 1.0, 2.0, 1.5] {
            errors.add(simulated, 1.0);
        }
        errors.add(1.0, 0.0);
        assert_eq!(errors.len(), 5);
        assert_eq!(errors.absolute(0.5), Some(0.5));
        assert!((errors.absolute(0.9).unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(errors.signed_median(), Some(0.25));
    }
}
