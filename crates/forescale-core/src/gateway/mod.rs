//! The gateway: the Inference Gateway's Endpoint Picker (EPP) with flow control.
//!
//! It sees model servers only through its own polls of their `/metrics`, each 50 ms per pod, and requests only by what their
//! HTTP messages show. Behaviour of llm-d-router; each rule that differs between releases is a switch of [`Release`].
//!
//! While nothing waits, neither polls nor dispatch ticks are events: what the last poll has read is asked for when a decision
//! needs it ([`Polling::Lazy`]). [`Polling::Eager`] makes each an event and gives the same run.

mod config;
mod counters;
mod endpoints;
pub mod flow_control;
mod prefix_producer;
mod saturation;
mod scheduling;

pub use config::{GatewayConfig, Polling, Release, Scorer};
pub use prefix_producer::{PrefixProducer, PrefixProducerConfig, PromptBlocks};
pub use saturation::UtilizationDetector;
pub use scheduling::{Candidate, score};

use crate::content::{BYTES_PER_TOKEN, Prefix};
use crate::ids::{FlowId, PodId, RequestId};
use crate::outcome::Outcome;
use crate::views::{CacheConfigInfo, FlowLabels, GatewayView, ModelServerView, ModelServers};
use counters::Counters;
use endpoints::{Endpoint, Endpoints};
use flow_control::{Cycle, FlowControl, FlowControlConfig, Item, Pool, Ticket};
use forescale_kernel::{SimDuration, SimTime, random};
use rustc_hash::FxHashMap;

/// What can happen to the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A request has arrived, with its whole body.
    Request {
        /// The request.
        request: RequestId,
        /// Its flow.
        flow: FlowId,
        /// Bytes of its body.
        bytes: u64,
        /// What its prompt begins with, where others may have that too.
        prefix: Option<Prefix>,
    },
    /// The stream of a dispatched request has ended.
    StreamEnded {
        /// The request's flow.
        flow: FlowId,
        /// The HTTP status that the client got.
        http: u16,
    },
    /// The client of a request that waits here has closed the connection.
    Cancelled {
        /// The request.
        request: RequestId,
    },
    /// A pod became Ready.
    EndpointReady(PodId),
    /// A pod is not Ready any more, or is being deleted.
    EndpointGone(PodId),
}

/// What the gateway tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A request goes to a pod.
    Dispatched {
        /// The request.
        request: RequestId,
        /// The pod.
        pod: PodId,
    },
    /// A request is answered without reaching a pod.
    Ended {
        /// The request.
        request: RequestId,
        /// Why.
        outcome: Outcome,
        /// The HTTP status.
        http: u16,
    },
}

/// One Endpoint Picker.
#[derive(Clone, Debug)]
pub struct Gateway {
    config: GatewayConfig,
    flow_control: Option<FlowControl>,
    endpoints: Endpoints,
    counters: Counters,
    /// The requests that wait in flow control, and their places there.
    waiting: FxHashMap<RequestId, (Message, Ticket)>,
    /// Learns nothing before the first prompt that others can share: it would be the first to be forgotten, and nobody could tell.
    prefix_producer: Option<PrefixProducer>,
    prefix_purge_phase: SimDuration,
    /// What the pods' metrics show of their caches.
    cache_config: Option<CacheConfigInfo>,
    seed: u64,
    /// The last dispatch cycle: when, and the saturation that it saw.
    last_cycle: Option<(SimTime, f64)>,
    ended: Vec<(RequestId, Outcome)>,
    /// Room for the candidates of a decision and their scores.
    candidates: Vec<Candidate>,
    scores: Vec<f64>,
}

/// A request as its HTTP message shows it.
#[derive(Clone, Debug)]
struct Message {
    flow: FlowId,
    bytes: u64,
    prefix: Option<Prefix>,
}

