//! Why a sync decided as it did, as data. Every number that entered the decision is here.

use super::api::HPAScalingPolicy;
use super::status::MetricValueStatus;
use forescale_kernel::SimDuration;

/// The reasons of one sync.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// Which way the sync took.
    pub branch: Branch,
    /// `spec.replicas` of the scale target as found.
    pub current_replicas: i32,
    /// One entry per metric of the spec, in order; empty if metrics were not read.
    pub metrics: Vec<MetricReason>,
    /// Index of the metric whose proposal counted, if any.
    pub winner: Option<usize>,
    /// What earlier recommendations did to the proposal.
    pub stabilization: Option<Stabilization>,
    /// What policies, min and max did to the stabilized count.
    pub clamp: Option<Clamp>,
}

/// The way a sync took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Branch {
    /// The scale subresource could not be read.
    #[default]
    NoScale,
    /// Zero replicas that this HPA did not make: it leaves them alone.
    Disabled,
    /// More replicas than `maxReplicas` (the value given): set to that without a look at metrics.
    AboveMax(i32),
    /// Fewer replicas than `minReplicas` (the value given): set to that without a look at metrics.
    BelowMin(i32),
    /// Metrics were read, but failed too often to decide.
    MetricsFailed,
    /// Metrics decided.
    Metrics,
}

/// What one metric proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricReason {
    /// Name of the metric.
    pub name: String,
    /// Name as the controller's events give it.
    pub event_name: String,
    /// The evaluation, or why there is none.
    pub outcome: Result<Evaluation, MetricFailure>,
}

/// A metric could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricFailure {
    /// Kubernetes' reason, for example `FailedGetExternalMetric`.
    pub reason: &'static str,
    /// What happened.
    pub message: String,
}

/// The arithmetic of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// How the metric is compared.
    pub kind: TargetKind,
    /// The metric's value in thousandths: of External metrics the sum of the series, of Object metrics the value, of metrics per
    /// pod their average, or for [`TargetKind::Utilization`] thousandths of a percent.
    pub usage_milli: i64,
    /// The target in thousandths, likewise.
    pub target_milli: i64,
    /// Which replicas entered the formula.
    pub counted: Counted,
    /// Usage over target (per replica for [`TargetKind::AverageValue`]). Infinite or NaN with no replicas. For metrics per pod
    /// that of the pods that count.
    pub ratio: f64,
    /// The ratios that count as 1, both ends included.
    pub tolerated: (f64, f64),
    /// Whether the ratio that decided was among them.
    pub within_tolerance: bool,
    /// Replicas proposed, before windows, policies, min and max.
    pub proposal: i32,
    /// What the pods gave, for Pods, Resource and ContainerResource metrics.
    pub pods: Option<Box<PodsEvaluation>>,
    /// The entry in `status.currentMetrics`.
    pub current: MetricValueStatus,
}

/// Type of an evaluated target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// ceil(usage / target × ready pods)
    Value,
    /// ceil(usage / target); of metrics per pod ceil(usage / target × pods)
    AverageValue,
    /// ceil(usage / target × pods), both in percent of the pods' requests
    Utilization,
}

/// The replicas in a metric's formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Pods that are Running and Ready; of metrics per pod those in the group "ready" ([`PodCounts::ready`]).
    ReadyPods(i64),
    /// `status.replicas` of the scale target, for the tolerance (and the answer within it).
    StatusReplicas(i32),
    /// `spec.replicas`, held because the ratio is within tolerance or would turn.
    SpecReplicas(i32),
    /// Samples of pods, with those that were filled in.
    Samples(i64),
    /// None: the target has zero replicas.
    Nothing,
}

/// What a metric per pod is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PodsEvaluation {
    /// How many pods count as what.
    pub counts: PodCounts,
    /// What the samples that count gave.
    pub usage: PodUsage,
    /// The second pass: there were pods without a sample, or pods that have not started while the others use too much.
    pub refilled: Option<Refilled>,
}

/// The pods of the selector, each in one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PodCounts {
    /// Pods whose samples count.
    pub ready: usize,
    /// Pending pods, and for `cpu` those that are still starting; their samples do not count.
    pub unready: usize,
    /// Pods without a sample.
    pub missing: usize,
    /// Failed and terminating pods; their samples do not count.
    pub ignored: usize,
}

