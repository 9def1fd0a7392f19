//! Instant evaluation.

use crate::labels::Labels;
use crate::selector::Selector;
use std::fmt;

/// An expression that gives an instant vector.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// The newest sample of each selected series.
    Selector(Selector),
    /// `sum(selector)`: one sample without labels, or none where nothing is selected.
    Sum(Selector),
}

impl Expr {
    /// The selectors that the expression reads.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        match self {
            Self::Selector(selector) | Self::Sum(selector) => std::iter::once(selector),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(selector) => selector.fmt(f),
            Self::Sum(selector) => write!(f, "sum({selector})"),
        }
    }
}

/// A value with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The labels.
    pub labels: Labels,
    /// The value.
    pub value: f64,
}

/// Where samples are kept.
pub trait Store {
    /// The newest sample of each matching series in the look-back window that ends at `at_ms` (the store's own milliseconds),
    /// without series whose newest sample is a stale marker, ordered by labels.
    fn select(&self, selector: &Selector, at_ms: i64) -> Vec<Sample>;
}

/// Evaluates an expression at an instant.
pub fn evaluate(expr: &Expr, store: &dyn Store, at_ms: i64) -> Vec<Sample> {
    match expr {
        Expr::Selector(selector) => store.select(selector, at_ms),
        Expr::Sum(selector) => {
            let samples = store.select(selector, at_ms);
            if samples.is_empty() {
                return samples;
            }
            let value = compensated_sum(samples.iter().map(|sample| sample.value));
            vec![Sample { labels: Labels::default(), value }]
        }
    }
}

/// Neumaier's variant of Kahan summation, as Prometheus sums.
fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut correction) = (0.0_f64, 0.0_f64);
    for value in values {
        let total = sum + value;
        correction += match sum.abs() >= value.abs() {
            _ if total.is_infinite() => 0.0,
            true => (sum - total) + value,
            false => (value - total) + sum,
        };
        sum = total;
    }
    sum + correction
}

#[cfg(test)]
mod tests {
    use super::compensated_sum;

    #[test]
    fn small_values_survive_large_ones() {
        assert_eq!(compensated_sum([1e100, 1.0, -1e100].into_iter()), 1.0);
        assert_eq!(compensated_sum([1.0, f64::INFINITY].into_iter()), f64::INFINITY);
    }
}