impl Gateway {
    /// A gateway that knows no endpoint yet, of pods that show this of their caches. `seed` decides phases and ties.
    pub fn new(config: GatewayConfig, cache_config: Option<CacheConfigInfo>, seed: u64) -> Self {
        let staleness = config.detector.metrics_staleness_threshold;
        let flow_control = config.flow_control.map(|config| {
            // The EPP counts both from its own start, at whatever instant that was.
            let mut stream = random::stream(seed, "gateway/timers", 0);
            FlowControlConfig {
                sweep_phase: random::phase(&mut stream, FlowControlConfig::SWEEP_PERIOD),
                flow_gc_phase: random::phase(&mut stream, config.flow_gc_period),
                ..config
            }
        });
        Self {
            flow_control: flow_control.map(FlowControl::new),
            endpoints: Endpoints::new(
                config.refresh_metrics_interval,
                staleness,
                config.flow_control.is_some(),
            ),
            counters: Counters::new(config.flows.len()),
            waiting: FxHashMap::default(),
            prefix_producer: None,
            prefix_purge_phase: random::phase(
                &mut random::stream(seed, "gateway/prefix_purge", 0),
                PrefixProducer::PURGE_PERIOD,
            ),
            cache_config,
            seed,
            last_cycle: None,
            ended: Vec::new(),
            candidates: Vec::new(),
            scores: Vec::new(),
            config,
        }
    }

    /// Something happened to the gateway.
    pub fn submit(
        &mut self,
        now: SimTime,
        input: Input,
        servers: &mut dyn ModelServers,
        out: &mut Vec<Output>,
    ) {
        match input {
            Input::Request { request, flow, bytes, prefix } => {
                let scores_prefixes = |(scorer, _): &(Scorer, f64)| *scorer == Scorer::PrefixCache;
                if prefix.is_some() && self.config.scorers.iter().any(scores_prefixes) {
                    let config = self.config.prefix_producer;
                    self.prefix_producer.get_or_insert_with(|| PrefixProducer::new(config));
                }
                self.admit(now, request, Message { flow, bytes, prefix }, servers, out);
            }
            Input::StreamEnded { flow, http } => self.counters.stream_ended(flow, http),
            Input::Cancelled { request } => self.cancel(request),
            Input::EndpointReady(pod) => {
                let mut stream = random::stream(self.seed, "gateway/poll_phase", pod.0.into());
                let phase = random::phase(&mut stream, self.config.refresh_metrics_interval);
                self.endpoints.add(now, pod, phase);
            }
            Input::EndpointGone(pod) => {
                self.endpoints.remove(now, pod, servers);
                if let Some(producer) = &mut self.prefix_producer {
                    producer.pod_gone(now, pod);
                }
            }
        }
    }

    /// When the gateway must be woken if nothing else happens.
    pub fn next_wake(&self) -> Option<SimTime> {
        let flow_control = self.flow_control.as_ref()?;
        let Some((last, saturation)) = self.last_cycle else {
            return Some(tick_after(SimTime::ZERO));
        };
        let is_open = saturation < self.ceiling();
        let tick = match (self.config.polling, flow_control.has_items()) {
            (Polling::Eager, _) => {
                [Some(tick_after(last)), self.endpoints.next_poll()].into_iter().flatten().min()
            }
            (Polling::Lazy, false) => None,
            (Polling::Lazy, true) if is_open => Some(tick_after(last)),
            // A closed gate opens only by what a poll reads.
            (Polling::Lazy, true) => {
                let change = self.endpoints.next_change(last);
                change.map(|at| at.at_or_after_on_grid(SimTime::ZERO, FlowControlConfig::DISPATCH_TICK))
            }
        };
        [tick, self.endpoints.next_fill(), flow_control.next_expiry()].into_iter().flatten().min()
    }

    /// Now it is.
    pub fn wake(&mut self, now: SimTime, servers: &mut dyn ModelServers, out: &mut Vec<Output>) {
        let Some(flow_control) = &mut self.flow_control else { return };
        if self.config.polling == Polling::Eager {
            self.endpoints.poll(now, servers);
        }
        if flow_control.next_expiry().is_some_and(|at| at <= now) {
            flow_control.expire(now, &mut self.ended);
            self.answer_ended(out);
        }
        if now.at_or_after_on_grid(SimTime::ZERO, FlowControlConfig::DISPATCH_TICK) == now {
            self.endpoints.fill(now);
            self.dispatch_cycle(now, servers, out);
        }
    }

