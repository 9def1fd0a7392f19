//! An engine of queueing theory, to check the loop around it against closed forms.

use super::history::History;
use super::metrics::{EngineMetrics, FinishedRequest, RequestTimes};
use super::{Output, Prompt};
use crate::dist::Dist;
use crate::ids::RequestId;
use crate::views::{FinishedReason, HistogramFamilies, ModelServerMetrics, ModelServerView};
use forescale_kernel::{SimDuration, SimTime, Timers, random};
use std::collections::VecDeque;

/// A station with `seats` servers and one first-come-first-served queue; whatever its length, a request yields one token, at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct TestEngineConfig {
    /// Requests served at the same time, at least 1.
    pub seats: u32,
    /// Service time in seconds, drawn per request from the run's seed and the request's number.
    pub service: Dist,
}

/// The running station. Its gauges move at each submit and finish; its KV usage is 0. An end of service is a step of its own.
#[derive(Clone, Debug)]
pub(super) struct TestEngine {
    config: TestEngineConfig,
    seed: u64,
    /// Who waits, and since when.
    queue: VecDeque<(SimTime, Prompt)>,
    served: Timers<Served>,
    metrics: EngineMetrics,
}

/// A request in service. Ends at one instant come in the order of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Served {
    request: RequestId,
    prompt_tokens: u32,
    arrived: SimTime,
    since: SimTime,
}

impl TestEngine {
    pub(super) fn new(config: TestEngineConfig, seed: u64, wanted: HistogramFamilies) -> Self {
        Self {
            config,
            seed,
            queue: VecDeque::new(),
            served: Timers::default(),
            metrics: EngineMetrics::new(wanted, u32::MAX),
        }
    }

    pub(super) fn submit(&mut self, now: SimTime, prompt: Prompt, history: &mut History) {
        self.queue.push_back((now, prompt));
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
        while let Some((_, served)) = self.served.pop_due(now) {
            self.count(now, &served);
            let request = served.request;
            out.extend([Output::FirstToken { request }, Output::Finished { request }]);
        }
        self.seat(now);
        self.show(now, history);
    }

    pub(super) fn abort_all(&mut self, now: SimTime, history: &mut History) -> Vec<RequestId> {
        let mut lost = Vec::new();
        while let Some((_, served)) = self.served.pop_due(SimTime::MAX) {
            lost.push(served.request);
        }
        lost.extend(self.queue.drain(..).map(|(_, prompt)| prompt.id));
        self.show(now, history);
        lost
    }

    /// A page of `/metrics` with these gauges.
    pub(super) fn metrics(&self, gauges: ModelServerView) -> ModelServerMetrics<'_> {
        self.metrics.view(gauges)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.served.is_empty()
    }

    fn seat(&mut self, now: SimTime) {
        while self.served.len() < self.config.seats as usize {
            let Some((arrived, prompt)) = self.queue.pop_front() else { return };
            let mut stream = random::stream(self.seed, "test_engine/service", prompt.id.0);
            let service = SimDuration::from_secs_f64(self.config.service.sample(&mut stream));
            let Prompt { id: request, prompt_tokens, .. } = prompt;
            self.served.set(Served { request, prompt_tokens, arrived, since: now }, now + service);
        }
    }

    fn show(&mut self, now: SimTime, history: &mut History) {
        let view = ModelServerView {
            num_requests_running: self.served.len() as u32,
            num_requests_waiting: self.queue.len() as u32,
            kv_cache_usage_perc: 0.0,
        };
        history.push(now, view);
    }

    fn count(&mut self, now: SimTime, served: &Served) {
        let &Served { prompt_tokens, arrived, since, .. } = served;
        let times =
            RequestTimes { arrived, queued: arrived, scheduled: since, first_token: now, last_token: now };
        self.metrics.first_token(&times, prompt_tokens, 0);
        self.metrics.finished(&FinishedRequest {
            times,
            reason: FinishedReason::Length,
            prompt_tokens,
            num_cached_tokens: 0,
            generation_tokens: 1,
            max_tokens: 1,
            num_preemptions: 0,
        });
        self.metrics.iteration(prompt_tokens.into(), 1);
    }
}
