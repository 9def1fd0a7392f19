//! Demand: requests in order of time, made while the run goes on.
//!
//! Of the system it sees what a client sees: an answer, or none in time. Each workload draws arrivals, prompt lengths and output lengths
//! from streams of its own, so two variants of a scenario meet the same requests.

mod arrivals;
mod client;
mod conversation;
mod drawn;
mod open;
mod population;
mod prefix_groups;
mod rate;
mod request;
mod retry;
mod sessions;
mod stages;
#[cfg(test)]
mod tests;
mod trace;
mod users;
mod workload;

pub use arrivals::{Modulation, ModulationError, State};
pub use client::Client;
pub use rate::{Diurnal, Piece, Pieces, Rate, RateError, Spike};
pub use request::{Answer, Output, Request};
pub use retry::Retry;
pub use trace::{HashIds, TraceDefect, TraceError, TraceRow, TraceRows, TraceSource};
pub use workload::{
    Arrivals, Lengths, PrefixGroups, Sessions, Source, Stages, Turns, Users, Workload, WorkloadError,
};

use crate::ids::WorkloadId;
use forescale_kernel::SimTime;
use population::Population;

/// All workloads of a run.
pub struct Demand {
    populations: Vec<Population>,
    sent: u64,
}

impl Demand {
    /// The workloads from their beginning. Nothing but retries is sent at or after `end`.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be opened or its first row is wrong.
    pub fn new(workloads: &[Workload], seed: u64, end: SimTime) -> Result<Self, TraceError> {
        let populations = workloads.iter().enumerate();
        let populations = populations
            .map(|(index, workload)| Population::new(WorkloadId(index as u32), workload, seed, end));
        Ok(Self { populations: populations.collect::<Result<_, _>>()?, sent: 0 })
    }

    /// When demand must be woken if nothing else happens.
    pub fn next_wake(&self) -> Option<SimTime> {
        self.populations.iter().filter_map(Population::next_wake).min()
    }

    /// Now it is: what clients do by `now`, those of one instant in the order of the workloads.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on.
    pub fn wake(&mut self, now: SimTime, out: &mut Vec<Output>) -> Result<(), TraceError> {
        self.populations.iter_mut().try_for_each(|population| population.wake(now, &mut self.sent, out))
    }

    /// Whether the clients of a workload want to know how its requests end.
    pub fn waits(&self, workload: WorkloadId) -> bool {
        self.populations.get(workload.0 as usize).is_some_and(Population::waits)
    }

    /// A request has ended. Returns whether its client will try again; if so, what its user asked is still open.
    pub fn submit(&mut self, now: SimTime, answer: &Answer) -> bool {
        let population = self.populations.get_mut(answer.workload.0 as usize);
        population.is_some_and(|population| population.answered(now, answer))
    }

    /// Since when the users of those requests wait whose clients wait for the next attempt.
    pub fn backing_off(&self) -> impl Iterator<Item = SimTime> {
        self.populations.iter().flat_map(Population::backing_off)
    }
}