    /// Fills in what `/metrics` shows at `at`, which is not before the last thing that happened; whatever `view` held is replaced.
    pub fn observe(&self, at: SimTime, servers: &mut dyn ModelServers, view: &mut GatewayView) {
        self.counters.fill(view);
        view.pool_saturation = None;
        if let Some(flow_control) = &self.flow_control {
            for (index, flow) in view.flows.iter_mut().enumerate() {
                let gauges = flow_control.gauges(FlowId(index as u32));
                flow.queue_size = gauges.map(|gauges| gauges.queue_size);
                flow.queue_bytes = gauges.map(|gauges| gauges.queue_bytes);
            }
            view.pool_saturation = Some(self.saturation_shown(at, servers));
        }
        view.has_candidates = self.endpoints.candidates().next().is_some();
    }

    /// Requests that wait in flow control.
    pub fn queue_size(&self) -> usize {
        self.flow_control.as_ref().map_or(0, FlowControl::waiting)
    }

    /// Requests that were sent to pods and have not ended: `inference_objective_running_requests` summed over flows.
    pub fn running_requests(&self) -> u64 {
        self.counters.running()
    }

    fn admit(
        &mut self,
        now: SimTime,
        request: RequestId,
        message: Message,
        servers: &mut dyn ModelServers,
        out: &mut Vec<Output>,
    ) {
        let Message { flow, bytes, .. } = message;
        let priority = self.config.flows.get(flow.0 as usize).map_or(0, |flow| flow.priority);
        match &mut self.flow_control {
            Some(flow_control) => {
                let is_fallback = priority != 0;
                let item = Item { request, flow, bytes, ttl: None, deadline: None, is_fallback };
                match flow_control.enqueue(now, item) {
                    Ok(ticket) => _ = self.waiting.insert(request, (message, ticket)),
                    Err(outcome) => {
                        let is_empty = self.endpoints.ready() == 0;
                        self.answer(request, flow, outcome, http_status(outcome, is_empty), out);
                    }
                }
                self.dispatch_cycle(now, servers, out);
            }
            None => {
                self.endpoints.poll(now, servers);
                if priority < 0 && self.saturation_at(now, servers) >= 1.0 {
                    self.answer(request, flow, Outcome::RejectedCapacity, 429, out);
                } else {
                    self.schedule(now, request, &message, out);
                }
            }
        }
    }

    /// The EPP answers 503, which nobody reads.
    fn cancel(&mut self, request: RequestId) {
        let Some((Message { flow, .. }, ticket)) = self.waiting.remove(&request) else { return };
        if let Some(flow_control) = &mut self.flow_control {
            flow_control.cancel(ticket);
        }
        self.counters.failed(flow, 503);
    }

    fn dispatch_cycle(&mut self, now: SimTime, servers: &mut dyn ModelServers, out: &mut Vec<Output>) {
        self.endpoints.poll(now, servers);
        let seen = self.endpoints.candidates().map(|endpoint| endpoint.seen);
        let saturation = self.config.detector.saturation(now, seen);
        self.last_cycle = Some((now, saturation));
        let is_empty = self.endpoints.candidates().next().is_none();
        let Some(flow_control) = &mut self.flow_control else { return };
        if let Cycle::Released(request) = flow_control.dispatch_cycle(now, Pool { is_empty, saturation })
            && let Some((message, _)) = self.waiting.remove(&request)
        {
            self.schedule(now, request, &message, out);
        }
    }

    fn schedule(&mut self, now: SimTime, request: RequestId, message: &Message, out: &mut Vec<Output>) {
        let candidate = |endpoint: &Endpoint| Candidate {
            pod: endpoint.pod,
            view: endpoint.seen.map_or_else(ModelServerView::default, |seen| seen.view),
            cached: 0.0,
        };
        self.candidates.clear();
        self.candidates.extend(self.endpoints.candidates().map(candidate));
        let blocks = self.look_up(now, request, message);
        let ties = || random::stream(self.seed, "gateway/ties", request.0);
        match scheduling::pick(&self.config.scorers, &self.candidates, &mut self.scores, ties) {
            Some(pod) => {
                self.counters.dispatched(message.flow);
                if let (Some(producer), Some(blocks)) = (&mut self.prefix_producer, blocks) {
                    producer.sent(pod, &blocks, self.cache_config);
                }
                out.push(Output::Dispatched { request, pod });
            }
            None => self.answer(request, message.flow, Outcome::RejectedNoEndpoints, 503, out),
        }
    }

