//! Distributions that someone measured.

use super::DistError;
use rand::RngExt;
use std::cmp::Ordering;

/// A measured distribution: quantiles, or values with weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical(Table);

#[derive(Clone, Debug, PartialEq)]
enum Table {
    /// Probabilities from 0 to 1, each with its quantile; straight lines in between.
    Quantiles(Vec<(f64, f64)>),
    /// Values, each with the weight of all up to it.
    Values(Vec<(f64, f64)>),
}

impl Empirical {
    /// By the inverse of the cumulative distribution function: probabilities in order from 0 to 1, each with its quantile, and straight lines
    /// in between.
    ///
    /// # Errors
    /// A [`DistError`] where the probabilities are not in order from 0 to 1, or the quantiles fall or are out of range.
    pub fn quantiles(points: Vec<(f64, f64)>) -> Result<Self, DistError> {
        let ends = (points.first().map(|point| point.0), points.last().map(|point| point.0));
        if points.len() < 2 || ends != (Some(0.0), Some(1.0)) {
            return Err(DistError::Ends);
        }
        for (index, pair) in points.windows(2).enumerate() {
            if pair[1].0.partial_cmp(&pair[0].0) != Some(Ordering::Greater) {
                return Err(DistError::Probability(index + 2));
            }
            if matches!(pair[1].1.partial_cmp(&pair[0].1), None | Some(Ordering::Less)) {
                return Err(DistError::Quantile(index + 2));
            }
        }
        match points.iter().all(|(_, value)| value.is_finite() && *value >= 0.0) {
            true => Ok(Self(Table::Quantiles(points))),
            false => Err(DistError::Parameter("quantiles")),
        }
    }

    /// By values, each with its weight; only the proportions of weights count.
    ///
    /// # Errors
    /// A [`DistError`] where there is none, or one is out of range.
    pub fn values(values: &[(f64, f64)]) -> Result<Self, DistError> {
        if values.iter().any(|(value, _)| !(value.is_finite() && *value >= 0.0)) {
            return Err(DistError::Parameter("values"));
        }
        let totals = totals(values.iter().map(|(_, weight)| *weight))?;
        let values = values.iter().map(|(value, _)| *value);
        Ok(Self(Table::Values(values.zip(totals).collect())))
    }

    /// The mean of what is drawn.
    pub fn mean(&self) -> f64 {
        match &self.0 {
            Table::Quantiles(points) => {
                points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1.midpoint(pair[1].1)).sum()
            }
            Table::Values(values) => {
                let total = values.last().map_or(1.0, |(_, total)| *total);
                let mut before = 0.0;
                let parts = values.iter().map(|(value, until)| {
                    let share = (until - before) / total;
                    before = *until;
                    value * share
                });
                parts.sum()
            }
        }
    }

    /// Draws a value, with one random number.
    pub(super) fn sample(&self, random: &mut impl rand::Rng) -> f64 {
        let unit: f64 = random.random();
        match &self.0 {
            Table::Quantiles(points) => {
                // The first probability is 0 and the last one 1, so there is a point on either side.
                let above = points.partition_point(|(probability, _)| *probability <= unit);
                match (points.get(above.saturating_sub(1)), points.get(above)) {
                    (Some(low), Some(high)) => {
                        let share = (unit - low.0) / (high.0 - low.0);
                        (low.1 + (high.1 - low.1) * share).min(high.1)
                    }
                    _ => points.last().map_or(0.0, |(_, value)| *value),
                }
            }
            Table::Values(values) => pick(values, unit, |(_, total)| *total).map_or(0.0, |(value, _)| *value),
        }
    }
}

/// The sums of weights up to each one.
pub(super) fn totals(weights: impl Iterator<Item = f64>) -> Result<Vec<f64>, DistError> {
    let mut total = 0.0;
    let mut totals = Vec::new();
    for weight in weights {
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(DistError::Parameter("weight"));
        }
        total += weight;
        totals.push(total);
    }
    if total > 0.0 && total.is_finite() { Ok(totals) } else { Err(DistError::Weights) }
}

/// The item in which a share of the whole weight falls, from 0 up to but not including 1.
pub(super) fn pick<T>(items: &[T], share: f64, total: impl Fn(&T) -> f64) -> Option<&T> {
    let last = items.last()?;
    let weight = share * total(last);
    // A product may be rounded up to the whole.
    items.get(items.partition_point(|item| total(item) <= weight)).or(Some(last))
}
