//! The engine's loop step by step: when batches are scheduled, how long they run, and when their tokens come out.

use super::Shown;
use super::metrics::{EngineMetrics, RequestTimes};
use super::scheduler::{NewRequest, RequestError, Scheduler, SchedulerOutput};
use super::{EngineConfig, Output, Prompt};
use crate::ids::RequestId;
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};
use std::collections::VecDeque;

/// A vLLM engine that takes each step; [`FastForward`](super::fast_forward::FastForward) is measured by it.
///
/// One thread schedules, hands the batch to the GPU (`host_ps` for both) and takes in what comes out. With asynchronous scheduling
/// two batches may be in flight, so that the GPU goes from one to the next as long as the thread keeps up; the synchronous
/// engine is the same with one.
#[derive(Clone, Debug)]
pub(super) struct Stepping {
    pub(super) scheduler: Scheduler,
    /// How many batches may be in flight.
    depth: usize,
    pub(super) in_flight: VecDeque<InFlight>,
    /// What arrived since the scheduler last looked, and when.
    pub(super) input_queue: Vec<(SimTime, NewRequest)>,
    pub(super) aborts: Vec<RequestId>,
    /// Until then the thread is busy with the last batch.
    pub(super) host_free: SimTime,
    /// Whether the scheduler had nothing to compute; it is asked again when something has changed.
    pub(super) is_blocked: bool,
    pub(super) next_wake: Option<SimTime>,
    /// When the last batch came back.
    pub(super) last_return: SimTime,
    /// The time of all batches on the GPU, those in flight to their ends.
    pub(super) gpu_busy: SimDuration,
}

#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub(super) output: SchedulerOutput,
    pub(super) begins: SimTime,
    pub(super) ends: SimTime,
}

impl Stepping {
    pub(super) fn new(config: &EngineConfig) -> Self {
        Self {
            scheduler: Scheduler::new(config),
            depth: if config.async_scheduling { 2 } else { 1 },
            in_flight: VecDeque::new(),
            input_queue: Vec::new(),
            aborts: Vec::new(),
            host_free: SimTime::ZERO,
            is_blocked: false,
            next_wake: None,
            last_return: SimTime::ZERO,
            gpu_busy: SimDuration::ZERO,
        }
    }

    /// Takes a request whose prompt fits the model length.
    pub(super) fn submit(&mut self, now: SimTime, prompt: &Prompt) {
        self.input_queue.push((now, prompt.request()));
        if self.next_wake.is_none() {
            self.go_on(now);
        }
    }

    /// The client of a request has gone; what is computed for it in flight is lost.
    pub(super) fn abort(&mut self, now: SimTime, id: RequestId, shown: &mut Shown<'_>) {
        self.input_queue.retain(|(_, request)| request.id != id);
        self.aborts.push(id);
        if self.next_wake.is_none() {
            self.apply_aborts();
            self.show(now, shown);
            self.go_on(now);
        }
    }

    /// Takes in the batch that is due, shows the gauges as they stand then, and schedules what comes next.
    pub(super) fn wake(&mut self, now: SimTime, shown: &mut Shown<'_>, out: &mut Vec<Output>) {
        if self.next_wake.is_none_or(|at| at > now) {
            return;
        }
        // Due for another batch, not for the end of one, while there is room for it.
        if (self.is_blocked || self.in_flight.len() >= self.depth)
            && let Some(batch) = self.in_flight.pop_front()
        {
            self.apply_aborts();
            self.take_in(now, batch.output, shown.metrics, out);
            self.last_return = now;
            self.show(now, shown);
            self.is_blocked = false;
        }
        self.go_on(now);
    }

    /// Drops everything; the next engine loop refreshes the gauges at once.
    pub(super) fn abort_all(&mut self, now: SimTime, shown: &mut Shown<'_>) -> Vec<RequestId> {
        let mut lost = self.scheduler.abort_all();
        lost.extend(self.input_queue.drain(..).map(|(_, request)| request.id));
        self.aborts.clear();
        self.gpu_busy = self.gpu_busy_at(now);
        self.in_flight.clear();
        self.next_wake = None;
        self.show(now, shown);
        lost
    }

    /// How long the GPU has computed until `at`, which is not before the last thing that was done.
    pub(super) fn gpu_busy_at(&self, at: SimTime) -> SimDuration {
        let to_come = |batch: &InFlight| batch.ends.since(batch.begins.max(at));
        self.gpu_busy.saturating_sub(self.in_flight.iter().map(to_come).sum())
    }

    pub(super) fn is_idle(&self) -> bool {
        self.scheduler.is_empty() && self.input_queue.is_empty()
    }

