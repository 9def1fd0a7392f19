//! What comes out of a batch.

use super::{FastForward, Output, Sequence, Slot, Stage};
use crate::replica::history::kv_cache_usage;
use crate::views::ModelServerView;
use forescale_kernel::SimTime;

impl FastForward {
    /// A batch was computed: who decodes gets a token, who is at its end goes, and prompts that it completed get their first.
    pub(super) fn take_in(&mut self, now: SimTime, out: &mut Vec<Output>) {
        let batch = self.returned;
        self.token_runs.push(now.since(self.last_return), self.generating);
        while let Some(&(last, slot)) = self.ending.front()
            && last == batch
            && self.sequences.get(slot).is_some_and(Sequence::has_token)
        {
            self.ending.pop_front();
            self.finish(slot, out);
        }
        while let Some(&(completed, slot)) = self.completions.front()
            && completed == batch
        {
            self.completions.pop_front();
            self.first_token(now, slot, out);
            if self.ending.front() == Some(&(batch, slot)) {
                self.ending.pop_front();
                self.finish(slot, out);
            }
        }
        self.returned += 1;
        self.last_return = now;
    }

    /// The first token since its admission.
    fn first_token(&mut self, now: SimTime, slot: Slot, out: &mut Vec<Output>) {
        let Some(sequence) = self.sequences.get_mut(slot) else { return };
        if sequence.has_output() {
            self.token_runs.push(now.since(sequence.last_token_at), 1);
        } else {
            out.push(Output::FirstToken { request: sequence.id });
        }
        sequence.untold_preemptions = 0;
        if let Stage::Decoding { has_token, .. } = &mut sequence.stage {
            *has_token = true;
        }
        self.generating += 1;
    }

    fn finish(&mut self, slot: Slot, out: &mut Vec<Output>) {
        if let Some(sequence) = self.sequences.get(slot) {
            out.push(Output::Finished { request: sequence.id });
        }
        self.release(slot);
    }

    /// Frees what a running sequence holds and forgets it.
    pub(super) fn release(&mut self, slot: Slot) {
        let Some(sequence) = self.sequences.get(slot) else { return };
        let computed = self.computed_tokens(sequence);
        if let Stage::Decoding { is_in_next_batch, has_token } = sequence.stage {
            if is_in_next_batch {
                self.decoders.remove(sequence.offset());
            }
            self.generating -= u32::from(has_token);
        }
        self.free_blocks += self.blocks_for(computed);
        self.num_running -= 1;
        self.may_admit = true;
        self.sequences.remove(slot);
    }

    /// Tokens of a sequence that are, or are being, computed.
    pub(super) fn computed_tokens(&self, sequence: &Sequence) -> u32 {
        let last = match sequence.stage {
            Stage::Waiting | Stage::Prefilling => return sequence.computed,
            Stage::Decoding { is_in_next_batch: true, .. } => self.scheduled.saturating_sub(1),
            Stage::Decoding { is_in_next_batch: false, .. } => sequence.last_batch,
        };
        sequence.offset().wrapping_add(last as i64) as u32
    }

    pub(super) fn view(&self) -> ModelServerView {
        ModelServerView {
            num_requests_running: self.num_running,
            num_requests_waiting: self.waiting.len() as u32,
            kv_cache_usage_perc: kv_cache_usage(self.free_blocks, self.usable_blocks),
            ..ModelServerView::default()
        }
    }
}
