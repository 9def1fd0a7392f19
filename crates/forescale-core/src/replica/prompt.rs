//! What a replica is asked to generate.

use super::scheduler::NewRequest;
use crate::content::Prefix;
use crate::ids::RequestId;

/// A request as it reaches a replica.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The beginning of the prompt that other prompts may have too; `None` where nobody ever shares a token with it.
    pub prefix: Option<Prefix>,
}

impl Prompt {
    /// A request that shares no prefix with any other, and whose end is its `max_tokens`.
    pub fn new(id: RequestId, prompt_tokens: u32, output_tokens: u32) -> Self {
        Self { id, prompt_tokens, output_tokens, max_tokens: None, priority: 0, prefix: None }
    }

    pub(super) fn request(&self) -> NewRequest {
        let tokens = self.prompt_tokens.max(1);
        let prompt = match &self.prefix {
            Some(prefix) => prefix.prompt(self.id, tokens).collect(),
            None => Prefix::default().prompt(self.id, tokens).collect(),
        };
        NewRequest {
            id: self.id,
            prompt,
            max_tokens: self.max_tokens.unwrap_or(self.output_tokens),
            stop_after: self.max_tokens.map(|_| self.output_tokens),
            priority: self.priority,
        }
    }
}
