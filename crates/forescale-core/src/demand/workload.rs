//! A workload: one source of requests.

use super::rate::Rate;
use crate::dist::Dist;
use crate::ids::FlowId;
use forescale_kernel::SimDuration;
use std::fmt;
use std::sync::Arc;

/// A row of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// When, counted from the start of the replay.
    pub at: SimDuration,
    /// Prompt tokens.
    pub prompt_tokens: u32,
    /// Output tokens.
    pub output_tokens: u32,
}

/// Why a trace cannot be read on; the text names the file and the row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TraceError(pub String);

/// The rows of a trace in order of time, read while the run goes on.
pub type TraceRows = Box<dyn Iterator<Item = Result<TraceRow, TraceError>> + Send>;

/// Opens a trace from its beginning; each run opens it anew.
#[derive(Clone)]
pub struct TraceSource(Arc<dyn Fn() -> Result<TraceRows, TraceError> + Send + Sync>);

impl TraceSource {
    /// A source that calls `open` for each run.
    pub fn new(open: impl Fn() -> Result<TraceRows, TraceError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }

    /// The rows from the beginning.
    ///
    /// # Errors
    /// Where the trace cannot be opened.
    pub fn open(&self) -> Result<TraceRows, TraceError> {
        (self.0)()
    }
}

impl fmt::Debug for TraceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceSource")
    }
}

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
