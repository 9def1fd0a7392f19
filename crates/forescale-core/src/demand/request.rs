//! What clients send, and what they learn.

use crate::content::{BYTES_PER_TOKEN, Prefix};
use crate::ids::{FlowId, RequestId, WorkloadId};
use crate::outcome::Outcome;
use forescale_kernel::{SimDuration, SimTime};

/// An HTTP request as its client sends it: one attempt. A client that retries sends several for what its user asked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Numbered in the order in which they are sent.
    pub id: RequestId,
    /// Where it comes from.
    pub workload: WorkloadId,
    /// The flow that it belongs to in the gateway.
    pub flow: FlowId,
    /// When it is sent.
    pub arrival: SimTime,
    /// Prompt tokens, at least 1; those of a prefix and of earlier turns are among them.
    pub prompt_tokens: u32,
    /// Output tokens until its end, at least 1. Nobody but the engine may know.
    pub output_tokens: u32,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// The first attempt; this one itself, unless it is a retry.
    pub first: RequestId,
    /// When the first attempt was sent: from then on its user waits.
    pub issued: SimTime,
}

impl Request {
    /// Bytes of its body.
    pub fn body_bytes(&self) -> u64 {
        u64::from(self.prompt_tokens) * BYTES_PER_TOKEN
    }
}

/// What a client learns of a request that it has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The request.
    pub request: RequestId,
    /// Its workload.
    pub workload: WorkloadId,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status.
    pub http: u16,
    /// Whether a token had come.
    pub began: bool,
    /// The answer's `Retry-After`, where it has one.
    pub retry_after: Option<SimDuration>,
}

/// What demand tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A request is sent.
    Sent {
        /// The request.
        request: Request,
        /// What its prompt begins with, where others may have that too.
        prefix: Option<Prefix>,
    },
    /// A client closes the connection of a request that is on its way.
    GivenUp {
        /// The request.
        request: RequestId,
        /// [`Outcome::TimedOut`] or [`Outcome::Cancelled`].
        outcome: Outcome,
    },
    /// A client that waited to send this request again does not do so any more.
    Withdrawn(Request),
}
