//! Running requests: the first share of a step, and who makes room for whom.

use super::requests::RequestKey;
use super::{Scheduled, ScheduledAs, Scheduler, SchedulerOutput, Step};
use crate::replica::SchedulingPolicy;

impl Scheduler {
    /// Running requests in their order, while tokens are left.
    pub(super) fn schedule_running(&mut self, step: &mut Step, output: &mut SchedulerOutput) {
        let mut next = 0;
        while step.budget > 0
            && let Some(&key) = self.running.get(next)
        {
            let num_tokens = self.tokens_of_running(key, step);
            if num_tokens == 0 {
                next += 1;
            } else if self.make_room(key, num_tokens, &mut next, step, output) {
                let Some(request) = self.requests.get(key) else { continue };
                output.has_prefill |= request.is_prefill_chunk;
                let scheduled_as = ScheduledAs::Running;
                output.scheduled.push(Scheduled {
                    id: request.id(),
                    num_tokens,
                    scheduled_as,
                    key,
                    samples: false,
                });
                step.budget -= num_tokens;
                next += 1;
            }
        }
    }

    /// What a running request computes in this step; 0 where it has to sit out.
    fn tokens_of_running(&self, key: RequestKey, step: &Step) -> u32 {
        let Some(request) = self.requests.get(key) else { return 0 };
        if request.awaits_last_token() || step.defers_prefills && request.is_prefill_chunk {
            return 0;
        }
        let computed = request.num_computed_tokens;
        request
            .num_tokens_in_flight()
            .saturating_sub(computed)
            .min(step.chunk)
            .min(step.budget)
            .min(self.config.max_model_len.saturating_sub(computed).saturating_sub(1))
    }

    /// Takes the blocks for a running request's next tokens, from others if need be. Returns whether it got them; if not, it was
    /// preempted itself. `next` is its place in the running order before and after.
    fn make_room(
        &mut self,
        key: RequestKey,
        num_tokens: u32,
        next: &mut usize,
        step: &mut Step,
        output: &mut SchedulerOutput,
    ) -> bool {
        loop {
            let Some(request) = self.requests.get_mut(key) else { return false };
            let computed = request.num_computed_tokens + num_tokens;
            if self.kv_cache.allocate(&mut request.blocks, computed) {
                if let Some(chain) = &request.chain {
                    self.kv_cache.cache_blocks(&mut request.blocks, chain, computed.min(request.num_tokens));
                }
                return true;
            }
            let place = self.victim();
            let Some(&victim) = self.running.get(place) else { return false };
            self.running.remove(place);
            self.preempt(victim, output);
            if victim == key {
                return false;
            }
            if place < *next {
                *next -= 1;
                // What it was to compute in this very step goes to others.
                if let Some(index) = output.scheduled.iter().position(|entry| entry.key == victim) {
                    step.budget += output.scheduled.remove(index).num_tokens;
                }
            }
        }
    }

    /// The place in the running order of the request to preempt.
    fn victim(&self) -> usize {
        let last = self.running.len().saturating_sub(1);
        match self.config.policy {
            SchedulingPolicy::Fcfs => last,
            SchedulingPolicy::Priority => {
                let rank = |key: &RequestKey| self.requests.get(*key).map(|request| request.rank());
                (0..self.running.len()).max_by_key(|place| rank(&self.running[*place])).unwrap_or(last)
            }
        }
    }

    /// Takes all blocks from a request that has left the running ones and lets it wait again; its output is kept.
    fn preempt(&mut self, key: RequestKey, output: &mut SchedulerOutput) {
        let Some(request) = self.requests.get_mut(key) else { return };
        self.kv_cache.free(&mut request.blocks);
        request.preempt();
        output.preempted.push(request.id());
        self.num_preemptions += 1;
        self.waiting.prepend(key, request.rank());
    }
}
