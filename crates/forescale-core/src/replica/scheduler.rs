//! vLLM's V1 scheduler, synchronous, first come first served, without prefix caching.
//!
//! Rules of `vllm.v1.core.sched.scheduler.Scheduler` in vLLM 0.33. Without prefix caching the identity of blocks has no effect,
//! so blocks are counts.

use super::EngineConfig;
use super::sequence::Sequence;
use super::step_time::StepLoad;
use std::collections::VecDeque;

/// The scheduler's two queues and its block pool.
#[derive(Clone, Debug)]
pub(super) struct Scheduler {
    config: EngineConfig,
    waiting: VecDeque<Sequence>,
    /// In order of admission; never re-sorted.
    running: Vec<Sequence>,
    free_blocks: u32,
    watermark_blocks: u32,
}

impl Scheduler {
    pub(super) fn new(config: &EngineConfig) -> Self {
        Self {
            free_blocks: config.num_gpu_blocks.saturating_sub(1),
            watermark_blocks: (config.watermark * f64::from(config.num_gpu_blocks)) as u32,
            config: config.clone(),
            waiting: VecDeque::new(),
            running: Vec::new(),
        }
    }

    pub(super) fn config(&self) -> &EngineConfig {
        &self.config
    }

    pub(super) fn add(&mut self, sequence: Sequence) {
        self.waiting.push_back(sequence);
    }

    pub(super) fn num_running(&self) -> u32 {
        self.running.len() as u32
    }

    pub(super) fn num_waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// Share of the usable blocks that are taken, 0 to 1.
    pub(super) fn kv_cache_usage(&self) -> f64 {
        let usable = self.config.num_gpu_blocks.saturating_sub(1).max(1);
        1.0 - f64::from(self.free_blocks) / f64::from(usable)
    }

    /// Chooses what the next step computes and takes the blocks for it.
    pub(super) fn schedule(&mut self) -> StepLoad {
        let mut load = StepLoad::default();
        let mut budget = self.config.max_num_batched_tokens;
        let alone = self.running.len() + self.waiting.len() <= 1;
        let chunk = match self.config.long_prefill_token_threshold {
            0 => u32::MAX,
            _ if alone => u32::MAX,
            threshold => threshold,
        };
        let preempted = self.schedule_running(&mut budget, chunk, &mut load);
        if !preempted {
            self.schedule_waiting(&mut budget, chunk, &mut load);
        }
        load
    }

    /// Running sequences first, in order, while tokens are left. Returns whether one was preempted.
    fn schedule_running(&mut self, budget: &mut u32, chunk: u32, load: &mut StepLoad) -> bool {
        let mut preempted = false;
        let mut next = 0;
        while let Some(sequence) = self.running.get(next) {
            let last_computable = self.config.max_model_len.saturating_sub(1);
            let tokens = (sequence.num_tokens - sequence.num_computed_tokens)
                .min(chunk)
                .min(*budget)
                .min(last_computable.saturating_sub(sequence.num_computed_tokens));
            let blocks =
                self.blocks_for(sequence.num_computed_tokens + tokens).saturating_sub(sequence.blocks);
            // The last of the queue makes room, down to the sequence itself.
            while blocks > self.free_blocks && self.running.len() > next {
                preempted = true;
                self.preempt_last();
            }
            let Some(sequence) = self.running.get_mut(next) else { break };
            self.free_blocks -= blocks;
            sequence.blocks += blocks;
            *budget -= tokens;
            charge(sequence, tokens, load);
            next += 1;
        }
        preempted
    }

    /// Then waiting ones from the head, until the first that does not fit.
    fn schedule_waiting(&mut self, budget: &mut u32, chunk: u32, load: &mut StepLoad) {
        while *budget > 0 && self.num_running() < self.config.max_num_seqs {
            let Some(head) = self.waiting.front() else { return };
            let wanted = (head.num_tokens - head.num_computed_tokens).min(chunk);
            if !self.config.enable_chunked_prefill && wanted > *budget {
                return;
            }
            let tokens = wanted.min(*budget);
            let reserve = if self.running.is_empty() { 0 } else { self.watermark_blocks };
            let blocks = self.blocks_for(head.num_computed_tokens + tokens);
            let gate = match self.config.scheduler_reserve_full_isl {
                true => self.blocks_for(head.num_tokens).max(blocks),
                false => blocks,
            };
            if gate.saturating_add(reserve) > self.free_blocks {
                return;
            }
            let Some(mut head) = self.waiting.pop_front() else { return };
            self.free_blocks -= blocks;
            head.blocks = blocks;
            *budget -= tokens;
            charge(&mut head, tokens, load);
            self.running.push(head);
        }
    }

    /// Takes all blocks from the last running sequence and puts it before all that wait; its output is kept.
    fn preempt_last(&mut self) {
        if let Some(mut victim) = self.running.pop() {
            self.free_blocks += victim.blocks;
            victim.blocks = 0;
            victim.num_computed_tokens = 0;
            victim.scheduled = 0;
            victim.untold_preemptions += 1;
            self.waiting.push_front(victim);
        }
    }

    /// Gives each sequence whose known tokens are all computed its next token, in schedule order, and lets the ended go.
    ///
    /// `on_token` sees the sequence with the token counted, and whether that was its last.
    pub(super) fn update(&mut self, mut on_token: impl FnMut(&mut Sequence, bool)) {
        let free_blocks = &mut self.free_blocks;
        self.running.retain_mut(|sequence| {
            let scheduled = std::mem::take(&mut sequence.scheduled) > 0;
            if !scheduled || sequence.num_computed_tokens < sequence.num_tokens {
                return true;
            }
            sequence.num_tokens += 1;
            let ended = sequence.num_tokens >= sequence.final_tokens;
            on_token(sequence, ended);
            if ended {
                *free_blocks += sequence.blocks;
            }
            !ended
        });
    }

    /// Forgets everything and returns what was there, running first.
    pub(super) fn abort_all(&mut self) -> impl Iterator<Item = Sequence> + use<'_> {
        self.free_blocks = self.config.num_gpu_blocks.saturating_sub(1);
        self.running.drain(..).chain(self.waiting.drain(..))
    }

    fn blocks_for(&self, tokens: u32) -> u32 {
        tokens.min(self.config.max_model_len).div_ceil(self.config.block_size)
    }

    /// The running sequences, for checks.
    #[cfg(test)]
    pub(super) fn running(&self) -> &[Sequence] {
        &self.running
    }

    /// The waiting sequences, for checks.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Sequence> {
        self.waiting.iter()
    }

    /// Blocks taken, for checks.
    #[cfg(test)]
    pub(super) fn used_blocks(&self) -> u32 {
        self.config.num_gpu_blocks - 1 - self.free_blocks
    }
}

/// Books `tokens` of a sequence into the step.
fn charge(sequence: &mut Sequence, tokens: u32, load: &mut StepLoad) {
    let before = u64::from(sequence.num_computed_tokens);
    sequence.scheduled = tokens;
    sequence.num_computed_tokens += tokens;
    let decodes = tokens == 1 && sequence.has_output() && sequence.num_computed_tokens == sequence.num_tokens;
    if decodes {
        load.decode_seqs += 1;
        load.decode_context += before + 1;
    } else {
        let tokens = u64::from(tokens);
        load.prefill_tokens += tokens;
        load.prefill_half_pairs += tokens * (2 * before + tokens);
    }
}
