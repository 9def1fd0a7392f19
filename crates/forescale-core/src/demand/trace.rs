//! Traces: requests that someone else recorded.

use crate::content::{Prefix, Segment, TokenStream};
use crate::ids::WorkloadId;
use forescale_kernel::SimDuration;
use std::fmt;
use std::sync::Arc;

/// A row of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRow {
    /// When, counted from the start of the replay.
    pub at: SimDuration,
    /// Prompt tokens.
    pub prompt_tokens: u32,
    /// Output tokens.
    pub output_tokens: u32,
    /// What the prompt consists of, where the trace knows.
    pub hash_ids: Option<HashIds>,
}

/// The blocks of a prompt by their content: prompts that begin with the same ids begin with the same tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashIds(Box<(u32, Vec<u64>)>);

impl HashIds {
    /// Blocks of `block_tokens` tokens each; the last one goes as far as the prompt does.
    pub fn new(block_tokens: u32, ids: Vec<u64>) -> Self {
        Self(Box::new((block_tokens, ids)))
    }

    /// The prompt in words of the workload that replays it.
    pub(super) fn prefix(&self, workload: WorkloadId) -> Prefix {
        let (len, ids) = &*self.0;
        let block = |id: &u64| Segment { stream: TokenStream::Shared(workload, *id), start: 0, len: *len };
        Prefix::new(&ids.iter().map(block).collect::<Vec<_>>())
    }
}

/// Why a trace cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct TraceError {
    /// What is wrong with it.
    pub defect: TraceDefect,
    /// The sentence about it.
    pub message: String,
    /// The trace's file, or what else it is known by.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The first character in question within the line, from 1.
    pub column: usize,
    /// How many characters are in question; 0 for a place between two.
    pub length: usize,
    /// The line as it is written, without its end.
    pub text: String,
}

/// A kind of mistake in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceDefect {
    /// The file cannot be opened or read.
    Unreadable,
    /// The file is no text.
    NotText,
    /// The file is empty.
    Empty,
    /// Its columns are others.
    Header,
    /// A row that cannot be understood.
    Row,
    /// A row that is earlier than the one before it.
    Order,
}

/// The rows of a trace in order of time, read while the run goes on.
pub type TraceRows = Box<dyn Iterator<Item = Result<TraceRow, TraceError>> + Send>;

/// Opens a trace from its beginning; each run opens it anew.
#[derive(Clone)]
pub struct TraceSource(Arc<dyn Fn(u64) -> Result<TraceRows, TraceError> + Send + Sync>);

impl TraceSource {
    /// A source that calls `open` for each run, with the run's seed: what a trace does not say is drawn.
    pub fn new(open: impl Fn(u64) -> Result<TraceRows, TraceError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }

    /// The rows from the beginning, for the run of this seed.
    ///
    /// # Errors
    /// Where the trace cannot be opened.
    pub fn open(&self, seed: u64) -> Result<TraceRows, TraceError> {
        (self.0)(seed)
    }
}

/// Two sources are equal if one is a clone of the other; what they read is not compared.
impl PartialEq for TraceSource {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for TraceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceSource")
    }
}
