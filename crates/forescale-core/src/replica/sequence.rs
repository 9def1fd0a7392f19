//! One request inside the engine.

use crate::ids::RequestId;
use forescale_kernel::SimTime;

/// What a replica is asked to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The request.
    pub id: RequestId,
    /// Prompt tokens, at least 1.
    pub prompt_tokens: u32,
    /// Output tokens until the end, at least 1.
    pub output_tokens: u32,
}

/// A sequence as vLLM's scheduler keeps it.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) id: RequestId,
    pub(super) prompt_tokens: u32,
    /// `num_tokens` at which the sequence ends.
    pub(super) final_tokens: u32,
    /// Prompt plus generated tokens so far.
    pub(super) num_tokens: u32,
    /// Tokens whose KV is, or is being, computed.
    pub(super) num_computed_tokens: u32,
    /// KV blocks held.
    pub(super) blocks: u32,
    /// Tokens scheduled in the current step.
    pub(super) scheduled: u32,
    /// Preemptions that the metrics have not seen yet: they travel with the next output.
    pub(super) untold_preemptions: u32,
    /// When the last token came out; meaningless before the first.
    pub(super) last_token_at: SimTime,
}

impl Sequence {
    /// `None` where the prompt leaves no room for a token.
    pub(super) fn new(prompt: &Prompt, max_model_len: u32) -> Option<Self> {
        (prompt.prompt_tokens < max_model_len).then(|| Self {
            id: prompt.id,
            prompt_tokens: prompt.prompt_tokens.max(1),
            final_tokens: prompt.prompt_tokens.saturating_add(prompt.output_tokens.max(1)).min(max_model_len),
            num_tokens: prompt.prompt_tokens.max(1),
            num_computed_tokens: 0,
            blocks: 0,
            scheduled: 0,
            untold_preemptions: 0,
            last_token_at: SimTime::ZERO,
        })
    }

    /// Whether it has generated a token.
    pub(super) fn has_output(&self) -> bool {
        self.num_tokens > self.prompt_tokens
    }
}
