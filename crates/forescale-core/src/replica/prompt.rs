//! What a replica is asked to generate.

use super::kv_cache::{Segment, TokenStream};
use super::scheduler::NewRequest;
use crate::ids::RequestId;

/// A request as it reaches a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The request.
    pub id: RequestId,
    /// Prompt tokens, at least 1.
    pub prompt_tokens: u32,
    /// Output tokens until the end, at least 1.
    pub output_tokens: u32,
    /// `max_tokens`, if it is not the end: then a stop token is, which the scheduler does not see coming.
    pub max_tokens: Option<u32>,
    /// Smaller is more urgent.
    pub priority: i32,
    /// The beginning of the prompt that other requests may have too; `None` where nobody shares a token.
    pub prefix: Option<Prefix>,
}

/// The beginning of a prompt: the first `tokens` tokens of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// The text. Prompts that begin with the same one share it as far as the shorter goes.
    pub text: u64,
    /// Its tokens in this prompt; what goes beyond the prompt has no effect.
    pub tokens: u32,
}

impl Prompt {
    /// A request that shares no prefix with any other, and whose end is its `max_tokens`.
    pub fn new(id: RequestId, prompt_tokens: u32, output_tokens: u32) -> Self {
        Self { id, prompt_tokens, output_tokens, max_tokens: None, priority: 0, prefix: None }
    }

    pub(super) fn request(&self) -> NewRequest {
        let tokens = self.prompt_tokens.max(1);
        let shared = self.prefix.map_or(0, |prefix| prefix.tokens.min(tokens));
        let text = self.prefix.map_or(0, |prefix| prefix.text);
        let segments = [
            Segment { stream: TokenStream::Shared(text), start: 0, len: shared },
            Segment { stream: TokenStream::Prompt(self.id), start: shared, len: tokens - shared },
        ];
        NewRequest {
            id: self.id,
            prompt: segments.into_iter().filter(|segment| segment.len > 0).collect(),
            max_tokens: self.max_tokens.unwrap_or(self.output_tokens),
            stop_after: self.max_tokens.map(|_| self.output_tokens),
            priority: self.priority,
        }
    }
}
