//! The engine's loop without its steps: what many batches do alike is computed at once.
//!
//! While no request is admitted, completes its prompt, ends or is preempted, a batch adds one token to each decoding sequence, so the
//! durations of such batches grow evenly ([`Progression`]), and so do the latencies between tokens; KV blocks are taken by
//! a pattern that repeats with the block size ([`Decoders`]). A batch with prompts in it is computed by its prompts
//! and the sums of the decoders. The cost is that of requests, not of tokens.
//!
//! What it does not do itself is left to the step-by-step engine, from state to state ([`convert`]): preemptions, prefix cache
//! hits, chunks cut by `--long-prefill-token-threshold` and prefills put off by `prefill_schedule_interval`.
//! Both give the same run to the picosecond.

mod coast;
mod convert;
mod decoders;
mod progression;
mod schedule;
mod sequence;
mod token_runs;
mod update;

pub(super) use decoders::blocks_of_run;
pub(super) use progression::Progression;
pub(super) use token_runs::TokenRuns;

use super::scheduler::{PrefixCacheStats, RequestQueue};
use super::{DecodeTime, EngineConfig, Output, Prompt, Shown};
use crate::ids::RequestId;
use coast::Outlook;
use decoders::Decoders;
use forescale_kernel::{SimDuration, SimTime};
use sequence::{Sequence, Sequences, Stage};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Where a sequence is kept.
type Slot = u32;

/// A vLLM engine that goes from change to change.
#[derive(Clone, Debug)]
pub(super) struct FastForward {
    config: EngineConfig,
    /// How many batches may be in flight.
    depth: usize,
    /// Whether prompts are computed as soon and as far as the budget allows.
    admits: bool,
    watermark_blocks: u32,
    sequences: Sequences,
    arrived: u64,
    admitted: u64,
    /// What arrived since the scheduler last looked, in order of arrival.
    input_queue: VecDeque<Slot>,
    aborts: Vec<RequestId>,
    waiting: RequestQueue<Slot>,
    /// Whether the first of the waiting may fit into the next batch; it cannot before something is freed otherwise.
    may_admit: bool,
    num_running: u32,
    /// The last admitted, while its prompt is not complete.
    prefilling: Option<Slot>,
    /// Prompts that batches in flight complete, with the number of the batch.
    completions: VecDeque<(u64, Slot)>,
    decoders: Decoders,
    /// Last batch, admission and slot of those whose last batch is not scheduled; may hold some that are gone.
    last_batches: BinaryHeap<Reverse<(u64, u64, Slot)>>,
    /// Those whose last batch is in flight, with its number.
    ending: VecDeque<(u64, Slot)>,
    /// Sequences that get a token from each batch after their first.
    generating: u32,
    free_blocks: u32,
    usable_blocks: u32,
    /// How many batches were scheduled; the number of the next.
    scheduled: u64,
    /// How many came back.
    returned: u64,
    in_flight: VecDeque<Flight>,
    last_return: SimTime,
    /// Until then the thread is busy with the last batch.
    host_free: SimTime,
    /// Whether the scheduler had nothing to compute; it is asked again when something has changed.
    is_blocked: bool,
    /// When the thread does something next.
    next_instant: Option<SimTime>,
    /// What is known of the time after that, if the next batches are alike.
    outlook: Option<Outlook>,
    /// When the engine must be woken, at the latest.
    next_wake: Option<SimTime>,
    /// The time of all batches on the GPU, those in flight to their ends.
    gpu_busy: SimDuration,
    pub(super) token_runs: TokenRuns,
    /// The last decode line that was asked for, with its number of sequences.
    decode_time: (u64, DecodeTime),
    prefix_cache_stats: PrefixCacheStats,
    num_preemptions: u64,
    /// Steps of the scheduler before batch 0, and the last of them with a prefill; for who goes on step by step.
    prefill_steps: (i64, i64),
}

/// A batch on its way.
#[derive(Clone, Copy, Debug)]
struct Flight {
    begins: SimTime,
    ends: SimTime,
}

/// What the fast engine leaves to the step-by-step one: the scheduler has to look at each request, at this instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct NeedsSteps {
    pub(super) at: SimTime,
}

impl FastForward {
    pub(super) fn new(config: &EngineConfig) -> Self {
        let usable_blocks = config.num_gpu_blocks.saturating_sub(1);
        Self {
            depth: if config.async_scheduling { 2 } else { 1 },
            admits: config.long_prefill_token_threshold == 0 && config.prefill_schedule_interval <= 1,
            watermark_blocks: (config.watermark * f64::from(config.num_gpu_blocks)) as u32,
            sequences: Sequences::default(),
            arrived: 0,
            admitted: 0,
            input_queue: VecDeque::new(),
            aborts: Vec::new(),
            waiting: RequestQueue::new(config.policy),
            may_admit: false,
            num_running: 0,
            prefilling: None,
            completions: VecDeque::new(),
            decoders: Decoders::new(config.block_size),
            last_batches: BinaryHeap::new(),
            ending: VecDeque::new(),
            generating: 0,
            free_blocks: usable_blocks,
            usable_blocks,
            scheduled: 0,
            returned: 0,
            in_flight: VecDeque::new(),
            last_return: SimTime::ZERO,
            host_free: SimTime::ZERO,
            is_blocked: false,
            next_instant: None,
            outlook: None,
            next_wake: None,
            gpu_busy: SimDuration::ZERO,
            token_runs: TokenRuns::default(),
            decode_time: (u64::MAX, DecodeTime::default()),
            prefix_cache_stats: PrefixCacheStats::default(),
            num_preemptions: 0,
            prefill_steps: (0, -i64::from(config.prefill_schedule_interval)),
            config: config.clone(),
        }
    }

