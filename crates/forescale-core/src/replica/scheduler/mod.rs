//! vLLM's V1 scheduler: what each step of an engine computes.
//!
//! Rules of `vllm.v1.core.sched.scheduler.Scheduler` and its asynchronous sibling in vLLM 0.33, for one group of full attention,
//! without speculative decoding and KV connectors. A plain state machine: it has no clock, and it does not know how many batches
//! are in flight. Synchronous scheduling is each [`schedule`](Scheduler::schedule) followed by its
//! [`update_from_output`](Scheduler::update_from_output); asynchronous scheduling lets one more `schedule` come between.

mod output;
#[cfg(test)]
mod properties;
mod request;
mod request_queue;
mod requests;
#[cfg(test)]
mod rules;
mod running;
mod state;
mod update;
mod waiting;

pub use output::{Scheduled, ScheduledAs, SchedulerOutput};
pub use request::{NewRequest, Request};
pub(in crate::replica) use state::{RequestState, SchedulerState};
pub use update::FinishReason;

use super::EngineConfig;
use super::kv_cache::KvCacheManager;
use super::metrics::RequestTimes;
use crate::ids::RequestId;
use forescale_kernel::SimTime;
pub(in crate::replica) use request_queue::{Rank, RequestQueue};
use requests::{RequestKey, Requests};
use waiting::PrefillInterval;

/// Tokens that were looked up in the prefix cache, and those found, by requests at their admission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrefixCacheStats {
    /// `vllm:prefix_cache_queries_total`: tokens of requests admitted for the first time.
    pub queries: u64,
    /// `vllm:prefix_cache_hits_total`: those that were cached.
    pub hits: u64,
    /// Tokens of requests that came back after a preemption; vLLM exports no metric of them.
    pub preempted_queries: u64,
    /// Those that were cached.
    pub preempted_hits: u64,
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The prompt leaves no room for a token.
    #[error("the prompt has {prompt_tokens} tokens, --max-model-len is {max_model_len}")]
    PromptTooLong {
        /// Its length.
        prompt_tokens: u32,
        /// The limit.
        max_model_len: u32,
    },
    /// A prompt without a token.
    #[error("the prompt is empty")]
    EmptyPrompt,
    /// A request of this number is already there.
    #[error("request {} is already there", .0.0)]
    Duplicate(RequestId),
}

/// The scheduler: requests that wait, requests that run, and the KV cache.
#[derive(Clone, Debug)]
pub struct Scheduler {
    config: EngineConfig,
    requests: Requests,
    waiting: RequestQueue<RequestKey>,
    /// In order of admission; never re-sorted.
    running: Vec<RequestKey>,
    kv_cache: KvCacheManager,
    watermark_blocks: u32,
    prefill_interval: PrefillInterval,
    prefix_cache_stats: PrefixCacheStats,
    num_preemptions: u64,
    /// Waiting requests that are passed over while a token of theirs is in flight.
    num_deferred: u32,
    /// Whether a request ended since the last step was scheduled.
    has_finished_requests: bool,
    /// Taken back after their update, for their memory.
    spare_outputs: Vec<SchedulerOutput>,
}

impl Scheduler {
    /// An empty scheduler. A configuration that [`validate`](EngineConfig::validate) refuses may leave requests waiting for ever.
    pub fn new(config: &EngineConfig) -> Self {
        Self {
            requests: Requests::default(),
            waiting: RequestQueue::new(config.policy),
            running: Vec::new(),
            kv_cache: KvCacheManager::new(
                config.num_gpu_blocks,
                config.block_size,
                config.max_model_len,
                config.enable_prefix_caching,
            ),
            watermark_blocks: (config.watermark * f64::from(config.num_gpu_blocks)) as u32,
            prefill_interval: PrefillInterval::new(config.prefill_schedule_interval),
            prefix_cache_stats: PrefixCacheStats::default(),
            num_preemptions: 0,
            num_deferred: 0,
            has_finished_requests: false,
            spare_outputs: Vec::new(),
            config: config.clone(),
        }
    }

    /// The configuration.
    pub fn config(&self) -> &EngineConfig {
        &self.config
    }

    /// Takes a request in. The order of these calls is the order of arrival.
    ///
    /// # Errors
    /// A prompt that vLLM's API server refuses, or a number that is taken.
    pub fn add_request(&mut self, new: &NewRequest) -> Result<(), RequestError> {
        self.add_request_at(new, RequestTimes::default())
    }

    /// The same, with what the engine notes of it.
    pub(in crate::replica) fn add_request_at(
        &mut self,
        new: &NewRequest,
        times: RequestTimes,
    ) -> Result<(), RequestError> {
        let mut request = Request::new(new, &self.config)?;
        if self.kv_cache.caches_prefixes() {
            request.start_chain(self.kv_cache.block_size(), &new.prompt);
        }
        request.times = times;
        let (key, rank) = self.requests.insert(request).ok_or(RequestError::Duplicate(new.id))?;
        self.waiting.add(key, rank);
        Ok(())
    }

