//! What a recording says of a step, an iteration of the engine's loop, and the end.

use serde::{Deserialize, Serialize};

/// One synchronous step. What is empty is omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// Requests and their tokens, in schedule order.
    #[serde(default)]
    pub(super) s: Vec<u64>,
    /// First admissions with their cached tokens.
    #[serde(default)]
    pub(super) new: Vec<(u64, u32)>,
    /// Admissions after a preemption with their cached tokens.
    #[serde(default)]
    pub(super) res: Vec<(u64, u32)>,
    /// Preempted for this step.
    #[serde(default)]
    pub(super) pre: Vec<u64>,
    /// Aborted before this step.
    #[serde(default)]
    pub(super) abr: Vec<u64>,
    /// Ended with this step.
    #[serde(default)]
    pub(super) fin: Vec<u64>,
    /// Blocks taken after scheduling and after the step.
    pub(super) u: (u32, u32),
    /// Running and waiting after scheduling, and after the step.
    pub(super) q: (u32, u32, u32, u32),
}

/// One iteration of the loop with two batches in flight.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Iteration {
    /// 1 if there was nothing to do.
    pub(super) idle: Option<u32>,
    /// The number of the batch that was scheduled.
    pub(super) b: Option<u64>,
    pub(super) s: Vec<u64>,
    pub(super) new: Vec<(u64, u32)>,
    pub(super) res: Vec<(u64, u32)>,
    pub(super) pre: Vec<u64>,
    pub(super) abr: Vec<u64>,
    /// Blocks taken, and running and waiting requests, after scheduling.
    pub(super) u: Option<(u32,)>,
    pub(super) q: Option<(u32, u32)>,
    /// The number of the batch that was taken in.
    pub(super) upd: Option<u64>,
    pub(super) fin: Vec<u64>,
    /// The same after its outputs.
    pub(super) u2: Option<u32>,
    pub(super) q2: Option<(u32, u32)>,
}

/// What is said of the whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) steps: Option<usize>,
    /// Calls of the scheduler.
    pub(super) batches: Option<u64>,
    /// Whether requests were left that can never run.
    pub(super) stuck: Option<bool>,
    pub(super) preemptions: u64,
    /// Tokens queried and hit at first admissions, and at later ones.
    pub(super) prefix: [u64; 4],
    /// Tokens generated, by request in the order of the list.
    pub(super) outputs: Vec<u32>,
}
