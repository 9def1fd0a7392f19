//! Arrival processes: the instants at which requests come.

mod fixed_count;
mod gap;
mod modulation;
#[cfg(test)]
mod tests;

pub(super) use fixed_count::FixedCount;
pub(super) use gap::Gap;
pub use modulation::{Modulation, ModulationError, State};

use super::rate::RateClock;
use forescale_kernel::SimTime;

/// The instants of a process, one after the other.
pub(super) enum Instants {
    /// Independent gaps on a rate's clock.
    Renewal {
        gap: Gap,
        clock: RateClock,
        /// The integral of the rate at the last arrival.
        area: f64,
    },
    FixedCount(FixedCount),
}

impl Instants {
    pub(super) fn renewal(gap: Gap, clock: RateClock) -> Self {
        Self::Renewal { gap, clock, area: 0.0 }
    }

    /// The next one; `None` once there are no more.
    pub(super) fn next(&mut self) -> Option<SimTime> {
        match self {
            Self::Renewal { gap, clock, area } => {
                *area += gap.draw();
                clock.when(*area)
            }
            Self::FixedCount(fixed) => fixed.next(),
        }
    }
}