    /// The client of a request has gone. Returns whether it was there; what is in flight for it will be dropped.
    pub fn abort(&mut self, id: RequestId) -> bool {
        let Some(key) = self.requests.find(id) else { return false };
        self.finish(key);
        true
    }

    /// Forgets all requests and returns them, running first.
    pub fn abort_all(&mut self) -> Vec<RequestId> {
        let keys: Vec<RequestKey> = self.running.iter().copied().chain(self.waiting.keys()).collect();
        let ids = keys.iter().filter_map(|key| self.requests.get(*key)).map(Request::id).collect();
        self.running.clear();
        self.waiting.clear();
        keys.into_iter().for_each(|key| self.release(key));
        ids
    }

    /// Chooses what the next step computes and takes the blocks for it.
    pub fn schedule(&mut self) -> SchedulerOutput {
        let mut output = self.spare_outputs.pop().unwrap_or_default();
        self.has_finished_requests = false;
        let mut step = Step {
            budget: self.config.max_num_batched_tokens,
            chunk: self.chunk(),
            defers_prefills: self.defers_prefills(),
        };
        self.schedule_running(&mut step, &mut output);
        if output.preempted.is_empty() {
            self.schedule_waiting(&mut step, &mut output);
        }
        self.after_schedule(&mut output);
        output
    }

    /// Whether an engine has to go on: something runs, waits, or has ended since the last step was scheduled.
    pub fn has_requests(&self) -> bool {
        !self.is_empty() || self.has_finished_requests
    }

    /// Whether nothing runs and nothing waits.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// `vllm:num_requests_running`.
    pub fn num_running(&self) -> u32 {
        self.running.len() as u32
    }

    /// `vllm:num_requests_waiting`, preempted ones included.
    pub fn num_waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// `vllm:num_requests_waiting_by_reason{reason="deferred"}`: those of the waiting ones that cannot go on before a token of theirs comes
    /// out, seats or not.
    pub fn num_deferred(&self) -> u32 {
        self.num_deferred
    }

    /// Notes when the requests that a batch admitted for the first time were scheduled.
    pub(in crate::replica) fn note_scheduled(&mut self, output: &SchedulerOutput, now: SimTime) {
        // Admitted ones stand at the end.
        for entry in output.scheduled.iter().rev() {
            match entry.scheduled_as {
                ScheduledAs::Running => return,
                ScheduledAs::Resumed { .. } => {}
                ScheduledAs::New { .. } => {
                    if let Some(request) = self.requests.get_mut(entry.key) {
                        request.times.scheduled = now;
                    }
                }
            }
        }
    }

    /// `vllm:kv_cache_usage_perc`: the share of the usable blocks that requests hold, 0 to 1.
    pub fn kv_cache_usage(&self) -> f64 {
        self.kv_cache.usage()
    }

    /// Blocks that requests hold; a cached block that nobody holds is free.
    pub fn num_used_blocks(&self) -> u32 {
        self.kv_cache.num_used_blocks()
    }

    /// What the prefix cache was asked and what it had.
    pub fn prefix_cache_stats(&self) -> PrefixCacheStats {
        self.prefix_cache_stats
    }

    /// Preemptions so far, when they happen; `vllm:num_preemptions_total` counts one with the victim's next token.
    pub fn num_preemptions(&self) -> u64 {
        self.num_preemptions
    }

    /// The longest chunk of this step.
    fn chunk(&self) -> u32 {
        let known = self.num_running() + self.num_waiting();
        match self.config.long_prefill_token_threshold {
            0 => u32::MAX,
            _ if known <= 1 => u32::MAX,
            threshold if self.config.long_prefill_token_threshold_adaptive => {
                threshold.max(self.config.max_num_batched_tokens / known)
            }
            threshold => threshold,
        }
    }

    /// What is scheduled counts as computed at once, and a request that reaches its end owes a token.
    fn after_schedule(&mut self, output: &mut SchedulerOutput) {
        for entry in &mut output.scheduled {
            let Some(request) = self.requests.get_mut(entry.key) else { continue };
            output.load.add(request.charge(entry.num_tokens));
            entry.samples = !request.is_prefill_chunk;
        }
        self.prefill_interval.count_step(output);
    }

    /// Ends a request wherever it stands.
    fn finish(&mut self, key: RequestKey) {
        let Some(request) = self.requests.get(key) else { return };
        if request.is_running {
            self.running.retain(|other| *other != key);
        } else {
            self.waiting.remove(key, request.rank());
        }
        self.release(key);
    }

    /// Frees the blocks of a request that stands in no queue any more and forgets it.
    fn release(&mut self, key: RequestKey) {
        if let Some(mut request) = self.requests.remove(key) {
            self.num_deferred -= u32::from(request.is_deferred);
            self.kv_cache.free(&mut request.blocks);
            self.has_finished_requests = true;
        }
    }
}

/// What holds for the step that is being scheduled.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Tokens that may still be scheduled.
    budget: u32,
    /// The longest chunk.
    chunk: u32,
    /// Whether prefills have to wait for a later step.
    defers_prefills: bool,
}