    /// Fills the GPU's queue as far as the thread is free, then says when the next thing happens.
    pub(super) fn go_on(&mut self, now: SimTime) {
        if self.in_flight.is_empty() {
            self.is_blocked = false;
        }
        while self.in_flight.len() < self.depth && !self.is_blocked {
            if self.host_free > now {
                self.next_wake = Some(self.host_free);
                return;
            }
            self.schedule(now);
        }
        self.next_wake = self.in_flight.front().map(|batch| batch.ends.max(self.host_free));
    }

    fn schedule(&mut self, now: SimTime) {
        // Whoever arrives at the end of a batch has missed it; only an idle thread looks up at once.
        let is_idle = self.next_wake.is_none();
        let seen = self.input_queue.partition_point(|(arrived, _)| is_idle || *arrived < now);
        for (arrived, request) in self.input_queue.drain(..seen) {
            let times = RequestTimes { arrived, queued: now, ..RequestTimes::default() };
            // A prompt that is too long was refused at the door, and the world uses no number twice.
            let _: Result<(), RequestError> = self.scheduler.add_request_at(&request, times);
        }
        self.apply_aborts();
        let output = self.scheduler.schedule();
        self.scheduler.note_scheduled(&output, now);
        if output.is_empty() {
            // A step without tokens takes no time. One that only preempted may be followed by one that admits.
            self.is_blocked = output.preempted.is_empty();
            self.scheduler.update_from_output(output, |_, _| {});
            return;
        }
        let step_time = &self.scheduler.config().step_time;
        self.host_free = now + step_time.host(&output.load);
        let begins = self.in_flight.back().map_or(self.host_free, |batch| batch.ends.max(self.host_free));
        let ends = begins + step_time.of(&output.load);
        self.gpu_busy += ends.since(begins);
        self.in_flight.push_back(InFlight { output, begins, ends });
    }

    fn apply_aborts(&mut self) {
        for id in self.aborts.drain(..) {
            self.scheduler.abort(id);
        }
    }

    fn take_in(
        &mut self,
        now: SimTime,
        output: SchedulerOutput,
        metrics: &mut EngineMetrics,
        out: &mut Vec<Output>,
    ) {
        let max_model_len = self.scheduler.config().max_model_len;
        let (mut prompt_tokens, mut generation_tokens) = (0, 0);
        let mut intervals = Intervals::default();
        self.scheduler.update_from_output(output, |request, reason| {
            generation_tokens += 1;
            metrics.preempted(std::mem::take(&mut request.untold_preemptions));
            let interval = now.since(std::mem::replace(&mut request.times.last_token, now));
            if request.output_tokens() == 1 {
                request.times.first_token = now;
                let (prompt, cached) = (request.prompt_tokens(), request.num_cached_tokens());
                metrics.first_token(&request.times, prompt, cached);
                prompt_tokens += u64::from(prompt.saturating_sub(cached));
                out.push(Output::FirstToken { request: request.id() });
            } else {
                intervals.add(interval, metrics, out);
            }
            if let Some(reason) = reason {
                metrics.finished(&request.finished(reason, max_model_len));
                out.push(Output::Finished { request: request.id() });
            }
        });
        intervals.flush(metrics, out);
        if generation_tokens > 0 {
            metrics.iteration(prompt_tokens, generation_tokens);
        }
    }

    fn show(&mut self, now: SimTime, shown: &mut Shown<'_>) {
        let scheduler = &self.scheduler;
        shown.metrics.scheduler_stats(scheduler.prefix_cache_stats(), scheduler.num_deferred());
        let view = ModelServerView {
            num_requests_running: scheduler.num_running(),
            num_requests_waiting: scheduler.num_waiting(),
            kv_cache_usage_perc: scheduler.kv_cache_usage(),
        };
        shown.history.push(now, view);
    }
}

/// Equal neighbouring inter-token latencies of a step, told once with their count.
#[derive(Default)]
struct Intervals {
    interval: SimDuration,
    count: u32,
}

impl Intervals {
    fn add(&mut self, interval: SimDuration, metrics: &mut EngineMetrics, out: &mut Vec<Output>) {
        if interval != self.interval {
            self.flush(metrics, out);
            self.interval = interval;
        }
        self.count += 1;
    }

    fn flush(&mut self, metrics: &mut EngineMetrics, out: &mut Vec<Output>) {
        if self.count > 0 {
            metrics.inter_token(self.interval, self.count.into());
            out.push(Output::Tokens {
                interval: self.interval,
                increment: SimDuration::ZERO,
                steps: 1,
                sequences: self.count,
            });
            self.count = 0;
        }
    }
}
