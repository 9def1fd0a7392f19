//! Settings of kube-controller-manager that the HPA controller reads.

use super::KubernetesVersion;
use forescale_kernel::SimDuration;

/// The `--horizontal-pod-autoscaler-…` flags, with the defaults of Kubernetes 1.36.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flags {
    /// `sync-period`: time from the end of a sync to the next one.
    pub sync_period: SimDuration,
    /// `downscale-stabilization`: how long an earlier, higher recommendation holds the replicas up.
    pub downscale_stabilization: SimDuration,
    /// `tolerance`: how far the ratio of usage to target may be from 1 without a change, in both directions; at least 0.
    pub tolerance: f64,
    /// `cpu-initialization-period`: for so long after a pod's start its CPU samples count only while it is ready.
    pub cpu_initialization_period: SimDuration,
    /// `initial-readiness-delay`: an unready pod whose readiness last changed within so long after its start counts
    /// as not yet started (CPU only).
    pub initial_readiness_delay: SimDuration,
    /// No flag, but a rule that may change from one release to another.
    pub within_tolerance: WithinTolerance,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            sync_period: SimDuration::from_secs(15),
            downscale_stabilization: SimDuration::from_secs(300),
            tolerance: 0.1,
            cpu_initialization_period: SimDuration::from_secs(300),
            initial_readiness_delay: SimDuration::from_secs(30),
            within_tolerance: WithinTolerance::default(),
        }
    }
}

/// What the `AverageValue` of an External or Object metric proposes while its ratio is within the tolerance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithinTolerance {
    /// `status.replicas`, as all releases so far do: a surge of a rolling update, or pods not yet created, get into the spec
    /// (kubernetes/kubernetes#138505).
    #[default]
    StatusReplicas,
    /// `spec.replicas`, as kubernetes/kubernetes#141134 proposes.
    SpecReplicas,
}

/// Feature gates that change what the HPA does, with the defaults of Kubernetes 1.36.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureGates {
    /// `HPAConfigurableTolerance`: `behavior.scaleUp.tolerance` and `behavior.scaleDown.tolerance` (on since 1.35).
    pub hpa_configurable_tolerance: bool,
    /// `HPAScaleToZero`: `minReplicas: 0` and the way back from zero replicas (off in 1.36).
    pub hpa_scale_to_zero: bool,
    /// `HPAGeneration`: a new HPA is synced at once instead of a sync period later (not in 1.36). [`Controller`](super::Controller)
    /// leaves it to whoever calls it.
    pub hpa_generation: bool,
}

impl Default for FeatureGates {
    fn default() -> Self {
        KubernetesVersion::default().feature_gates()
    }
}