    /// Looks up what the candidates have of a prompt, whose blocks it returns.
    fn look_up(&mut self, now: SimTime, request: RequestId, message: &Message) -> Option<PromptBlocks> {
        let producer = self.prefix_producer.as_mut()?;
        producer.purge(now, self.prefix_purge_phase);
        let tokens = u32::try_from(message.bytes / BYTES_PER_TOKEN).unwrap_or(u32::MAX);
        let pods: Vec<PodId> = self.candidates.iter().map(|candidate| candidate.pod).collect();
        let flows = &self.config.flows;
        let own = flows.get(message.flow.0 as usize);
        let is_same = |flow: &FlowLabels| own.is_some_and(|own| own.model_name == flow.model_name);
        let model = flows.iter().position(is_same).unwrap_or(0) as u64;
        let none = Prefix::default();
        let prompt = message.prefix.as_ref().unwrap_or(&none).prompt(request, tokens);
        let blocks = producer.blocks(producer.block_tokens(self.cache_config), model, [prompt]);
        let total = blocks.count().max(1);
        for (candidate, matched) in self.candidates.iter_mut().zip(producer.matches(&blocks, &pods)) {
            candidate.cached = f64::from(matched) / total as f64;
        }
        Some(blocks)
    }

    /// Answers what flow control has ended; an expired wait is answered by what the pool is at this instant.
    fn answer_ended(&mut self, out: &mut Vec<Output>) {
        let is_empty = self.endpoints.ready() == 0;
        for (request, outcome) in std::mem::take(&mut self.ended) {
            if let Some((message, _)) = self.waiting.remove(&request) {
                self.answer(request, message.flow, outcome, http_status(outcome, is_empty), out);
            }
        }
    }

    fn answer(
        &mut self,
        request: RequestId,
        flow: FlowId,
        outcome: Outcome,
        http: u16,
        out: &mut Vec<Output>,
    ) {
        self.counters.failed(flow, http);
        out.push(Output::Ended { request, outcome, http });
    }

    fn saturation_at(&self, now: SimTime, servers: &mut dyn ModelServers) -> f64 {
        self.config.detector.saturation(now, self.endpoints.peek(now, servers))
    }

    /// The gauge holds what the last cycle before `at` has seen, and cycles run at least each tick.
    fn saturation_shown(&self, at: SimTime, servers: &mut dyn ModelServers) -> f64 {
        let last_tick = (at - SimDuration::from_ps(1))
            .at_or_before_on_grid(tick_after(SimTime::ZERO), FlowControlConfig::DISPATCH_TICK);
        match (self.last_cycle, last_tick) {
            (Some((cycle, saturation)), Some(tick)) if cycle >= tick => saturation,
            (Some((_, saturation)), None) => saturation,
            (_, Some(tick)) => self.saturation_at(tick, servers),
            (None, None) => 0.0,
        }
    }

    fn ceiling(&self) -> f64 {
        self.config.flow_control.map_or(1.0, |config| config.saturation_ceiling)
    }
}

/// The first dispatch tick after `at`; ticks fall on whole milliseconds.
fn tick_after(at: SimTime) -> SimTime {
    (at + SimDuration::from_ps(1)).at_or_after_on_grid(SimTime::ZERO, FlowControlConfig::DISPATCH_TICK)
}

/// The HTTP status of a request that flow control has ended, given whether the pool is empty at that instant.
pub fn http_status(outcome: Outcome, pool_is_empty: bool) -> u16 {
    match outcome {
        Outcome::RejectedCapacity => 429,
        Outcome::EvictedTtl if !pool_is_empty => 429,
        _ => 503,
    }
}
