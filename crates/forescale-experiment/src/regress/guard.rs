//! What a baseline guards.

use super::Margin;
use crate::kpi::KpiName;
use crate::statistics::Estimate;

/// What a baseline says of one KPI.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// What is guarded.
    pub guarded: KpiName,
    /// How much worse it may get; where neither direction is better, how far it may go either way.
    pub margin: Margin,
    /// Its values, one for each seed; `None` where the run had none.
    pub values: Vec<Option<f64>>,
    /// The line of the baseline's file on which it begins, from 1.
    pub line: usize,
}

impl Guard {
    /// The mean of its values; `None` where no run had one.
    pub fn mean(&self) -> Option<f64> {
        mean(&self.values)
    }
}

/// The mean of those that are there; `None` of nothing.
pub(super) fn mean(values: &[Option<f64>]) -> Option<f64> {
    Estimate::of(&values.iter().copied().flatten().collect::<Vec<_>>()).map(|estimate| estimate.mean)
}
