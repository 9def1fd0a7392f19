//! Distributions of which one is drawn from at a time.

use super::empirical::{pick, totals};
use super::{Dist, DistError};
use rand::RngExt;

/// A mixture: which part a value comes from is drawn by the parts' weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture(Vec<(Dist, f64)>);

impl Mixture {
    /// By parts with their weights; only the proportions of weights count. A part is anything but a mixture.
    ///
    /// # Errors
    /// A [`DistError`] where there is no part, a weight is out of range, or a part is wrong.
    pub fn new(parts: Vec<(f64, Dist)>) -> Result<Self, DistError> {
        for (_, part) in &parts {
            part.validate()?;
            if matches!(part, Dist::Mixture(_)) {
                return Err(DistError::Mixture);
            }
        }
        let totals = totals(parts.iter().map(|(weight, _)| *weight))?;
        Ok(Self(parts.into_iter().map(|(_, part)| part).zip(totals).collect()))
    }

    /// The mean of what is drawn.
    pub fn mean(&self) -> f64 {
        let total = self.0.last().map_or(1.0, |(_, total)| *total);
        let mut before = 0.0;
        let parts = self.0.iter().map(|(part, until)| {
            let share = (until - before) / total;
            before = *until;
            part.mean() * share
        });
        parts.sum()
    }

    /// The part that the next value comes from, with one random number.
    pub(super) fn part(&self, random: &mut impl rand::Rng) -> Option<&Dist> {
        pick(&self.0, random.random(), |(_, total)| *total).map(|(part, _)| part)
    }
}
