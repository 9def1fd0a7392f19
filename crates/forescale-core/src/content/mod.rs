//! What prompts say, as far as it matters: which of their tokens others have too.
//!
//! No token has a value here, only an origin. Two tokens are equal if the stream that they come from and their place in it are.

mod block_chain;
mod prefix;

pub use block_chain::{BlockChain, BlockHash};
pub use prefix::Prefix;

use crate::ids::{RequestId, WorkloadId};

/// Bytes of a request's body per prompt token; the EPP's own estimate of a token.
pub const BYTES_PER_TOKEN: u64 = 4;

/// Where tokens come from. Two tokens are equal if stream and offset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenStream {
    /// A text that several requests of a workload may contain, by its number there: a system prompt, a block of a trace.
    Shared(WorkloadId, u64),
    /// What only this request asks; a later turn of the conversation may contain it.
    Prompt(RequestId),
    /// What this request generates; a later turn of the conversation may contain it.
    Output(RequestId),
}

/// Consecutive tokens of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The stream.
    pub stream: TokenStream,
    /// Offset of the first token in the stream.
    pub start: u32,
    /// Tokens.
    pub len: u32,
}
