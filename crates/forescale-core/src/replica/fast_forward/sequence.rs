//! One request inside the fast engine.

use super::Slot;
use crate::ids::RequestId;
use crate::replica::Prompt;
use crate::replica::metrics::{FinishedRequest, RequestTimes};
use crate::replica::scheduler::Rank;
use crate::views::FinishedReason;
use forescale_kernel::SimTime;

/// A request that waits or runs. What all decoding sequences do alike is not kept here but computed from batch numbers.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) id: RequestId,
    pub(super) prompt_tokens: u32,
    /// Prompt and `max_tokens`.
    pub(super) max_total_tokens: u32,
    /// Prompt and the output up to the stop token; `u32::MAX` where there is none.
    pub(super) stop_total_tokens: u32,
    pub(super) priority: i32,
    /// How many arrived before.
    pub(super) serial: u64,
    /// How many were admitted before; tells this tenant of its slot from others.
    pub(super) admission: u64,
    /// Tokens that must be computed before the next one comes out: the prompt, and what was generated before a preemption.
    pub(super) known: u32,
    /// Those that are, or are being, computed.
    pub(super) computed: u32,
    /// The batch that completes them.
    pub(super) first_batch: u64,
    /// The batch from which the last token comes.
    pub(super) last_batch: u64,
    pub(super) stage: Stage,
    pub(super) num_preemptions: u32,
    /// Preemptions that the metrics have not seen yet.
    pub(super) untold_preemptions: u32,
    /// Prompt tokens that were cached at the first admission.
    pub(super) num_cached_tokens: u32,
    /// When what happened; the newest token only where no batch tells it.
    pub(super) times: RequestTimes,
}

/// Where a sequence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not admitted.
    Waiting,
    /// Admitted; its prompt is being computed.
    Prefilling,
    /// Its prompt is computed or in flight. Whether the next batch will decode a token of it.
    Decoding {
        /// It will.
        is_in_next_batch: bool,
        /// Whether a token of it has come out since its admission.
        has_token: bool,
    },
}

impl Sequence {
    pub(super) fn new(prompt: &Prompt, serial: u64, now: SimTime) -> Self {
        let prompt_tokens = prompt.prompt_tokens.max(1);
        let total = |output: u32| prompt_tokens.saturating_add(output.max(1));
        Self {
            id: prompt.id,
            prompt_tokens,
            max_total_tokens: total(prompt.max_tokens.unwrap_or(prompt.output_tokens)),
            stop_total_tokens: prompt.max_tokens.map_or(u32::MAX, |_| total(prompt.output_tokens)),
            priority: prompt.priority,
            serial,
            admission: u64::MAX,
            known: prompt_tokens,
            computed: 0,
            first_batch: 0,
            last_batch: 0,
            stage: Stage::Waiting,
            num_preemptions: 0,
            untold_preemptions: 0,
            num_cached_tokens: 0,
            times: RequestTimes { arrived: now, ..RequestTimes::default() },
        }
    }

    /// Where the policy `priority` puts it.
    pub(super) fn rank(&self) -> Rank {
        (self.priority, self.serial)
    }

    /// Tokens at which it ends.
    pub(super) fn total(&self, max_model_len: u32) -> u32 {
        self.max_total_tokens.min(self.stop_total_tokens).min(max_model_len)
    }

    /// Whether the scheduler sees its end coming.
    pub(super) fn is_foreseen(&self, max_model_len: u32) -> bool {
        self.stop_total_tokens >= self.max_total_tokens.min(max_model_len)
    }

    /// Whether a token of it has come out since its admission.
    pub(super) fn has_token(&self) -> bool {
        matches!(self.stage, Stage::Decoding { has_token: true, .. })
    }

    /// Known tokens less the batch in which they are complete: after batch `b` it has `offset + b` tokens computed.
    pub(super) fn offset(&self) -> i64 {
        i64::from(self.known).wrapping_sub(self.first_batch as i64)
    }

    /// What metrics are told of it at its end, which is now.
    pub(super) fn finished(&self, now: SimTime, max_model_len: u32) -> FinishedRequest {
        let total = self.total(max_model_len);
        FinishedRequest {
            times: RequestTimes { last_token: now, ..self.times },
            reason: if total == self.stop_total_tokens {
                FinishedReason::Stop
            } else {
                FinishedReason::Length
            },
            prompt_tokens: self.prompt_tokens,
            num_cached_tokens: self.num_cached_tokens,
            generation_tokens: total - self.prompt_tokens,
            max_tokens: self.max_total_tokens.min(max_model_len).saturating_sub(self.prompt_tokens),
            num_preemptions: self.num_preemptions,
        }
    }

    /// Whether its tokens before this admission were lost to a preemption.
    pub(super) fn has_output(&self) -> bool {
        self.known > self.prompt_tokens
    }
}

/// Sequences in slots that are used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequences {
    slots: Vec<Option<Sequence>>,
    empty: Vec<Slot>,
}

impl Sequences {
    pub(super) fn insert(&mut self, sequence: Sequence) -> Slot {
        match self.empty.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(sequence);
                slot
            }
            None => {
                self.slots.push(Some(sequence));
                self.slots.len() as Slot - 1
            }
        }
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Sequence> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Sequence> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Option<Sequence> {
        let sequence = self.slots.get_mut(slot as usize)?.take()?;
        self.empty.push(slot);
        Some(sequence)
    }

    /// All of them, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &Sequence)> {
        self.slots.iter().enumerate().filter_map(|(slot, sequence)| Some((slot as Slot, sequence.as_ref()?)))
    }
}
