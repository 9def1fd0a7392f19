//! What a step computes.

/// What a step computes, summed over its batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepLoad {
    /// Prompt tokens computed (recomputed ones after a preemption too).
    pub prefill_tokens: u64,
    /// Half pairs of prefill attention: the sum of `p·(2c + p)` over chunks of `p` tokens after `c` computed ones.
    pub prefill_half_pairs: u64,
    /// Requests with such a chunk.
    pub prefill_seqs: u64,
    /// Sequences that decode one token.
    pub decode_seqs: u64,
    /// Tokens in context, summed over the decoding sequences.
    pub decode_context: u64,
}

impl StepLoad {
    /// A step in which `seqs` sequences decode one token each, with `context` tokens in sum, and nothing else happens.
    pub const fn decode(seqs: u64, context: u64) -> Self {
        Self {
            prefill_tokens: 0,
            prefill_half_pairs: 0,
            prefill_seqs: 0,
            decode_seqs: seqs,
            decode_context: context,
        }
    }

    /// A step with one chunk of `tokens` prompt tokens after `context` computed ones.
    pub const fn prefill(context: u32, tokens: u32) -> Self {
        let (context, tokens) = (context as u64, tokens as u64);
        Self {
            prefill_tokens: tokens,
            prefill_half_pairs: tokens.saturating_mul(2 * context + tokens),
            prefill_seqs: 1,
            decode_seqs: 0,
            decode_context: 0,
        }
    }

    /// Tokens of the batch: those of prompts and one per decoding sequence.
    pub const fn tokens(&self) -> u64 {
        self.prefill_tokens.saturating_add(self.decode_seqs)
    }

    /// Requests of the batch.
    pub const fn seqs(&self) -> u64 {
        self.prefill_seqs.saturating_add(self.decode_seqs)
    }

    /// A sequence with `context` computed tokens decodes one more.
    pub(in crate::replica) fn of_decode(context: u32) -> Self {
        Self::decode(1, u64::from(context) + 1)
    }

    pub(in crate::replica) fn add(&mut self, other: Self) {
        for (sum, more) in [
            (&mut self.prefill_tokens, other.prefill_tokens),
            (&mut self.prefill_half_pairs, other.prefill_half_pairs),
            (&mut self.prefill_seqs, other.prefill_seqs),
            (&mut self.decode_seqs, other.decode_seqs),
            (&mut self.decode_context, other.decode_context),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}
