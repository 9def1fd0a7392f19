//! What comes out of a batch.

use super::{FastForward, Output, Sequence, Slot, Stage};
use crate::replica::kv_cache::kv_cache_usage;
use crate::replica::metrics::EngineMetrics;
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};

/// A step that is taken in, and what metrics are told of it.
struct Step<'a> {
    now: SimTime,
    metrics: &'a mut EngineMetrics,
    /// Prompts of requests that get their first token.
    prompt_tokens: u64,
    generation_tokens: u64,
}

impl FastForward {
    /// A batch was computed: who decodes gets a token, who is at its end goes, and prompts that it completed get their first.
    pub(super) fn take_in(&mut self, now: SimTime, metrics: &mut EngineMetrics, out: &mut Vec<Output>) {
        let batch = self.returned;
        let mut step = Step { now, metrics, prompt_tokens: 0, generation_tokens: self.generating.into() };
        self.tell_interval(now.since(self.last_return), self.generating, step.metrics);
        while let Some(&(last, slot)) = self.ending.front()
            && last == batch
            && self.sequences.get(slot).is_some_and(Sequence::has_token)
        {
            self.ending.pop_front();
            self.finish(slot, &mut step, out);
        }
        while let Some(&(completed, slot)) = self.completions.front()
            && completed == batch
        {
            self.completions.pop_front();
            self.first_token(slot, &mut step, out);
            if self.ending.front() == Some(&(batch, slot)) {
                self.ending.pop_front();
                self.finish(slot, &mut step, out);
            }
        }
        if step.generation_tokens > 0 {
            step.metrics.iteration(step.prompt_tokens, step.generation_tokens);
        }
        self.returned += 1;
        self.last_return = now;
    }

    /// The first token since its admission.
    fn first_token(&mut self, slot: Slot, step: &mut Step<'_>, out: &mut Vec<Output>) {
        let Some(sequence) = self.sequences.get_mut(slot) else { return };
        step.generation_tokens += 1;
        step.metrics.preempted(std::mem::take(&mut sequence.untold_preemptions));
        let interval = sequence.has_output().then(|| step.now.since(sequence.times.last_token));
        if interval.is_none() {
            sequence.times.first_token = step.now;
            let (prompt, cached) = (sequence.prompt_tokens, sequence.num_cached_tokens);
            step.metrics.first_token(&sequence.times, prompt, cached);
            step.prompt_tokens += u64::from(prompt.saturating_sub(cached));
            out.push(Output::FirstToken { request: sequence.id });
        }
        if let Stage::Decoding { has_token, .. } = &mut sequence.stage {
            *has_token = true;
        }
        self.generating += 1;
        if let Some(interval) = interval {
            self.tell_interval(interval, 1, step.metrics);
        }
    }

    /// So many sequences waited so long for a token.
    pub(super) fn tell_interval(
        &mut self,
        interval: SimDuration,
        sequences: u32,
        metrics: &mut EngineMetrics,
    ) {
        if sequences > 0 {
            metrics.inter_token(interval, sequences.into());
            self.token_runs.push(interval, sequences);
        }
    }

    fn finish(&mut self, slot: Slot, step: &mut Step<'_>, out: &mut Vec<Output>) {
        if let Some(sequence) = self.sequences.get(slot) {
            step.metrics.finished(&sequence.finished(step.now, self.config.max_model_len));
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
        }
    }
}
