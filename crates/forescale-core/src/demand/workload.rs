//! A workload: one source of requests.

use super::rate::Rate;
use super::trace::TraceSource;
use crate::dist::Dist;
use crate::ids::FlowId;
use forescale_kernel::SimDuration;

/// When requests arrive, and how long they are.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// Equal gaps: the n-th request when the rate's integral reaches n.
    Constant(Rate, Lengths),
    /// A Poisson process.
    Poisson(Rate, Lengths),
    /// The rows of a trace.
    Trace(TraceSource),
}

/// Lengths in tokens, drawn per request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lengths {
    /// Prompt tokens.
    pub prompt_tokens: Dist,
    /// Output tokens.
    pub output_tokens: Dist,
}

/// One source of requests.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in the scenario; part of the names of its random streams.
    pub name: String,
    /// When it begins.
    pub from: SimDuration,
    /// When it ends; `None` is at the end of the run.
    pub until: Option<SimDuration>,
    /// At most so many requests; `None` is without limit.
    pub requests: Option<u64>,
    /// Arrivals and lengths.
    pub arrivals: Arrivals,
    /// The flow that its requests belong to in the gateway.
    pub flow: FlowId,
}