    /// Takes a request whose prompt fits the model length; no wake is overdue.
    pub(super) fn submit(&mut self, now: SimTime, prompt: &Prompt) -> Result<(), NeedsSteps> {
        let slot = self.sequences.insert(Sequence::new(prompt, self.arrived, now));
        self.arrived += 1;
        self.input_queue.push_back(slot);
        if self.next_instant.is_some() {
            self.expect_input(now);
            return Ok(());
        }
        let done = self.go_on(now);
        self.look_ahead();
        done
    }

    /// The client of a request has gone; what is computed for it in flight is lost.
    pub(super) fn abort(
        &mut self,
        now: SimTime,
        id: RequestId,
        shown: &mut Shown<'_>,
    ) -> Result<(), NeedsSteps> {
        let is_new = |slot: &Slot| self.sequences.get(*slot).is_some_and(|sequence| sequence.id == id);
        if let Some(place) = self.input_queue.iter().position(is_new)
            && let Some(slot) = self.input_queue.remove(place)
        {
            self.sequences.remove(slot);
        }
        self.aborts.push(id);
        let mut done = Ok(());
        if self.next_instant.is_none() {
            self.apply_aborts();
            self.show(now, shown);
            done = self.go_on(now);
        }
        self.look_ahead();
        done
    }

    /// Does all that is due at or before `until`.
    pub(super) fn settle(
        &mut self,
        until: SimTime,
        shown: &mut Shown<'_>,
        out: &mut Vec<Output>,
    ) -> Result<(), NeedsSteps> {
        while let Some(at) = self.next_instant.filter(|at| *at <= until) {
            if !self.coast(until, shown) {
                let done = self.step(at, shown, out);
                self.look_ahead();
                done?;
            }
        }
        Ok(())
    }

    /// When the engine must be woken, at the latest.
    pub(super) fn next_wake(&self) -> Option<SimTime> {
        self.next_wake
    }

    /// Drops everything; returns what ran, then what waited, then what had just arrived.
    pub(super) fn abort_all(&mut self, now: SimTime, shown: &mut Shown<'_>) -> Vec<RequestId> {
        let mut running: Vec<&Sequence> = self
            .sequences
            .iter()
            .map(|(_, sequence)| sequence)
            .filter(|sequence| sequence.stage != Stage::Waiting)
            .collect();
        running.sort_unstable_by_key(|sequence| sequence.admission);
        let queued = self.waiting.keys().chain(self.input_queue.iter().copied());
        let queued = queued.filter_map(|slot| self.sequences.get(slot));
        let lost = running.into_iter().chain(queued).map(|sequence| sequence.id).collect();
        let busy = self.gpu_busy_at(now);
        let token_runs = std::mem::take(&mut self.token_runs);
        let (stats, preemptions) = (self.prefix_cache_stats, self.num_preemptions);
        *self = Self::new(&self.config);
        (self.gpu_busy, self.token_runs) = (busy, token_runs);
        (self.prefix_cache_stats, self.num_preemptions) = (stats, preemptions);
        self.show(now, shown);
        lost
    }

    pub(super) fn is_idle(&self) -> bool {
        self.num_running == 0 && self.waiting.is_empty() && self.input_queue.is_empty()
    }

    /// How long the GPU has computed until `at`, which is not before the last thing that was done.
    pub(super) fn gpu_busy_at(&self, at: SimTime) -> SimDuration {
        let to_come = |flight: &Flight| flight.ends.since(flight.begins.max(at));
        self.gpu_busy.saturating_sub(self.in_flight.iter().map(to_come).sum())
    }

    /// What the thread does at `at`: it takes in the batch that is due, and schedules what comes next.
    fn step(&mut self, at: SimTime, shown: &mut Shown<'_>, out: &mut Vec<Output>) -> Result<(), NeedsSteps> {
        if (self.is_blocked || self.in_flight.len() >= self.depth) && self.in_flight.pop_front().is_some() {
            if !self.aborts.is_empty() {
                self.apply_aborts();
            }
            self.take_in(at, shown.metrics, out);
            self.show(at, shown);
            self.is_blocked = false;
        }
        self.go_on(at)
    }

    /// Fills the GPU's queue as far as the thread is free, then says when the next thing happens.
    fn go_on(&mut self, now: SimTime) -> Result<(), NeedsSteps> {
        if self.in_flight.is_empty() {
            self.is_blocked = false;
        }
        while self.in_flight.len() < self.depth && !self.is_blocked {
            if self.host_free > now {
                self.next_instant = Some(self.host_free);
                return Ok(());
            }
            self.schedule(now)?;
        }
        self.next_instant = self.in_flight.front().map(|flight| flight.ends.max(self.host_free));
        Ok(())
    }

    fn show(&mut self, now: SimTime, shown: &mut Shown<'_>) {
        shown.metrics.scheduler_stats(self.prefix_cache_stats, 0);
        shown.history.push(now, self.view());
    }

    fn blocks_for(&self, tokens: u32) -> u32 {
        tokens.min(self.config.max_model_len).div_ceil(self.config.block_size.max(1))
    }
}
