//! The world: it alone knows about time, and wires the parts.
//!
//! `Message` is the map of the loop: everything that one part tells another goes through `World::deliver`.

use crate::autoscaler::Autoscaler;
use crate::cluster::{self, Cluster};
use crate::config::RunConfig;
use crate::demand::{Demand, Request, TraceError};
use crate::fleet::{Endpoints, Fleet, Metrics};
use crate::gateway::{self, Gateway};
use crate::ids::{PodId, RequestId};
use crate::outcome::Outcome;
use crate::record::{AccountError, Bin, InFlight, PodEvent, Recorder, RunRecord, SyncRecord};
use crate::replica::{self, Prompt, Replica};
use crate::telemetry::{self, Telemetry};
use forescale_kernel::{Calendar, SimTime};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// A trace could not be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The account does not add up.
    #[error("the account does not add up, which is a bug of Forescale: {0}")]
    Account(#[from] AccountError),
    /// Time stands still.
    #[error("more than {limit} events at {at}, which is a bug of Forescale")]
    Stuck {
        /// The instant.
        at: SimTime,
        /// The number of events.
        limit: u64,
    },
}

/// The parts, in the order in which equal times are served: observers first, then what changes from the engine outwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Telemetry,
    Recorder,
    Replica(PodId),
    Cluster,
    Demand,
    Gateway,
    Autoscaler,
}

impl Part {
    const SINGLE: [Self; 6] =
        [Self::Telemetry, Self::Recorder, Self::Cluster, Self::Demand, Self::Gateway, Self::Autoscaler];

    const fn class(self) -> u8 {
        match self {
            Self::Telemetry => 0,
            Self::Recorder => 1,
            Self::Replica(_) => 2,
            Self::Cluster => 3,
            Self::Demand => 4,
            Self::Gateway => 5,
            Self::Autoscaler => 6,
        }
    }

    /// The part's slot in the calendar: its class, or for replicas a number above all classes.
    const fn slot(self) -> u32 {
        match self {
            Self::Replica(pod) => 7 + pod.0,
            part => part.class() as u32,
        }
    }

    fn of_slot(slot: u32) -> Self {
        let single = Self::SINGLE.into_iter().find(|part| part.slot() == slot);
        single.unwrap_or(Self::Replica(PodId(slot.saturating_sub(7))))
    }
}

/// What parts tell each other.
#[derive(Clone, Copy, Debug)]
enum Message {
    Arrival(Request),
    FromGateway(gateway::Output),
    FromReplica(PodId, replica::Output),
    FromCluster(cluster::Output),
}

/// One run in progress.
pub struct World<'a> {
    config: &'a RunConfig,
    calendar: Calendar,
    demand: Demand,
    gateway: Gateway,
    replicas: Vec<Option<Replica>>,
    cluster: Cluster,
    telemetry: Telemetry,
    autoscaler: Box<dyn Autoscaler>,
    recorder: Recorder,
    in_flight: FxHashMap<RequestId, InFlight>,
    /// Told, not yet delivered; empty between events.
    messages: VecDeque<Message>,
    buffers: Buffers,
}

/// Scratch space, kept so that events allocate nothing.
#[derive(Default)]
struct Buffers {
    requests: Vec<Request>,
    gateway: Vec<gateway::Output>,
    replica: Vec<replica::Output>,
    cluster: Vec<cluster::Output>,
    touched: Vec<PodId>,
}

/// No part needs so many events at one instant.
const EVENTS_PER_INSTANT: u64 = 10_000_000;

