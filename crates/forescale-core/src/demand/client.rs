//! What clients do while they wait, and after a failure.

use super::retry::Retry;
use forescale_kernel::SimDuration;

/// How the clients of a workload behave. The default sends each request when it is due, waits for ever and never retries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Client {
    /// At most so many requests are open at once, those that wait for their next attempt included. A request that is due while all places are
    /// taken is sent as soon as one is free. `None` is without limit.
    pub max_in_flight: Option<u32>,
    /// How long the client waits for the last token of an attempt, from sending it, before it closes the connection; above zero.
    pub timeout: Option<SimDuration>,
    /// Whether and how failed attempts are repeated.
    pub retry: Option<Retry>,
    /// Whether what is open at the workload's end is cancelled then, as load generators do at the end of their time.
    pub cancel_at_end: bool,
}

impl Client {
    /// Whether how a request ends makes a difference to what its client does.
    pub(super) fn waits(&self) -> bool {
        self.max_in_flight.is_some() || self.timeout.is_some() || self.retry.is_some() || self.cancel_at_end
    }
}
