//! The engine's loop around our scheduler, without time.

use super::steps::{End, Iteration, Step};
use forescale_core::ids::RequestId;
use forescale_core::replica::scheduler::{NewRequest, ScheduledAs, Scheduler, SchedulerOutput};
use std::collections::{BTreeMap, VecDeque};

/// A scheduler, the requests still to come, and the batches in flight.
pub(super) struct Drive<'a> {
    scheduler: Scheduler,
    /// With the step before which each is added.
    requests: &'a [(usize, NewRequest)],
    /// Step and request.
    aborts: &'a [(usize, u64)],
    in_flight: VecDeque<(u64, SchedulerOutput)>,
    batches: u64,
    outputs: BTreeMap<RequestId, u32>,
}

impl<'a> Drive<'a> {
    pub(super) fn new(
        scheduler: Scheduler,
        requests: &'a [(usize, NewRequest)],
        aborts: &'a [(usize, u64)],
    ) -> Self {
        Self { scheduler, requests, aborts, in_flight: VecDeque::new(), batches: 0, outputs: BTreeMap::new() }
    }

    /// One synchronous step.
    pub(super) fn step(&mut self, index: usize) -> Result<Step, String> {
        let mut step = Step { abr: self.take_in(index)?, ..Step::default() };
        let output = self.schedule();
        let parts = Parts::of(&output)?;
        (step.s, step.new, step.res, step.pre) = (parts.s, parts.new, parts.res, parts.pre);
        let (scheduled, used) = (self.queues(), self.scheduler.num_used_blocks());
        step.fin = self.update(output);
        let (updated, used_after) = (self.queues(), self.scheduler.num_used_blocks());
        step.u = (used, used_after);
        step.q = (scheduled.0, scheduled.1, updated.0, updated.1);
        Ok(step)
    }

    /// One iteration with two batches in flight: a batch is scheduled if there is anything, and the oldest is taken in unless there is
    /// room for one more.
    pub(super) fn iterate(&mut self, index: usize) -> Result<Iteration, String> {
        let mut iteration = Iteration { abr: self.take_in(index)?, ..Iteration::default() };
        if self.scheduler.has_requests() {
            let number = self.batches;
            let output = self.schedule();
            let parts = Parts::of(&output)?;
            iteration.b = Some(number);
            (iteration.s, iteration.new, iteration.res, iteration.pre) =
                (parts.s, parts.new, parts.res, parts.pre);
            iteration.u = Some((self.scheduler.num_used_blocks(),));
            iteration.q = Some(self.queues());
            let goes_on = !output.is_empty() || self.scheduler.has_requests();
            self.in_flight.push_back((number, output));
            if self.in_flight.len() < 2 && goes_on {
                return Ok(iteration);
            }
        }
        match self.in_flight.pop_front() {
            Some((number, output)) => {
                iteration.upd = Some(number);
                iteration.fin = self.update(output);
                iteration.u2 = Some(self.scheduler.num_used_blocks());
                iteration.q2 = Some(self.queues());
            }
            None => iteration.idle = Some(1),
        }
        Ok(iteration)
    }

    /// What our run comes to; of `recorded` only what the recording alone knows is kept.
    pub(super) fn end(&self, recorded: &End) -> End {
        let stats = self.scheduler.prefix_cache_stats();
        End {
            steps: recorded.steps,
            batches: recorded.batches.map(|_| self.batches),
            stuck: recorded.stuck.map(|_| !self.scheduler.is_empty()),
            preemptions: self.scheduler.num_preemptions(),
            prefix: [stats.queries, stats.hits, stats.preempted_queries, stats.preempted_hits],
            outputs: self
                .requests
                .iter()
                .map(|(_, request)| self.outputs.get(&request.id).copied().unwrap_or_default())
                .collect(),
        }
    }

    /// Arrivals, then aborts; returns who was aborted.
    fn take_in(&mut self, index: usize) -> Result<Vec<u64>, String> {
        for (_, request) in self.requests.iter().filter(|(step, _)| *step == index) {
            self.scheduler.add_request(request).map_err(|error| format!("step {index}: {error}"))?;
        }
        let aborts = self.aborts.iter().filter(|(step, _)| *step == index);
        Ok(aborts.map(|(_, id)| *id).filter(|id| self.scheduler.abort(RequestId(*id))).collect())
    }

    fn schedule(&mut self) -> SchedulerOutput {
        self.batches += 1;
        self.scheduler.schedule()
    }

    /// Takes a batch in; returns who ended.
    fn update(&mut self, output: SchedulerOutput) -> Vec<u64> {
        let mut ended = Vec::new();
        self.scheduler.update_from_output(output, |request, reason| {
            self.outputs.insert(request.id(), request.output_tokens());
            ended.extend(reason.map(|_| request.id().0));
        });
        ended
    }

    fn queues(&self) -> (u32, u32) {
        (self.scheduler.num_running(), self.scheduler.num_waiting())
    }
}

/// A batch as recordings write it.
#[derive(Default)]
struct Parts {
    s: Vec<u64>,
    new: Vec<(u64, u32)>,
    res: Vec<(u64, u32)>,
    pre: Vec<u64>,
}

impl Parts {
    /// Fails where the batch contradicts itself.
    fn of(output: &SchedulerOutput) -> Result<Self, String> {
        let mut parts =
            Self { pre: output.preempted.iter().map(|request| request.0).collect(), ..Self::default() };
        let mut tokens = 0;
        for entry in &output.scheduled {
            let id = entry.id.0;
            parts.s.extend([id, u64::from(entry.num_tokens)]);
            tokens += u64::from(entry.num_tokens);
            match entry.scheduled_as {
                ScheduledAs::Running => {}
                ScheduledAs::New { num_cached_tokens } => parts.new.push((id, num_cached_tokens)),
                ScheduledAs::Resumed { num_cached_tokens } => parts.res.push((id, num_cached_tokens)),
            }
        }
        let load = output.load.prefill_tokens + output.load.decode_seqs;
        if load == tokens {
            Ok(parts)
        } else {
            Err(format!("a load of {load} tokens for a batch of {tokens}"))
        }
    }
}
