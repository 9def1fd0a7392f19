//! The engine's loop: when batches are scheduled, how long they run, and when their tokens come out.

use super::history::History;
use super::metrics::{EngineMetrics, RequestTimes};
use super::scheduler::{NewRequest, RequestError, Scheduler, SchedulerOutput};
use super::{EngineConfig, Output, Prompt};
use crate::ids::RequestId;
use crate::views::{HistogramFamilies, ModelServerMetrics, ModelServerView};
use forescale_kernel::{SimDuration, SimTime};
use std::collections::VecDeque;

/// A vLLM engine.
///
/// One thread schedules, hands the batch to the GPU (`host_ps` for both) and takes in what comes out. With asynchronous scheduling
/// two batches may be in flight, so that the GPU goes from one to the next as long as the thread keeps up; the synchronous
/// engine is the same with one.
#[derive(Clone, Debug)]
pub(super) struct Vllm {
    scheduler: Scheduler,
    /// How many batches may be in flight.
    depth: usize,
    in_flight: VecDeque<InFlight>,
    /// What arrived since the scheduler last looked, and when.
    input_queue: Vec<(SimTime, NewRequest)>,
    aborts: Vec<RequestId>,
    /// Until then the thread is busy with the last batch.
    host_free: SimTime,
    /// Whether the scheduler had nothing to compute; it is asked again when something has changed.
    is_blocked: bool,
    next_wake: Option<SimTime>,
    metrics: EngineMetrics,
}

#[derive(Clone, Debug)]
struct InFlight {
    output: SchedulerOutput,
    ends: SimTime,
}

impl Vllm {
    pub(super) fn new(config: &EngineConfig, wanted: HistogramFamilies) -> Self {
        Self {
            scheduler: Scheduler::new(config),
            depth: if config.async_scheduling { 2 } else { 1 },
            in_flight: VecDeque::new(),
            input_queue: Vec::new(),
            aborts: Vec::new(),
            host_free: SimTime::ZERO,
            is_blocked: false,
            next_wake: None,
            metrics: EngineMetrics::new(wanted, config.max_model_len),
        }
    }

    /// Takes a request; a prompt that leaves no room for output is refused with an engine error.
    pub(super) fn submit(&mut self, now: SimTime, prompt: &Prompt, out: &mut Vec<Output>) {
        if prompt.prompt_tokens >= self.scheduler.config().max_model_len {
            out.push(Output::EngineError { request: prompt.id });
            return;
        }
        self.input_queue.push((now, prompt.request()));
        if self.next_wake.is_none() {
            self.go_on(now);
        }
    }

    /// The client of a request has gone; what is computed for it in flight is lost.
    pub(super) fn abort(&mut self, now: SimTime, id: RequestId, history: &mut History) {
        self.input_queue.retain(|(_, request)| request.id != id);
        self.aborts.push(id);
        if self.next_wake.is_none() {
            self.apply_aborts();
            self.show(now, history);
            self.go_on(now);
        }
    }

    pub(super) fn next_wake(&self) -> Option<SimTime> {
        self.next_wake
    }

    /// Takes in the batch that is due, shows the gauges as they stand then, and schedules what comes next.
    pub(super) fn wake(&mut self, now: SimTime, history: &mut History, out: &mut Vec<Output>) {
        if self.next_wake.is_none_or(|at| at > now) {
            return;
        }
        // Due for another batch, not for the end of one, while there is room for it.
        if (self.is_blocked || self.in_flight.len() >= self.depth)
            && let Some(batch) = self.in_flight.pop_front()
        {
            self.apply_aborts();
            self.take_in(now, batch.output, out);
            self.show(now, history);
            self.is_blocked = false;
        }
        self.go_on(now);
    }

    /// Drops everything; the next engine loop refreshes the gauges at once.
    pub(super) fn abort_all(&mut self, now: SimTime, history: &mut History) -> Vec<RequestId> {
        let mut lost = self.scheduler.abort_all();
        lost.extend(self.input_queue.drain(..).map(|(_, request)| request.id));
        self.aborts.clear();
        self.in_flight.clear();
        self.next_wake = None;
        self.show(now, history);
        lost
    }

    /// A page of `/metrics` with these gauges.
    pub(super) fn metrics(&self, gauges: ModelServerView) -> ModelServerMetrics<'_> {
        self.metrics.view(gauges)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.scheduler.is_empty() && self.input_queue.is_empty()
    }

    /// Fills the GPU's queue as far as the thread is free, then says when the next thing happens.
    fn go_on(&mut self, now: SimTime) {
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
        for (arrived, request) in self.input_queue.drain(..) {
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
        self.host_free = now + step_time.host();
        let begins = self.in_flight.back().map_or(self.host_free, |batch| batch.ends.max(self.host_free));
        let ends = begins + step_time.of(&output.load);
        self.in_flight.push_back(InFlight { output, ends });
    }

    fn apply_aborts(&mut self) {
        for id in self.aborts.drain(..) {
            self.scheduler.abort(id);
        }
    }

    fn take_in(&mut self, now: SimTime, output: SchedulerOutput, out: &mut Vec<Output>) {
        let metrics = &mut self.metrics;
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

    fn show(&mut self, now: SimTime, history: &mut History) {
        let scheduler = &self.scheduler;
        self.metrics.scheduler_stats(scheduler.prefix_cache_stats(), scheduler.num_deferred());
        let view = ModelServerView {
            num_requests_running: scheduler.num_running(),
            num_requests_waiting: scheduler.num_waiting(),
            kv_cache_usage_perc: scheduler.kv_cache_usage(),
        };
        history.push(now, view);
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
            out.push(Output::Tokens { interval: self.interval, count: self.count });
            self.count = 0;
        }
    }
}
