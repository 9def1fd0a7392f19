//! What the cluster is told: the Deployment and how long a pod takes to start.

use crate::dist::Dist;
use forescale_kernel::SimDuration;

/// The part of a Deployment that decides when its pods serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `spec.replicas`: pods at the start of the run, all Ready.
    pub replicas: u32,
    /// GPUs that each pod holds.
    pub gpus_per_pod: u32,
    /// The probe that makes a pod Ready: its startup probe, or its readiness probe where it has no startup probe. Without one a pod is
    /// Ready as soon as its container runs.
    pub probe: Option<Probe>,
    /// `terminationGracePeriodSeconds`.
    pub termination_grace_period: SimDuration,
    /// How long the `preStop` hook sleeps before SIGTERM.
    pub pre_stop: SimDuration,
    /// vLLM's `--shutdown-timeout`: how long running requests may go on after SIGTERM.
    pub shutdown_timeout: SimDuration,
}

impl Default for Deployment {
    /// One pod with one GPU and no probe, 30 s of grace.
    fn default() -> Self {
        Self {
            name: "model-server".to_owned(),
            namespace: "default".to_owned(),
            replicas: 1,
            gpus_per_pod: 1,
            probe: None,
            termination_grace_period: SimDuration::from_secs(30),
            pre_stop: SimDuration::ZERO,
            shutdown_timeout: SimDuration::ZERO,
        }
    }
}

/// A kubelet probe with a success threshold of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// `initialDelaySeconds`, counted from the container's start.
    pub initial_delay: SimDuration,
    /// `periodSeconds`; ticks count from the pod's admission to its node. Above 0.
    pub period: SimDuration,
}

/// A stretch of a pod's way from creation to serving, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StartPhase {
    /// Until a node with free GPUs exists.
    Node,
    /// Pulling the image; the container starts after it.
    ImagePull,
    /// Process start and imports.
    Bootstrap,
    /// Downloading and loading weights.
    Weights,
    /// `torch.compile`.
    Compile,
    /// KV profiling, graph capture, warm-up, until the server listens.
    Engine,
}

impl StartPhase {
    /// All, in order.
    pub const ALL: [Self; 6] =
        [Self::Node, Self::ImagePull, Self::Bootstrap, Self::Weights, Self::Compile, Self::Engine];

    /// The key in scenarios.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::ImagePull => "image_pull",
            Self::Bootstrap => "bootstrap",
            Self::Weights => "weights",
            Self::Compile => "compile",
            Self::Engine => "engine",
        }
    }
}

/// The duration of each start phase, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct ColdStart {
    durations: [Dist; StartPhase::ALL.len()],
}

impl Default for ColdStart {
    /// Every phase takes no time.
    fn default() -> Self {
        Self { durations: StartPhase::ALL.map(|_| Dist::Constant(0.0)) }
    }
}

impl ColdStart {
    /// The duration of a phase, in seconds.
    pub fn get(&self, phase: StartPhase) -> &Dist {
        &self.durations[phase as usize]
    }

    /// Sets the duration of a phase, in seconds.
    pub fn set(&mut self, phase: StartPhase, seconds: Dist) {
        self.durations[phase as usize] = seconds;
    }

    /// The mean of the whole start, in seconds, without the wait for a probe.
    pub fn mean(&self) -> f64 {
        self.durations.iter().map(Dist::mean).sum()
    }
}

/// The cluster's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterConfig {
    /// The Deployment that is scaled.
    pub deployment: Deployment,
    /// How long a new pod takes to start.
    pub cold_start: ColdStart,
}
