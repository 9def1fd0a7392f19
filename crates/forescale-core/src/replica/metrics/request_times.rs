//! What happened to a request when.

use forescale_kernel::{SimDuration, SimTime};

/// The instants of a request that metrics are about; one that has not come yet is meaningless.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestTimes {
    /// It reached the API server.
    pub arrived: SimTime,
    /// The scheduler took it in, at the first step that was scheduled after its arrival.
    pub queued: SimTime,
    /// It was first scheduled. A preemption changes nothing.
    pub scheduled: SimTime,
    /// Its first token came out.
    pub first_token: SimTime,
    /// Its newest token came out.
    pub last_token: SimTime,
}

impl RequestTimes {
    /// From arrival to first token.
    pub fn time_to_first_token(&self) -> SimDuration {
        self.first_token.since(self.arrived)
    }

    /// From arrival to last token.
    pub fn e2e_latency(&self) -> SimDuration {
        self.last_token.since(self.arrived)
    }

    /// In the scheduler's queue for the first time; what it waited for a step to end does not count.
    pub fn queue_time(&self) -> SimDuration {
        self.scheduled.since(self.queued)
    }

    /// From first scheduled to first token, preemptions included.
    pub fn prefill_time(&self) -> SimDuration {
        self.first_token.since(self.scheduled)
    }

    /// From first to last token, preemptions included.
    pub fn decode_time(&self) -> SimDuration {
        self.last_token.since(self.first_token)
    }

    /// From first scheduled to last token, preemptions included.
    pub fn inference_time(&self) -> SimDuration {
        self.last_token.since(self.scheduled)
    }
}
