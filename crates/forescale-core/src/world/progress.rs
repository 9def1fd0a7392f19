//! How far a run has come.

use forescale_kernel::SimTime;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The simulated time.
    pub now: SimTime,
    /// When requests stop arriving. Most runs end there; one that drains goes on until nothing is in flight.
    pub end: SimTime,
}

impl Progress {
    /// The share of the time in which requests arrive that is over, 0 to 1.
    pub fn share(&self) -> f64 {
        match self.end {
            SimTime::ZERO => 1.0,
            end => (self.now.as_secs_f64() / end.as_secs_f64()).min(1.0),
        }
    }
}
