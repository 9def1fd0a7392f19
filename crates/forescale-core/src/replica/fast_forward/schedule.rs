//! One batch: the decoding sequences as a sum, and the prompts one by one.

use super::{FastForward, Flight, NeedsSteps, Reverse, Slot, Stage};
use crate::replica::{DecodeTime, StepLoad};
use forescale_kernel::{SimDuration, SimTime};

impl FastForward {
    /// Chooses the next batch and sends it off.
    pub(super) fn schedule(&mut self, now: SimTime) -> Result<(), NeedsSteps> {
        self.take_inputs(now);
        if !self.aborts.is_empty() {
            self.apply_aborts();
        }
        let needs_steps = NeedsSteps { at: now };
        let batch = self.scheduled;
        let decodes = self.decoders.count();
        let mut budget = self.config.max_num_batched_tokens.checked_sub(decodes).ok_or(needs_steps)?;
        let blocks = self.decoders.blocks(batch);
        let (chunk, chunk_blocks) = self.chunk(budget);
        let is_short = blocks.saturating_add(chunk_blocks) > self.free_blocks;
        if is_short || !self.admits && !self.waiting.is_empty() {
            return Err(needs_steps);
        }
        let decode_context = self.decoders.context(batch);
        let mut load = StepLoad::decode(decodes.into(), decode_context);
        self.free_blocks -= blocks + chunk_blocks;
        if chunk > 0
            && let Some(slot) = self.prefilling
        {
            budget -= chunk;
            load.add(self.compute(slot, chunk, batch));
        }
        self.admit(now, &mut budget, &mut load);
        if load == StepLoad::default() {
            self.is_blocked = true;
            return Ok(());
        }
        self.send(now, &load);
        self.settle_members(batch);
        Ok(())
    }

    /// The tokens of the prompt in progress that fit, and the blocks that they take.
    fn chunk(&self, budget: u32) -> (u32, u32) {
        let sequence = self.prefilling.and_then(|slot| self.sequences.get(slot));
        sequence.map_or((0, 0), |sequence| {
            let tokens = (sequence.known - sequence.computed).min(budget);
            (tokens, self.blocks_for(sequence.computed + tokens) - self.blocks_for(sequence.computed))
        })
    }

    /// Waiting requests in their order, up to the first that does not fit: nobody passes it.
    fn admit(&mut self, now: SimTime, budget: &mut u32, load: &mut StepLoad) {
        let seats = self.config.max_num_active_seqs.unwrap_or(self.config.max_num_seqs);
        while *budget > 0
            && self.num_running < seats
            && let Some(slot) = self.waiting.nth(0)
            && let Some(tokens) = self.fits(slot, *budget)
        {
            let blocks = self.blocks_for(tokens);
            let Some(sequence) = self.sequences.get_mut(slot) else { break };
            self.waiting.remove_nth(0, sequence.rank());
            sequence.stage = Stage::Prefilling;
            sequence.admission = self.admitted;
            if sequence.num_preemptions == 0 {
                sequence.times.scheduled = now;
                if self.config.enable_prefix_caching {
                    self.prefix_cache_stats.queries += u64::from(sequence.known);
                }
            }
            self.admitted += 1;
            self.num_running += 1;
            self.free_blocks -= blocks;
            self.prefilling = Some(slot);
            *budget -= tokens;
            load.add(self.compute(slot, tokens, self.scheduled));
        }
        // Without a prompt in the batch, whoever waits now does so until something is freed.
        let has_prompt = load.prefill_tokens > 0 || load.decode_seqs > self.decoders.count().into();
        self.may_admit = !self.waiting.is_empty() && has_prompt;
    }

    /// What a waiting request would compute now; `None` where it has to wait.
    fn fits(&self, slot: Slot, budget: u32) -> Option<u32> {
        let known = self.sequences.get(slot)?.known;
        if !self.config.enable_chunked_prefill && known > budget {
            return None;
        }
        let tokens = known.min(budget);
        let whole = if self.config.scheduler_reserve_full_isl { known } else { tokens };
        let reserve = if self.num_running == 0 { 0 } else { self.watermark_blocks };
        (self.blocks_for(whole).saturating_add(reserve) <= self.free_blocks).then_some(tokens)
    }