impl<'a> World<'a> {
    /// The world at the start of a run.
    ///
    /// # Errors
    /// Where a trace cannot be opened.
    pub fn new(config: &'a RunConfig) -> Result<Self, RunError> {
        let mut world = Self {
            config,
            calendar: Calendar::default(),
            demand: Demand::new(&config.workloads, config.seed)?,
            gateway: Gateway::new(config.gateway.clone(), config.seed),
            replicas: Vec::new(),
            cluster: Cluster::new(config.cluster.clone(), config.seed),
            telemetry: Telemetry::new(config.telemetry.clone(), config.seed),
            autoscaler: config.autoscaler.make(config.seed),
            recorder: Recorder::new(config),
            in_flight: FxHashMap::default(),
            messages: VecDeque::new(),
            buffers: Buffers::default(),
        };
        let mut deployed = Vec::new();
        world.cluster.deploy(&mut deployed);
        world.messages.extend(deployed.into_iter().map(Message::FromCluster));
        world.deliver_all(SimTime::ZERO);
        world.wake(SimTime::ZERO, Part::Gateway)?;
        world.reschedule();
        Ok(world)
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// A [`RunError`]; what was recorded until then is lost.
    pub fn run(mut self) -> Result<RunRecord, RunError> {
        let arrivals_end = SimTime::ZERO + self.config.duration;
        let latest_end = arrivals_end + self.config.drain;
        let (mut now, mut events) = (SimTime::ZERO, 0);
        let end = loop {
            let next = self.calendar.next().filter(|key| key.at < latest_end);
            let Some(key) = next else { break latest_end };
            if key.at >= arrivals_end && self.in_flight.is_empty() {
                break now.max(arrivals_end);
            }
            events = if key.at > now { 0 } else { events + 1 };
            if events > EVENTS_PER_INSTANT {
                return Err(RunError::Stuck { at: key.at, limit: EVENTS_PER_INSTANT });
            }
            now = key.at;
            let part = Part::of_slot(key.part);
            self.wake(now, part)?;
            self.deliver_all(now);
            self.touch(part);
            self.reschedule();
        };
        self.finish(end)
    }

    /// Wakes a part; what it tells is queued.
    fn wake(&mut self, now: SimTime, part: Part) -> Result<(), RunError> {
        let Buffers { requests, gateway, replica, cluster, .. } = &mut self.buffers;
        match part {
            Part::Telemetry => {
                self.telemetry.wake(now, &Endpoints { fleet: Fleet(&self.replicas), gateway: &self.gateway });
            }
            Part::Recorder => {
                self.recorder.check(self.in_flight.len())?;
                let state = self.state(now);
                self.recorder.close_bin(now, state);
            }
            Part::Replica(pod) => {
                if let Some(Some(server)) = self.replicas.get_mut(pod.0 as usize) {
                    server.wake(now, replica);
                    self.messages.extend(replica.drain(..).map(|output| Message::FromReplica(pod, output)));
                }
            }
            Part::Cluster => {
                self.cluster.wake(now, cluster);
                self.messages.extend(cluster.drain(..).map(Message::FromCluster));
            }
            Part::Demand => {
                self.demand.wake(now, requests)?;
                self.messages.extend(requests.drain(..).map(Message::Arrival));
            }
            Part::Gateway => {
                self.gateway.wake(now, &Fleet(&self.replicas), gateway);
                self.messages.extend(gateway.drain(..).map(Message::FromGateway));
            }
            Part::Autoscaler => {
                let target = self.cluster.observe();
                let metrics = Metrics { telemetry: &self.telemetry, now };
                let decision = self.autoscaler.sync(now, &target, &metrics);
                let replicas = decision.replicas;
                self.recorder.sync(SyncRecord { at: now, from: target.spec_replicas, decision });
                if let Some(replicas) = replicas {
                    self.tell_cluster(now, cluster::Input::Scale { replicas });
                }
            }
        }
        Ok(())
    }

    fn deliver_all(&mut self, now: SimTime) {
        while let Some(message) = self.messages.pop_front() {
            self.deliver(now, message);
        }
    }

    /// The wiring: who hears of what.
    fn deliver(&mut self, now: SimTime, message: Message) {
        match message {
            Message::Arrival(request) => {
                self.recorder.arrived(now, &request);
                self.in_flight.insert(request.id, InFlight { request, first_token: None });
                let (flow, bytes) = (request.flow, request.body_bytes());
                self.tell_gateway(now, gateway::Input::Request { request: request.id, flow, bytes });
            }
            Message::FromGateway(gateway::Output::Dispatched { request, pod }) => {
                let Some(entry) = self.in_flight.get(&request) else { return };
                self.recorder.dispatched(now, &entry.request, pod);
                let Request { id, prompt_tokens, output_tokens, .. } = entry.request;
                self.tell_replica(
                    now,
                    pod,
                    replica::Input::Submit(Prompt { id, prompt_tokens, output_tokens }),
                );
            }
            Message::FromGateway(gateway::Output::Ended { request, outcome, http }) => {
                self.end(now, request, outcome, http);
            }
            Message::FromReplica(pod, output) => self.deliver_from_replica(now, pod, output),
            Message::FromCluster(output) => self.deliver_from_cluster(now, output),
        }
    }

    fn deliver_from_replica(&mut self, now: SimTime, pod: PodId, output: replica::Output) {
        match output {
            replica::Output::FirstToken { request } => {
                if let Some(entry) = self.in_flight.get_mut(&request) {
                    entry.first_token = Some(now);
                    self.recorder.first_token(now, &entry.request);
                }
            }
            replica::Output::Tokens { interval, count } => self.recorder.tokens(interval, count),
            replica::Output::Finished { request } => self.end_stream(now, request, Outcome::Finished, 200),
            replica::Output::Refused { request } => self.end_stream(now, request, Outcome::Refused, 503),
            replica::Output::EngineError { request } => {
                self.end_stream(now, request, Outcome::EngineError, 400)
            }
            replica::Output::Lost { request, outcome } => self.end_stream(now, request, outcome, 502),
            replica::Output::Exited => self.tell_cluster(now, cluster::Input::Exited(pod)),
        }
    }

    fn deliver_from_cluster(&mut self, now: SimTime, output: cluster::Output) {
        match output {
            cluster::Output::Created(pod) => {
                let look_back = self.config.gateway.refresh_metrics_interval * 2;
                let server = Replica::new(&self.config.model_server, self.config.seed, look_back);
                self.replicas.resize_with(self.replicas.len().max(pod.0 as usize + 1), || None);
                self.replicas[pod.0 as usize] = Some(server);
                self.recorder.pod(now, pod, PodEvent::Created);
            }
            cluster::Output::ContainerStarted(pod) => {
                self.telemetry.submit(now, telemetry::Input::TargetAdded(pod));
            }
            cluster::Output::Listening(pod) => self.tell_replica(now, pod, replica::Input::Listen),
            cluster::Output::Ready(pod) => {
                self.recorder.pod(now, pod, PodEvent::Ready);
                self.tell_gateway(now, gateway::Input::EndpointReady(pod));
            }
            cluster::Output::Terminating(pod) => {
                self.recorder.pod(now, pod, PodEvent::Terminating);
                self.tell_gateway(now, gateway::Input::EndpointGone(pod));
            }
            cluster::Output::Sigterm(pod) => {
                let shutdown_timeout = self.config.cluster.deployment.shutdown_timeout;
                self.tell_replica(now, pod, replica::Input::Terminate { shutdown_timeout });
            }
            cluster::Output::Sigkill(pod) => self.tell_replica(now, pod, replica::Input::Kill),
            cluster::Output::Gone(pod) => {
                self.recorder.pod(now, pod, PodEvent::Gone);
                self.telemetry.submit(now, telemetry::Input::TargetRemoved(pod));
                self.calendar.set(Part::Replica(pod).slot(), Part::Replica(pod).class(), None);
                if let Some(server) = self.replicas.get_mut(pod.0 as usize) {
                    *server = None;
                }
            }
        }
    }

    /// A request that reached a pod has ended.
    fn end_stream(&mut self, now: SimTime, request: RequestId, outcome: Outcome, http: u16) {
        if let Some(entry) = self.in_flight.get(&request) {
            let flow = entry.request.flow;
            self.tell_gateway(now, gateway::Input::StreamEnded { flow, http });
        }
        self.end(now, request, outcome, http);
    }

    fn end(&mut self, now: SimTime, request: RequestId, outcome: Outcome, http: u16) {
        if let Some(entry) = self.in_flight.remove(&request) {
            self.recorder.ended(now, &entry, outcome, http);
        }
    }

    fn tell_gateway(&mut self, now: SimTime, input: gateway::Input) {
        let out = &mut self.buffers.gateway;
        self.gateway.submit(now, input, &Fleet(&self.replicas), out);
        self.messages.extend(out.drain(..).map(Message::FromGateway));
    }

    fn tell_replica(&mut self, now: SimTime, pod: PodId, input: replica::Input) {
        let out = &mut self.buffers.replica;
        match self.replicas.get_mut(pod.0 as usize) {
            Some(Some(server)) => server.submit(now, input, out),
            // The pod has no object any more: nobody answers at its address.
            _ => {
                if let replica::Input::Submit(prompt) = input {
                    out.push(replica::Output::Refused { request: prompt.id });
                }
            }
        }
        self.messages.extend(out.drain(..).map(|output| Message::FromReplica(pod, output)));
        self.touch(Part::Replica(pod));
    }

    fn tell_cluster(&mut self, now: SimTime, input: cluster::Input) {
        let out = &mut self.buffers.cluster;
        self.cluster.submit(now, input, out);
        self.messages.extend(out.drain(..).map(Message::FromCluster));
    }

    fn touch(&mut self, part: Part) {
        if let Part::Replica(pod) = part {
            self.buffers.touched.push(pod);
        }
    }

    /// Asks the parts when they must be woken next; of the replicas only those that something happened to.
    fn reschedule(&mut self) {
        let touched = std::mem::take(&mut self.buffers.touched);
        for part in touched.iter().map(|pod| Part::Replica(*pod)).chain(Part::SINGLE) {
            self.calendar.set(part.slot(), part.class(), self.next_wake(part));
        }
        self.buffers.touched = touched;
        self.buffers.touched.clear();
    }

    fn next_wake(&self, part: Part) -> Option<SimTime> {
        match part {
            Part::Telemetry => self.telemetry.next_wake(),
            Part::Recorder => self.recorder.next_wake(),
            Part::Replica(pod) => self.replicas.get(pod.0 as usize)?.as_ref()?.next_wake(),
            Part::Cluster => self.cluster.next_wake(),
            Part::Demand => self.demand.next_wake().filter(|at| at.since_start() < self.config.duration),
            Part::Gateway => self.gateway.next_wake(),
            Part::Autoscaler => self.autoscaler.next_sync(),
        }
    }

    /// What the parts show at the end of a bin.
    fn state(&self, now: SimTime) -> Bin {
        let target = self.cluster.observe();
        let shown = self.replicas.iter().flatten().filter_map(|replica| replica.observe(now));
        let (mut running, mut waiting, mut usage, mut servers) = (0, 0, 0.0, 0_u32);
        for view in shown {
            running += u64::from(view.num_requests_running);
            waiting += u64::from(view.num_requests_waiting);
            usage += view.kv_cache_usage_perc;
            servers += 1;
        }
        Bin {
            queue_size: self.gateway.queue_size() as u64,
            running,
            waiting,
            kv_cache_usage: usage / f64::from(servers.max(1)),
            desired: target.spec_replicas,
            ready: target.ready_pods(),
            pods: target.pods.len() as u32,
            ..Bin::default()
        }
    }

    fn finish(mut self, end: SimTime) -> Result<RunRecord, RunError> {
        let state = self.state(end);
        self.recorder.close_bin(end, state);
        let mut in_flight: Vec<InFlight> = self.in_flight.into_values().collect();
        in_flight.sort_by_key(|entry| entry.request.id);
        let gpu_time_ps = self.cluster.gpu_time_ps(end);
        Ok(self.recorder.finish(end, &in_flight, &self.config.objectives, gpu_time_ps)?)
    }
}

/// Runs a configuration to its end.
///
/// # Errors
/// A [`RunError`].
pub fn run(config: &RunConfig) -> Result<RunRecord, RunError> {
    World::new(config)?.run()
}
