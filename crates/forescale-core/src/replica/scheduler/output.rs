//! A batch: what one step computes.

use super::requests::RequestKey;
use crate::ids::RequestId;
use crate::replica::StepLoad;

/// What [`schedule`](super::Scheduler::schedule) decided for one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchedulerOutput {
    /// What is computed: running requests in running order, then those admitted now.
    pub scheduled: Vec<Scheduled>,
    /// Requests preempted for it, in this order.
    pub preempted: Vec<RequestId>,
    /// What the step has to do.
    pub load: StepLoad,
    /// Whether a prefill runs.
    pub(super) has_prefill: bool,
}

impl SchedulerOutput {
    /// Whether nothing is computed; the model is not executed then.
    pub fn is_empty(&self) -> bool {
        self.scheduled.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.scheduled.clear();
        self.preempted.clear();
        self.load = StepLoad::default();
        self.has_prefill = false;
    }
}

/// A request's share of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The request.
    pub id: RequestId,
    /// Tokens computed, at least 1; those found in the prefix cache are not among them.
    pub num_tokens: u32,
    /// How it came into the batch.
    pub scheduled_as: ScheduledAs,
    pub(super) key: RequestKey,
    /// Whether a token comes out.
    pub(super) samples: bool,
}

/// How a request came into a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduledAs {
    /// It ran before.
    Running,
    /// Admitted for the first time.
    New {
        /// Tokens found in the prefix cache.
        num_cached_tokens: u32,
    },
    /// Admitted again after a preemption.
    Resumed {
        /// Tokens found in the prefix cache.
        num_cached_tokens: u32,
    },
}
