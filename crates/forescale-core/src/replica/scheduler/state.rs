//! The scheduler's state in the plain words that another engine understands.

use super::request::Request;
use super::requests::RequestKey;
use super::{PrefixCacheStats, Scheduled, ScheduledAs, Scheduler, SchedulerOutput};
use crate::content::{Segment, TokenStream};
use crate::ids::RequestId;
use crate::replica::EngineConfig;
use crate::replica::metrics::RequestTimes;

/// A request inside the scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::replica) struct RequestState {
    pub(in crate::replica) id: RequestId,
    pub(in crate::replica) prompt_tokens: u32,
    /// Prompt and `max_tokens`.
    pub(in crate::replica) max_total_tokens: u32,
    /// Prompt and the output up to the stop token; `u32::MAX` where there is none.
    pub(in crate::replica) stop_total_tokens: u32,
    pub(in crate::replica) priority: i32,
    /// How many arrived before.
    pub(in crate::replica) serial: u64,
    pub(in crate::replica) num_tokens: u32,
    pub(in crate::replica) num_computed_tokens: u32,
    pub(in crate::replica) num_output_placeholders: u32,
    /// Whether its last batch left known tokens uncomputed.
    pub(in crate::replica) is_prefill_chunk: bool,
    pub(in crate::replica) num_preemptions: u32,
    pub(in crate::replica) untold_preemptions: u32,
    /// Prompt tokens that were cached at the first admission.
    pub(in crate::replica) num_cached_tokens: u32,
    pub(in crate::replica) times: RequestTimes,
    /// The tokens whose full blocks others could find.
    pub(in crate::replica) hashed_tokens: u32,
}

/// All requests of a scheduler, and what it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::replica) struct SchedulerState {
    /// In order of admission.
    pub(in crate::replica) running: Vec<RequestState>,
    /// In the order in which they are tried.
    pub(in crate::replica) waiting: Vec<RequestState>,
    /// How many arrived.
    pub(in crate::replica) arrived: u64,
    pub(in crate::replica) prefix_cache_stats: PrefixCacheStats,
    pub(in crate::replica) num_preemptions: u64,
    /// Steps that computed something, and the number of the last of them that ran a prefill.
    pub(in crate::replica) prefill_steps: (i64, i64),
}

impl Scheduler {
    /// A scheduler in this state. Each request has its prompt for itself: cached blocks are those of requests that run.
    pub(in crate::replica) fn restore(config: &EngineConfig, state: &SchedulerState) -> Self {
        let mut scheduler = Self::new(config);
        for request in &state.running {
            if let Some(key) = scheduler.restore_request(request, true) {
                scheduler.running.push(key);
            }
        }
        for request in &state.waiting {
            if let Some(key) = scheduler.restore_request(request, false) {
                scheduler.waiting.add(key, (request.priority, request.serial));
            }
        }
        scheduler.requests.set_arrived(state.arrived);
        scheduler.prefix_cache_stats = state.prefix_cache_stats;
        scheduler.num_preemptions = state.num_preemptions;
        scheduler.prefill_interval.set_steps(state.prefill_steps);
        scheduler
    }

    /// The state as [`restore`](Self::restore) takes it. What is cached of requests that are gone is not in it.
    pub(in crate::replica) fn state(&self) -> SchedulerState {
        let of = |key: RequestKey| self.requests.get(key).map(|request| self.request_state(request));
        SchedulerState {
            running: self.running.iter().filter_map(|key| of(*key)).collect(),
            waiting: self.waiting.keys().filter_map(of).collect(),
            arrived: self.requests.arrived(),
            prefix_cache_stats: self.prefix_cache_stats,
            num_preemptions: self.num_preemptions,
            prefill_steps: self.prefill_interval.steps(),
        }
    }

    /// A batch in flight that samples a token for each of these.
    pub(in crate::replica) fn restore_output(&self, ids: impl Iterator<Item = RequestId>) -> SchedulerOutput {
        let entry = |id| {
            let key = self.requests.find(id)?;
            Some(Scheduled { id, num_tokens: 1, scheduled_as: ScheduledAs::Running, key, samples: true })
        };
        SchedulerOutput { scheduled: ids.filter_map(entry).collect(), ..SchedulerOutput::default() }
    }

    /// For which of the requests that are still there a batch in flight samples a token.
    pub(in crate::replica) fn sampled<'a>(
        &'a self,
        output: &'a SchedulerOutput,
    ) -> impl Iterator<Item = RequestId> + 'a {
        let sampled = output.scheduled.iter().filter(|entry| entry.samples);
        sampled.filter(|entry| self.requests.get(entry.key).is_some()).map(|entry| entry.id)
    }

    fn restore_request(&mut self, state: &RequestState, is_running: bool) -> Option<RequestKey> {
        let mut request = Request::restore(state, is_running);
        let output = state.num_tokens - state.prompt_tokens;
        if self.kv_cache.caches_prefixes() {
            let prompt =
                Segment { stream: TokenStream::Prompt(state.id), start: 0, len: state.prompt_tokens };
            let output = Segment { stream: TokenStream::Output(state.id), start: 0, len: output };
            request.start_chain(self.kv_cache.block_size(), &[prompt, output]);
        }
        self.kv_cache.allocate(&mut request.blocks, state.num_computed_tokens);
        if let Some(chain) = &request.chain {
            self.kv_cache.cache_blocks(&mut request.blocks, chain, state.hashed_tokens);
        }
        self.requests.place(request).map(|(key, _)| key)
    }

    fn request_state(&self, request: &Request) -> RequestState {
        let hashed = request.blocks.hashed().saturating_mul(self.config.block_size);
        RequestState { hashed_tokens: hashed, ..request.state() }
    }
}