    /// So many tokens of the prompt in progress are computed by `batch`; returns what that costs.
    fn compute(&mut self, slot: Slot, tokens: u32, batch: u64) -> StepLoad {
        let Some(sequence) = self.sequences.get_mut(slot) else { return StepLoad::default() };
        let before = sequence.computed;
        sequence.computed += tokens;
        if sequence.computed == sequence.known {
            sequence.first_batch = batch;
            let to_come = sequence.total(self.config.max_model_len).saturating_sub(sequence.known).max(1);
            sequence.last_batch = batch + u64::from(to_come) - 1;
            sequence.stage = Stage::Decoding { is_in_next_batch: true, has_token: false };
            self.decoders.add(sequence.offset());
            self.completions.push_back((batch, slot));
            self.last_batches.push(Reverse((sequence.last_batch, sequence.admission, slot)));
            self.prefilling = None;
        }
        if tokens == 1 && sequence.has_output() && sequence.computed == sequence.known {
            StepLoad::of_decode(before)
        } else {
            StepLoad::prefill(before, tokens)
        }
    }

    /// The batch goes to the GPU.
    fn send(&mut self, now: SimTime, load: &StepLoad) {
        self.host_free = now + self.config.step_time.host(load);
        let begins = self.in_flight.back().map_or(self.host_free, |flight| flight.ends.max(self.host_free));
        let alike = (load.prefill_tokens == 0).then(|| self.decode_ps(load.decode_seqs, load.decode_context));
        let gpu = alike.flatten().unwrap_or_else(|| self.config.step_time.of(load));
        let ends = begins + gpu;
        self.gpu_busy += ends.since(begins);
        self.in_flight.push_back(Flight { begins, ends });
        self.scheduled += 1;
    }

    /// What a batch of decodes computes, by the line of so many sequences; `None` where that is beyond any use.
    fn decode_ps(&mut self, sequences: u64, context: u64) -> Option<SimDuration> {
        let ps = self.decode_time(sequences).ps_within(context)?;
        (ps > 0).then(|| SimDuration::from_ps(ps))
    }

    /// The line of so many sequences, which is mostly the one that was asked for last.
    pub(super) fn decode_time(&mut self, sequences: u64) -> DecodeTime {
        if self.decode_time.0 != sequences {
            self.decode_time = (sequences, self.config.step_time.decode(sequences));
        }
        self.decode_time.1
    }

    /// Those whose last token comes from `batch` are not in the next one, unless nobody can know that yet.
    pub(super) fn settle_members(&mut self, batch: u64) {
        while let Some(&Reverse((last, admission, slot))) = self.last_batches.peek()
            && last <= batch
        {
            self.last_batches.pop();
            let Some(sequence) = self.sequences.get_mut(slot).filter(|seq| seq.admission == admission) else {
                continue;
            };
            self.ending.push_back((last, slot));
            let is_known = self.depth == 1 || sequence.is_foreseen(self.config.max_model_len);
            if is_known && let Stage::Decoding { is_in_next_batch, .. } = &mut sequence.stage {
                *is_in_next_batch = false;
                self.decoders.remove(sequence.offset());
            }
        }
    }

    fn take_inputs(&mut self, now: SimTime) {
        // Whoever arrives at the end of a batch has missed it; only an idle thread looks up at once.
        let is_idle = self.next_instant.is_none();
        while let Some(&slot) = self.input_queue.front()
            && let Some(sequence) = self.sequences.get_mut(slot)
            && (is_idle || sequence.times.arrived < now)
        {
            self.input_queue.pop_front();
            sequence.times.queued = now;
            self.waiting.add(slot, sequence.rank());
        }
    }

    pub(super) fn apply_aborts(&mut self) {
        while let Some(id) = self.aborts.pop() {
            let found = self.sequences.iter().find(|(_, sequence)| sequence.id == id);
            let Some((slot, sequence)) = found else { continue };
            if sequence.stage == Stage::Waiting {
                self.waiting.remove(slot, sequence.rank());
                self.sequences.remove(slot);
                self.may_admit = true;
            } else {
                if self.prefilling == Some(slot) {
                    self.prefilling = None;
                }
                self.completions.retain(|(_, other)| *other != slot);
                self.ending.retain(|(_, other)| *other != slot);
                self.release(slot);
            }
        }
    }
}
