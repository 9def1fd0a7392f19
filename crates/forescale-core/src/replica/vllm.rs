//! The engine's loop: steps one after the other, each as long as its load costs.

use super::history::History;
use super::scheduler::Scheduler;
use super::sequence::Sequence;
use super::{EngineConfig, Output, Prompt};
use crate::ids::RequestId;
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};

/// A vLLM engine with synchronous scheduling.
#[derive(Clone, Debug)]
pub(super) struct Vllm {
    scheduler: Scheduler,
    /// Arrived during the running step; the scheduler sees them when it ends.
    input_queue: Vec<Sequence>,
    /// When the running step ends.
    step_ends: Option<SimTime>,
    view: ModelServerView,
}

impl Vllm {
    pub(super) fn new(config: &EngineConfig) -> Self {
        Self {
            scheduler: Scheduler::new(config),
            input_queue: Vec::new(),
            step_ends: None,
            view: ModelServerView::default(),
        }
    }

    /// Takes a request; a prompt that leaves no room for output is refused with an engine error.
    pub(super) fn submit(&mut self, now: SimTime, prompt: &Prompt, out: &mut Vec<Output>) {
        match Sequence::new(prompt, self.scheduler.config().max_model_len) {
            None => out.push(Output::EngineError { request: prompt.id }),
            Some(sequence) => {
                self.input_queue.push(sequence);
                if self.step_ends.is_none() {
                    self.start_step(now);
                }
            }
        }
    }

    pub(super) fn next_wake(&self) -> Option<SimTime> {
        self.step_ends
    }

    /// Ends the step that is due, shows the gauges as they stand then, and starts the next one.
    pub(super) fn wake(&mut self, now: SimTime, history: &mut History, out: &mut Vec<Output>) {
        if self.step_ends.is_none_or(|ends| ends > now) {
            return;
        }
        self.step_ends = None;
        let view = &mut self.view;
        let mut intervals = Intervals::default();
        self.scheduler.update(|sequence, ended| {
            view.generation_tokens += 1;
            view.num_preemptions += u64::from(std::mem::take(&mut sequence.untold_preemptions));
            if sequence.num_tokens == sequence.prompt_tokens + 1 {
                view.prompt_tokens += u64::from(sequence.prompt_tokens);
                out.push(Output::FirstToken { request: sequence.id });
            } else {
                intervals.add(now.since(sequence.last_token_at), out);
            }
            sequence.last_token_at = now;
            if ended {
                view.request_success += 1;
                out.push(Output::Finished { request: sequence.id });
            }
        });
        intervals.flush(out);
        self.show(now, history);
        self.start_step(now);
    }

    /// Drops everything; the next engine loop refreshes the gauges at once.
    pub(super) fn abort_all(&mut self, now: SimTime, history: &mut History) -> Vec<RequestId> {
        let mut lost: Vec<_> = self.scheduler.abort_all().map(|sequence| sequence.id).collect();
        lost.extend(self.input_queue.drain(..).map(|sequence| sequence.id));
        self.step_ends = None;
        self.show(now, history);
        lost
    }

    pub(super) fn is_idle(&self) -> bool {
        self.scheduler.is_empty() && self.input_queue.is_empty()
    }

    fn start_step(&mut self, now: SimTime) {
        for sequence in self.input_queue.drain(..) {
            self.scheduler.add(sequence);
        }
        let load = self.scheduler.schedule();
        if load.prefill_tokens + load.decode_seqs > 0 {
            self.step_ends = Some(now + self.scheduler.config().step_time.of(&load));
        }
    }

    fn show(&mut self, now: SimTime, history: &mut History) {
        self.view.num_requests_running = self.scheduler.num_running();
        self.view.num_requests_waiting = self.scheduler.num_waiting();
        self.view.kv_cache_usage_perc = self.scheduler.kv_cache_usage();
        history.push(now, self.view);
    }
}

/// Equal neighbouring inter-token latencies of a step, told once with their count.
#[derive(Default)]
struct Intervals {
    interval: SimDuration,
    count: u32,
}

impl Intervals {
    fn add(&mut self, interval: SimDuration, out: &mut Vec<Output>) {
        if interval != self.interval {
            self.flush(out);
            self.interval = interval;
        }
        self.count += 1;
    }

    fn flush(&mut self, out: &mut Vec<Output>) {
        if self.count > 0 {
            out.push(Output::Tokens { interval: self.interval, count: self.count });
            self.count = 0;
        }
    }
}
