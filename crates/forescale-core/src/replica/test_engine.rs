//! An engine of queueing theory, to check the loop around it against closed forms.

use super::history::History;
use super::{Output, Prompt};
use crate::dist::Dist;
use crate::ids::RequestId;
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime, Timers, random};
use std::collections::VecDeque;

/// A station with `seats` servers and one first-come-first-served queue; whatever its length, a request yields one token, at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestEngineConfig {
    /// Requests served at the same time, at least 1.
    pub seats: u32,
    /// Service time in seconds, drawn per request from the run's seed and the request's number.
    pub service: Dist,
}

/// The running station. Its gauges move at each submit and finish; its KV usage is 0.
#[derive(Clone, Debug)]
pub(super) struct TestEngine {
    config: TestEngineConfig,
    seed: u64,
    queue: VecDeque<Prompt>,
    /// Ends of service, with the prompt's length.
    served: Timers<(RequestId, u32)>,
    view: ModelServerView,
}

impl TestEngine {
    pub(super) fn new(config: TestEngineConfig, seed: u64) -> Self {
        Self {
            config,
            seed,
            queue: VecDeque::new(),
            served: Timers::default(),
            view: ModelServerView::default(),
        }
    }

    pub(super) fn submit(&mut self, now: SimTime, prompt: Prompt, history: &mut History) {
        self.queue.push_back(prompt);
        self.seat(now);
        self.show(now, history);
    }

    pub(super) fn next_wake(&self) -> Option<SimTime> {
        self.served.next()
    }

    pub(super) fn wake(&mut self, now: SimTime, history: &mut History, out: &mut Vec<Output>) {
        if self.served.next().is_none_or(|at| at > now) {
            return;
        }
        while let Some((_, (request, prompt_tokens))) = self.served.pop_due(now) {
            self.view.prompt_tokens += u64::from(prompt_tokens);
            self.view.generation_tokens += 1;
            self.view.request_success += 1;
            out.extend([Output::FirstToken { request }, Output::Finished { request }]);
        }
        self.seat(now);
        self.show(now, history);
    }

    pub(super) fn abort_all(&mut self, now: SimTime, history: &mut History) -> Vec<RequestId> {
        let mut lost = Vec::new();
        while let Some((_, (request, ..))) = self.served.pop_due(SimTime::MAX) {
            lost.push(request);
        }
        lost.extend(self.queue.drain(..).map(|prompt| prompt.id));
        self.show(now, history);
        lost
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.served.is_empty()
    }

    fn seat(&mut self, now: SimTime) {
        while self.served.len() < self.config.seats as usize {
            let Some(prompt) = self.queue.pop_front() else { return };
            let mut stream = random::stream(self.seed, "test_engine/service", prompt.id.0);
            let service = SimDuration::from_secs_f64(self.config.service.sample(&mut stream));
            self.served.set((prompt.id, prompt.prompt_tokens), now + service);
        }
    }

    fn show(&mut self, now: SimTime, history: &mut History) {
        self.view.num_requests_running = self.served.len() as u32;
        self.view.num_requests_waiting = self.queue.len() as u32;
        history.push(now, self.view);
    }
}
