//! The cluster: a Deployment whose pods start cold, become Ready, and are deleted with a grace period.

mod config;
mod pod;
mod victims;

pub use config::{ClusterConfig, ColdStart, Deployment, Probe, StartPhase};

use crate::ids::PodId;
use crate::views::{PodPhase, PodView, ScaleTargetView};
use forescale_kernel::{SimDuration, SimTime, Timers};
use pod::Pod;

/// What can happen to the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Someone writes the Deployment's scale subresource.
    Scale {
        /// `spec.replicas`.
        replicas: u32,
    },
    /// A pod's server has exited.
    Exited(PodId),
}

/// What the cluster tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A pod was created.
    Created(PodId),
    /// Its container runs; it has an address.
    ContainerStarted(PodId),
    /// Its server listens.
    Listening(PodId),
    /// Its Ready condition is True.
    Ready(PodId),
    /// It has a deletion timestamp.
    Terminating(PodId),
    /// Its container gets SIGTERM.
    Sigterm(PodId),
    /// Its container gets SIGKILL.
    Sigkill(PodId),
    /// It is gone and its GPUs are free.
    Gone(PodId),
}

/// The steps of a pod's life, in the order in which equal times are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    ContainerStarts,
    Listens,
    BecomesReady,
    Sigterm,
    Sigkill,
}

/// The Deployment and its pods.
#[derive(Clone, Debug)]
pub struct Cluster {
    config: ClusterConfig,
    seed: u64,
    spec_replicas: u32,
    pods: Vec<Pod>,
    timers: Timers<(PodId, Step)>,
}

impl Cluster {
    /// A Deployment whose pods all serve since the start of the run.
    pub fn new(config: ClusterConfig, seed: u64) -> Self {
        let spec_replicas = config.deployment.replicas;
        let pods = (0..spec_replicas).map(|id| Pod::deployed(PodId(id), seed)).collect();
        Self { config, seed, spec_replicas, pods, timers: Timers::default() }
    }

    /// Tells of the pods that serve since the start of the run.
    pub fn deploy(&self, out: &mut Vec<Output>) {
        for id in self.pods.iter().map(|pod| pod.id) {
            out.extend([
                Output::Created(id),
                Output::ContainerStarted(id),
                Output::Listening(id),
                Output::Ready(id),
            ]);
        }
    }

    /// Something happened to the cluster.
    pub fn submit(&mut self, now: SimTime, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Scale { replicas } => {
                self.spec_replicas = replicas;
                let active = self.pods.iter().filter(|pod| pod.is_active()).count();
                let wanted = replicas as usize;
                for _ in active..wanted {
                    self.create(now, out);
                }
                for victim in victims::choose(&self.pods, active.saturating_sub(wanted), now) {
                    self.delete(now, victim, out);
                }
            }
            Input::Exited(pod) => self.remove(now, pod, out),
        }
    }

    /// When the cluster must be woken if nothing else happens.
    pub fn next_wake(&self) -> Option<SimTime> {
        self.timers.next()
    }

    /// Now it is.
    pub fn wake(&mut self, now: SimTime, out: &mut Vec<Output>) {
        while let Some((_, (id, step))) = self.timers.pop_due(now) {
            let Some(pod) = self.pods.get_mut(id.0 as usize) else { continue };
            match step {
                Step::ContainerStarts => {
                    pod.is_running = true;
                    out.push(Output::ContainerStarted(id));
                }
                Step::Listens => out.push(Output::Listening(id)),
                Step::BecomesReady => {
                    pod.ready_since = Some(now);
                    pod.first_ready = Some(now);
                    out.push(Output::Ready(id));
                }
                Step::Sigterm => out.push(Output::Sigterm(id)),
                Step::Sigkill => out.push(Output::Sigkill(id)),
            }
        }
    }

    /// The Deployment's scale and pods as the API server shows them.
    pub fn observe(&self) -> ScaleTargetView {
        let pods = self.pods.iter().filter(|pod| pod.gone.is_none()).map(|pod| PodView {
            pod: pod.id,
            phase: if pod.is_running { PodPhase::Running } else { PodPhase::Pending },
            is_ready: pod.ready_since.is_some(),
            ready_transition: pod.is_running.then(|| pod.ready_since.unwrap_or(pod.scheduled)),
            start: pod.is_running.then_some(pod.scheduled),
            deletion: pod.deletion,
        });
        let status_replicas = self.pods.iter().filter(|pod| pod.is_active()).count() as u32;
        ScaleTargetView { spec_replicas: self.spec_replicas, status_replicas, pods: pods.collect() }
    }

    /// How long GPUs were held by `now`, summed over pods and multiplied by the GPUs of a pod, in picoseconds.
    ///
    /// A pod holds its GPUs from its creation until it is gone: while its node boots, and while it starts and drains.
    pub fn gpu_time_ps(&self, now: SimTime) -> u128 {
        self.gpu_sum_ps(|pod| pod.held(now))
    }

    /// How much of it pods held before they were Ready; pods that never were Ready held all of theirs so.
    pub fn gpu_starting_ps(&self, now: SimTime) -> u128 {
        self.gpu_sum_ps(|pod| pod.starting(now))
    }

    fn gpu_sum_ps(&self, of: impl Fn(&Pod) -> SimDuration) -> u128 {
        let of_pods: u128 = self.pods.iter().map(|pod| u128::from(of(pod).as_ps())).sum();
        of_pods * u128::from(self.config.deployment.gpus_per_pod)
    }

    fn create(&mut self, now: SimTime, out: &mut Vec<Output>) {
        let id = PodId(self.pods.len() as u32);
        let pod = Pod::create(id, now, &self.config, self.seed);
        self.timers.set((id, Step::ContainerStarts), pod.container_starts);
        self.timers.set((id, Step::Listens), pod.listens);
        self.timers.set((id, Step::BecomesReady), pod.becomes_ready);
        self.pods.push(pod);
        out.push(Output::Created(id));
    }

    fn delete(&mut self, now: SimTime, id: PodId, out: &mut Vec<Output>) {
        let Some(pod) = self.pods.get_mut(id.0 as usize) else { return };
        pod.deletion = Some(now);
        self.timers.cancel(&(id, Step::BecomesReady));
        out.push(Output::Terminating(id));
        if pod.is_running {
            let deployment = &self.config.deployment;
            let kill = now + deployment.termination_grace_period;
            let term = now + deployment.pre_stop;
            self.timers.set((id, Step::Sigterm), term.min(kill));
            self.timers.set((id, Step::Sigkill), kill);
        } else {
            self.remove(now, id, out);
        }
    }

    fn remove(&mut self, now: SimTime, id: PodId, out: &mut Vec<Output>) {
        for step in [Step::ContainerStarts, Step::Listens, Step::BecomesReady, Step::Sigterm, Step::Sigkill] {
            self.timers.cancel(&(id, step));
        }
        if let Some(pod) = self.pods.get_mut(id.0 as usize)
            && pod.gone.is_none()
        {
            pod.gone = Some(now);
            pod.ready_since = None;
            out.push(Output::Gone(id));
        }
    }
}
