//! The world: it alone knows about time, and wires the parts.
//!
//! Here is the clockwork: which part is woken when, in which order. The map of the loop, every edge from one part to
//! another, is in `wiring.rs`.

mod part;
mod progress;
mod wiring;

use crate::autoscaler::Autoscaler;
use crate::cluster::{self, Cluster};
use crate::config::{ConfigError, RunConfig};
use crate::content::Prefix;
use crate::demand::{self, Demand, TraceError};
use crate::fleet::{Endpoints, Fleet, Metrics};
use crate::gateway::{self, Gateway};
use crate::ids::{PodId, RequestId};
use crate::record::{AccountError, Bin, GpuPhases, InFlight, Recorder, RunRecord, SyncRecord};
use crate::replica::{self, Replica};
use crate::telemetry::Telemetry;
use forescale_kernel::{Calendar, SimDuration, SimTime};
use part::Part;
pub use progress::Progress;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use wiring::Message;

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The configuration is out of range.
    #[error("the configuration cannot be run: {0}")]
    Config(#[from] ConfigError),
    /// A trace could not be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The account does not add up.
    #[error("the account does not add up, which is a bug of Forescale: {0}")]
    Account(#[from] AccountError),
    /// Time stands still: an autoscaler that wants to sync at once again and again, or a bug.
    #[error("more than {limit} events at {at}, the last of them of the {part}")]
    Stuck {
        /// The instant.
        at: SimTime,
        /// The part that was woken last.
        part: String,
        /// The number of events.
        limit: u64,
    },
    /// Who ran it wanted no more of it.
    #[error("interrupted at t={at}")]
    Interrupted {
        /// The instant.
        at: SimTime,
    },
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
    /// What prompts begin with that wait for a pod, where others may have that too.
    prefixes: FxHashMap<RequestId, Prefix>,
    /// How long each replica's GPU had computed when the last bin ended.
    gpu_busy: Vec<SimDuration>,
    /// How long the GPUs of replicas had computed that are gone, in picoseconds.
    gpu_busy_gone_ps: u128,
    /// Told, not yet delivered; empty between events.
    messages: VecDeque<Message>,
    buffers: Buffers,
}

/// Scratch space, kept so that events allocate nothing.
#[derive(Default)]
struct Buffers {
    demand: Vec<demand::Output>,
    gateway: Vec<gateway::Output>,
    replica: Vec<replica::Output>,
    cluster: Vec<cluster::Output>,
    touched: Vec<PodId>,
    /// The other parts that something happened to, a bit per class.
    touched_singles: u8,
}

/// No part needs so many events at one instant.
const EVENTS_PER_INSTANT: u64 = 10_000_000;

/// Events between two calls of a listener: few enough to answer a key within a blink, many enough to cost nothing.
const EVENTS_PER_CALL: u32 = 1 << 12;

impl<'a> World<'a> {
    /// The world at the start of a run.
    ///
    /// # Errors
    /// Where the configuration is out of range, or a trace cannot be opened.
    pub fn new(config: &'a RunConfig) -> Result<Self, RunError> {
        config.validate()?;
        let mut world = Self {
            config,
            calendar: Calendar::default(),
            demand: Demand::new(&config.workloads, config.seed, SimTime::ZERO + config.duration)?,
            gateway: Gateway::new(
                config.gateway.clone(),
                config.model_server.info().cache_config,
                config.seed,
            ),
            replicas: Vec::new(),
            cluster: Cluster::new(config.cluster.clone(), config.seed),
            telemetry: Telemetry::new(config.telemetry.clone(), config.model_server.info(), config.seed),
            autoscaler: config.autoscaler.make(config.seed),
            recorder: Recorder::new(
                &config.record,
                &config.workloads,
                config.model_server.info().max_model_len,
            ),
            in_flight: FxHashMap::default(),
            prefixes: FxHashMap::default(),
            gpu_busy: Vec::new(),
            gpu_busy_gone_ps: 0,
            messages: VecDeque::new(),
            buffers: Buffers::default(),
        };
        let mut deployed = Vec::new();
        world.cluster.deploy(&mut deployed);
        world.messages.extend(deployed.into_iter().map(Message::Cluster));
        world.deliver_all(SimTime::ZERO);
        world.wake(SimTime::ZERO, Part::Gateway)?;
        Part::SINGLE.into_iter().for_each(|part| world.touch(part));
        world.reschedule();
        Ok(world)
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// A [`RunError`]; what was recorded until then is lost.
    pub fn run(self) -> Result<RunRecord, RunError> {
        self.run_with(|_| ControlFlow::Continue(()))
    }

    /// Runs to the end, and every now and then says how far it has come. The run itself never depends on who listens.
    ///
    /// The calls come every few milliseconds of computing, not of simulated time, so `listener` may look at a wall clock.
    ///
    /// # Errors
    /// A [`RunError`]; what was recorded until then is lost. [`RunError::Interrupted`] once `listener` breaks.
    pub fn run_with(
        mut self,
        mut listener: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<RunRecord, RunError> {
        let arrivals_end = SimTime::ZERO + self.config.duration;
        let latest_end = arrivals_end + self.config.drain;
        let (mut now, mut events, mut silent) = (SimTime::ZERO, 0, 0);
        let end = loop {
            let next = self.calendar.next();
            let is_over = next.is_none_or(|key| key.at >= arrivals_end);
            if is_over && self.in_flight.is_empty() && self.demand.backing_off().next().is_none() {
                break now.max(arrivals_end);
            }
            let Some(key) = next.filter(|key| key.at < latest_end) else { break latest_end };
            events = if key.at > now { 0 } else { events + 1 };
            if events > EVENTS_PER_INSTANT {
                let part = format!("{:?}", Part::of_slot(key.part)).to_lowercase();
                return Err(RunError::Stuck { at: key.at, part, limit: EVENTS_PER_INSTANT });
            }
            now = key.at;
            silent += 1;
            if silent == EVENTS_PER_CALL {
                silent = 0;
                if listener(Progress { now, end: arrivals_end }).is_break() {
                    return Err(RunError::Interrupted { at: now });
                }
            }
            let part = Part::of_slot(key.part);
            self.wake(now, part)?;
            self.deliver_all(now);
            self.touch(part);
            self.reschedule();
        };
        self.finish(end)
    }

    /// Wakes a part; what it tells is delivered or queued. Nothing was queued before.
    fn wake(&mut self, now: SimTime, part: Part) -> Result<(), RunError> {
        let Buffers { demand, gateway, replica, cluster, .. } = &mut self.buffers;
        match part {
            Part::Telemetry => {
                let endpoints = &mut Endpoints { replicas: &mut self.replicas, gateway: &self.gateway };
                self.telemetry.wake(now, endpoints);
            }
            Part::Recorder => {
                self.recorder.check(self.in_flight.len(), self.demand.backing_off().count())?;
                let state = self.state(now);
                self.recorder.close_bin(now, state);
                if self.recorder.is_warming_up_until(now) {
                    self.flush_replicas(now);
                    self.recorder.end_warm_up(now);
                }
            }
            Part::Replica(pod) => {
                if let Some(Some(server)) = self.replicas.get_mut(pod.0 as usize) {
                    server.wake(now, replica);
                    self.deliver_told(now, pod);
                }
            }
            Part::Cluster => {
                self.cluster.wake(now, cluster);
                self.messages.extend(cluster.drain(..).map(Message::Cluster));
            }
            Part::Demand => {
                self.demand.wake(now, demand)?;
                self.deliver_demand(now);
            }
            Part::Gateway => {
                self.gateway.wake(now, &mut Fleet(&mut self.replicas), gateway);
                self.messages.extend(gateway.drain(..).map(Message::Gateway));
            }
            Part::Autoscaler => {
                let target = self.cluster.observe();
                let metrics = Metrics { telemetry: &self.telemetry, target: &target, now };
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

    fn touch(&mut self, part: Part) {
        match part {
            Part::Replica(pod) => self.buffers.touched.push(pod),
            part => self.buffers.touched_singles |= 1 << part.class(),
        }
    }

    /// Asks the parts that something happened to when they must be woken next.
    fn reschedule(&mut self) {
        while let Some(pod) = self.buffers.touched.pop() {
            let part = Part::Replica(pod);
            self.calendar.set(part.slot(), part.class(), self.next_wake(part));
        }
        let singles = std::mem::take(&mut self.buffers.touched_singles);
        for part in Part::SINGLE {
            if singles & 1 << part.class() != 0 {
                self.calendar.set(part.slot(), part.class(), self.next_wake(part));
            }
        }
    }

    fn next_wake(&self, part: Part) -> Option<SimTime> {
        match part {
            Part::Telemetry => self.telemetry.next_wake(),
            Part::Recorder => self.recorder.next_wake(),
            Part::Replica(pod) => self.replicas.get(pod.0 as usize)?.as_ref()?.next_wake(),
            Part::Cluster => self.cluster.next_wake(),
            Part::Demand => self.demand.next_wake(),
            Part::Gateway => self.gateway.next_wake(),
            Part::Autoscaler => self.autoscaler.next_sync(),
        }
    }

    /// What the parts show at the end of a bin.
    fn state(&mut self, now: SimTime) -> Bin {
        let target = self.cluster.observe();
        let width = now.since(self.recorder.bin_began()).as_secs_f64();
        self.gpu_busy.resize(self.replicas.len(), SimDuration::ZERO);
        let (mut running, mut waiting, mut usage, mut computed, mut servers) = (0, 0, 0.0, 0.0, 0_u32);
        for (replica, busy) in self.replicas.iter_mut().zip(&mut self.gpu_busy) {
            let Some(replica) = replica else { continue };
            let Some(view) = replica.observe(now) else { continue };
            let before = std::mem::replace(busy, replica.gpu_busy(now));
            computed += busy.saturating_sub(before).as_secs_f64();
            running += u64::from(view.num_requests_running);
            waiting += u64::from(view.num_requests_waiting);
            usage += view.kv_cache_usage_perc;
            servers += 1;
        }
        Bin {
            queue_size: self.gateway.queue_size() as u64,
            epp_running: self.gateway.running_requests(),
            running,
            waiting,
            kv_cache_usage: usage / f64::from(servers.max(1)),
            gpu_utilization: if width > 0.0 { computed / width / f64::from(servers.max(1)) } else { 0.0 },
            desired: target.spec_replicas,
            ready: target.ready_pods(),
            pods: target.pods.len() as u32,
            ..Bin::default()
        }
    }

    /// What the replicas have not told yet, up to just before `end`.
    fn flush_replicas(&mut self, end: SimTime) {
        for pod in 0..self.replicas.len() {
            let Some(Some(server)) = self.replicas.get_mut(pod) else { continue };
            server.flush(end - SimDuration::from_ps(1), &mut self.buffers.replica);
            self.deliver_told(end, PodId(pod as u32));
        }
        self.deliver_all(end);
    }

    fn finish(mut self, end: SimTime) -> Result<RunRecord, RunError> {
        self.flush_replicas(end);
        let state = self.state(end);
        self.recorder.close_bin(end, state);
        let mut in_flight: Vec<InFlight> = self.in_flight.into_values().collect();
        in_flight.sort_by_key(|entry| entry.request.id);
        let busy = self.replicas.iter_mut().flatten().map(|replica| replica.gpu_busy(end).as_ps());
        let busy_ps = self.gpu_busy_gone_ps + busy.map(u128::from).sum::<u128>();
        let busy_ps = busy_ps * u128::from(self.config.cluster.deployment.gpus_per_pod);
        let gpu_time =
            GpuPhases::new(self.cluster.gpu_time_ps(end), self.cluster.gpu_starting_ps(end), busy_ps)?;
        let backing_off: Vec<SimTime> = self.demand.backing_off().collect();
        Ok(self.recorder.finish(end, &in_flight, &backing_off, gpu_time)?)
    }
}

/// Runs a configuration to its end.
///
/// # Errors
/// A [`RunError`].
pub fn run(config: &RunConfig) -> Result<RunRecord, RunError> {
    World::new(config)?.run()
}
