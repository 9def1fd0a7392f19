//! A workload: one source of requests.

use super::arrivals::Modulation;
use super::rate::Rate;
use super::trace::TraceSource;
use crate::dist::{Cv, Dist};
use crate::ids::FlowId;
use forescale_kernel::SimDuration;

/// When requests arrive, and how long they are.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// Equal gaps: the n-th request when the rate's integral reaches n.
    Constant(Rate, Lengths),
    /// A Poisson process.
    Poisson(Rate, Lengths),
    /// Gaps of a Gamma distribution with this coefficient of variation, on the rate's clock.
    Gamma(Rate, Cv, Lengths),
    /// Gaps of a Weibull distribution with this coefficient of variation, on the rate's clock.
    Weibull(Rate, Cv, Lengths),
    /// A Markov-modulated Poisson process: the rate is multiplied by the factor of a state that changes at random.
    Mmpp(Rate, Modulation, Lengths),
    /// In each piece of the rate as many as are expected there, parted by Gamma gaps with this coefficient of variation. Needs `until`.
    FixedCount(Rate, Cv, Lengths),
    /// The rows of a trace.
    Trace(TraceSource),
}

impl Arrivals {
    /// The lengths of requests, where they are drawn.
    pub fn lengths(&self) -> Option<&Lengths> {
        match self {
            Self::Constant(_, lengths)
            | Self::Poisson(_, lengths)
            | Self::Gamma(_, _, lengths)
            | Self::Weibull(_, _, lengths)
            | Self::Mmpp(_, _, lengths)
            | Self::FixedCount(_, _, lengths) => Some(lengths),
            Self::Trace(_) => None,
        }
    }
}

/// Lengths in tokens, drawn per request.
#[derive(Clone, Debug, PartialEq)]
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
