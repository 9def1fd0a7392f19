//! Waiting requests: who is admitted with the rest of a step.

use super::requests::RequestKey;
use super::{Scheduled, ScheduledAs, Scheduler, SchedulerOutput, Step};
use crate::replica::kv_cache::Hit;

impl Scheduler {
    /// Waiting requests in their order, up to the first that does not fit: nobody passes it.
    pub(super) fn schedule_waiting(&mut self, step: &mut Step, output: &mut SchedulerOutput) {
        // A preempted request whose last token is still in flight cannot go on yet; those behind it may pass.
        let mut skipped = 0;
        let seats = self.config.max_num_active_seqs.unwrap_or(self.config.max_num_seqs);
        while step.budget > 0
            && self.num_running() < seats
            && let Some(key) = self.waiting.nth(skipped)
        {
            let Some(request) = self.requests.get_mut(key) else { break };
            if request.num_output_placeholders > 0 {
                self.num_deferred += u32::from(!std::mem::replace(&mut request.is_deferred, true));
                skipped += 1;
                continue;
            }
            let rank = request.rank();
            let Some((hit, num_tokens)) = self.fits(key, step) else { break };
            self.waiting.remove_nth(skipped, rank);
            self.admit(key, hit, num_tokens, output);
            step.budget -= num_tokens;
        }
        if !step.defers_prefills {
            self.prefill_interval.capacity_bound = !self.waiting.is_empty();
        }
    }

    /// What of a waiting request is cached and what it would compute now; `None` where it has to wait.
    fn fits(&self, key: RequestKey, step: &Step) -> Option<(Hit, u32)> {
        let request = self.requests.get(key)?;
        let hit = match &request.chain {
            Some(chain) => self.kv_cache.find_longest_hit(chain, request.num_tokens),
            None => Hit::default(),
        };
        let cached = hit.blocks * self.kv_cache.block_size();
        let missing = request.num_tokens - cached;
        if step.defers_prefills && missing > 1 {
            return None;
        }
        let wanted = missing.min(step.chunk);
        if !self.config.enable_chunked_prefill && wanted > step.budget {
            return None;
        }
        let num_tokens = wanted.min(step.budget);
        let now = self.kv_cache.blocks_for(cached + num_tokens);
        let needed = match self.config.scheduler_reserve_full_isl {
            true => self.kv_cache.blocks_for(request.num_tokens).max(now),
            false => now,
        };
        let reserve = if self.running.is_empty() { 0 } else { self.watermark_blocks };
        // Cached blocks that nobody holds are among the free ones and leave them too.
        let leaving = (needed.saturating_sub(hit.blocks)).saturating_add(hit.unreferenced);
        (leaving.saturating_add(reserve) <= self.kv_cache.num_free_blocks()).then_some((hit, num_tokens))
    }

    /// Lets a request that has left the waiting ones run.
    fn admit(&mut self, key: RequestKey, hit: Hit, num_tokens: u32, output: &mut SchedulerOutput) {
        let cached = hit.blocks * self.kv_cache.block_size();
        let Some(request) = self.requests.get_mut(key) else { return };
        request.is_running = true;
        request.num_computed_tokens = cached;
        self.num_deferred -= u32::from(std::mem::take(&mut request.is_deferred));
        if request.num_preemptions == 0 {
            request.num_cached_tokens = cached;
        }
        let stats = &mut self.prefix_cache_stats;
        let (queries, hits, scheduled_as) = match request.num_preemptions {
            0 => (&mut stats.queries, &mut stats.hits, ScheduledAs::New { num_cached_tokens: cached }),
            _ => (
                &mut stats.preempted_queries,
                &mut stats.preempted_hits,
                ScheduledAs::Resumed { num_cached_tokens: cached },
            ),
        };
        if let Some(chain) = &request.chain {
            *queries += u64::from(request.num_tokens);
            *hits += u64::from(cached);
            self.kv_cache.take_hit(&mut request.blocks, chain, hit);
        }
        let computed = cached + num_tokens;
        // Cannot fail: that many blocks were found free.
        self.kv_cache.allocate(&mut request.blocks, computed);
        if let Some(chain) = &request.chain {
            self.kv_cache.cache_blocks(&mut request.blocks, chain, computed.min(request.num_tokens));
        }
        output.has_prefill |= request.num_tokens - cached > 1;
        output.scheduled.push(Scheduled { id: request.id(), num_tokens, scheduled_as, key, samples: false });
        self.running.push(key);
    }

    /// Whether prefills wait for a later step: while somebody decodes and everybody who waited was admitted, they run only every
    /// `prefill_schedule_interval` steps.
    pub(super) fn defers_prefills(&self) -> bool {
        let decodes =
            |key: &RequestKey| self.requests.get(*key).is_some_and(|request| !request.is_prefill_chunk);
        self.prefill_interval.is_early() && self.running.iter().any(decodes)
    }
}

/// When prefills ran, for `prefill_schedule_interval`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PrefillInterval {
    interval: i64,
    /// Steps that computed something.
    executed_steps: i64,
    /// The number of the last of them that ran a prefill.
    last_prefill_step: i64,
    /// Whether the last full scan left somebody waiting.
    pub(super) capacity_bound: bool,
}

impl PrefillInterval {
    pub(super) fn new(interval: u32) -> Self {
        let interval = i64::from(interval);
        Self { interval, executed_steps: 0, last_prefill_step: -interval, capacity_bound: false }
    }

    /// Steps that computed something, and the number of the last of them that ran a prefill.
    pub(super) fn steps(&self) -> (i64, i64) {
        (self.executed_steps, self.last_prefill_step)
    }

    pub(super) fn set_steps(&mut self, (executed, last_prefill): (i64, i64)) {
        (self.executed_steps, self.last_prefill_step) = (executed, last_prefill);
    }

    fn is_early(&self) -> bool {
        self.interval > 1
            && !self.capacity_bound
            && self.executed_steps + 1 - self.last_prefill_step < self.interval
    }

    pub(super) fn count_step(&mut self, output: &SchedulerOutput) {
        if !output.is_empty() {
            self.executed_steps += 1;
            if output.has_prefill {
                self.last_prefill_step = self.executed_steps;
            }
        }
    }
}
