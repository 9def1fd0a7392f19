//! How a request can end.

use std::fmt;

/// The end of a request, as the account keeps it. The names of what the EPP does are the EPP's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// All its output was delivered.
    Finished,
    /// The EPP's queue was full.
    RejectedCapacity,
    /// The EPP's queue was full, or flow control was off, while no endpoint existed.
    RejectedNoEndpoints,
    /// It waited in the EPP as long as its budget allowed while endpoints existed.
    EvictedTtl,
    /// It waited in the EPP as long as its budget allowed while no endpoint existed.
    EvictedNoEndpoints,
    /// The client gave up while it waited in the EPP.
    EvictedContextCancelled,
    /// The EPP shut down while it waited.
    EvictedOther,
    /// Its client waited for it as long as it would, and closed the connection.
    TimedOut,
    /// Its client closed the connection for another reason: a load generator whose time was over.
    Cancelled,
    /// The picked pod did not accept the connection.
    Refused,
    /// The engine rejected it: the prompt does not fit `--max-model-len`.
    EngineError,
    /// Its pod was asked to stop and aborted it before the grace period ended.
    LostOnDrain,
    /// Its pod was killed at the end of the grace period.
    LostOnKill,
}

impl Outcome {
    /// All outcomes, in the order of reports.
    pub const ALL: [Self; 13] = [
        Self::Finished,
        Self::RejectedCapacity,
        Self::RejectedNoEndpoints,
        Self::EvictedTtl,
        Self::EvictedNoEndpoints,
        Self::EvictedContextCancelled,
        Self::EvictedOther,
        Self::TimedOut,
        Self::Cancelled,
        Self::Refused,
        Self::EngineError,
        Self::LostOnDrain,
        Self::LostOnKill,
    ];

    /// The name in files: snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::RejectedCapacity => "rejected_capacity",
            Self::RejectedNoEndpoints => "rejected_no_endpoints",
            Self::EvictedTtl => "evicted_ttl",
            Self::EvictedNoEndpoints => "evicted_no_endpoints",
            Self::EvictedContextCancelled => "evicted_context_cancelled",
            Self::EvictedOther => "evicted_other",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::EngineError => "engine_error",
            Self::LostOnDrain => "lost_on_drain",
            Self::LostOnKill => "lost_on_kill",
        }
    }

    /// What it means, in a few words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Finished => "all output delivered",
            Self::RejectedCapacity => "the gateway's queue was full",
            Self::RejectedNoEndpoints => "no endpoint",
            Self::EvictedTtl => "waited too long in the gateway",
            Self::EvictedNoEndpoints => "waited too long for an endpoint",
            Self::EvictedContextCancelled => "the client gave up in the queue",
            Self::EvictedOther => "the gateway shut down",
            Self::TimedOut => "its client waited no longer",
            Self::Cancelled => "its client closed the connection",
            Self::Refused => "its pod did not listen",
            Self::EngineError => "longer than --max-model-len",
            Self::LostOnDrain => "its pod was stopped",
            Self::LostOnKill => "its pod was killed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