/// Sums over samples, in thousandths. Sums wrap around as they do in the controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PodUsage {
    /// How many samples there are, those of unknown pods too.
    pub samples: usize,
    /// Their sum; for [`TargetKind::Utilization`] without those of unknown pods.
    pub total_milli: i64,
    /// For [`TargetKind::Utilization`] the sum of what those pods request.
    pub requests_milli: Option<i64>,
    /// Sum over samples, or for [`TargetKind::Utilization`] 1000 × percent: sum × 100 / requests in whole percent.
    pub usage_milli: i64,
    /// Sum over those samples that are in the sum.
    pub average_milli: i64,
}

/// The second pass, with what pods without a sample that counts are taken to use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refilled {
    /// What missing pods were taken to use; none if they were left out.
    pub missing_as: Option<Substitute>,
    /// Whether unready pods were taken to use nothing; else they were left out.
    pub unready_as_zero: bool,
    /// What the samples then gave.
    pub usage: PodUsage,
    /// Its usage over the target.
    pub ratio: f64,
    /// Why nothing changes, if so.
    pub kept: Option<Kept>,
}

/// What a pod without a sample is taken to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Substitute {
    /// The target; for [`TargetKind::Utilization`] its request, or the target in percent of it if that is more.
    Target,
    /// Nothing.
    Zero,
}

/// Why the second pass changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its ratio is within tolerance.
    WithinTolerance,
    /// Its ratio is on the other side of 1 than the first.
    RatioTurns,
    /// It would remove replicas at a ratio above 1, or add some at one below; the count it came to.
    CountTurns(i32),
}

/// The effect of earlier recommendations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stabilization {
    /// Replicas that the metrics asked for now; this is what the history records.
    pub recommendation: i32,
    /// Replicas that the windows left.
    pub stabilized: i32,
    /// What held the count, if the two differ.
    pub held: Option<Held>,
}

/// The recommendation that held a count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Which window it lies in.
    pub window: Window,
    /// The window's length.
    pub length: SimDuration,
    /// The extreme of the window.
    pub replicas: i32,
    /// How old it is.
    pub age: SimDuration,
}

/// A stabilization window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The lowest recommendation in it bounds upwards.
    ScaleUp,
    /// The highest recommendation in it bounds downwards.
    ScaleDown,
}

/// The effect of policies, min and max.
#[derive(Clone, Debug, PartialEq)]
pub struct Clamp {
    /// Replicas before.
    pub before: i32,
    /// Replicas after.
    pub after: i32,
    /// What bounded them; [`LimitReason::DesiredWithinRange`] if nothing did.
    pub reason: LimitReason,
    /// For [`LimitReason::ScaleUpLimit`] and [`LimitReason::ScaleDownLimit`], what set the limit.
    pub limited_by: Option<LimitedBy>,
    /// Raised to this `minReplicas` afterwards, on the way back from zero.
    pub raised_to_min: Option<i32>,
}

/// Reason of the condition `ScalingLimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitReason {
    /// Nothing bounded the count.
    DesiredWithinRange,
    /// The rate upwards.
    ScaleUpLimit,
    /// The rate downwards.
    ScaleDownLimit,
    /// `maxReplicas`.
    TooManyReplicas,
    /// `minReplicas`.
    TooFewReplicas,
}

impl LimitReason {
    /// The word that Kubernetes writes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DesiredWithinRange => "DesiredWithinRange",
            Self::ScaleUpLimit => "ScaleUpLimit",
            Self::ScaleDownLimit => "ScaleDownLimit",
            Self::TooManyReplicas => "TooManyReplicas",
            Self::TooFewReplicas => "TooFewReplicas",
        }
    }
}

/// What set a rate limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitedBy {
    /// The policy that `selectPolicy` chose.
    Policy(PolicyLimit),
    /// `selectPolicy: Disabled`.
    Disabled,
    /// No policy at all, which validation refuses.
    NoPolicies,
    /// Without `behavior`: twice the replicas, at least 4.
    Doubling,
}

/// What a policy allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLimit {
    /// The policy.
    pub policy: HPAScalingPolicy,
    /// Replicas at the start of its period: current - added + removed within it.
    pub period_start_replicas: i32,
    /// Replicas up to which (down to which) it lets the target move.
    pub limit: i32,
}
