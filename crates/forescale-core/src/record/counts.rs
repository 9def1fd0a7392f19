//! Requests by how they ended.

use crate::outcome::Outcome;

/// How many requests arrived, and how many ended with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub(super) arrived: u64,
    /// In the order of [`Outcome::ALL`].
    pub(super) ended: [u64; Outcome::ALL.len()],
}

impl Counts {
    pub(super) fn ended(&mut self, outcome: Outcome) {
        if let Some(count) = self.ended.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    /// Requests that arrived.
    pub fn arrivals(&self) -> u64 {
        self.arrived
    }

    /// Requests that ended with this outcome.
    pub fn with(&self, outcome: Outcome) -> u64 {
        self.ended.get(outcome as usize).copied().unwrap_or(0)
    }

    /// Requests that ended in any way.
    pub fn all_ended(&self) -> u64 {
        self.ended.iter().sum()
    }

    /// Requests that ended without being finished.
    pub fn lost(&self) -> u64 {
        self.all_ended() - self.with(Outcome::Finished)
    }

    /// Requests that have not ended.
    pub fn in_flight(&self) -> u64 {
        self.arrived.saturating_sub(self.all_ended())
    }
}
