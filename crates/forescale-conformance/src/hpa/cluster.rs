//! The recorded cluster: flags, gates, pods, answers of the metrics APIs.

use forescale_core::autoscaler::hpa::api::{LabelSelector, Quantity};
use forescale_core::autoscaler::hpa::{
    ConditionStatus, FeatureGates, Flags, MetricValueStatus, MetricsApi, MetricsError, Pod, PodPhase,
};
use forescale_kernel::{SimDuration, Timestamp};
use serde::Deserialize;

/// Flags; those that a case does not give are those of the header, or Kubernetes' own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagsRecord {
    sync_period_s: Option<f64>,
    downscale_stabilization_s: Option<f64>,
    tolerance: Option<f64>,
    cpu_initialization_period_s: Option<f64>,
    initial_readiness_delay_s: Option<f64>,
}

impl FlagsRecord {
    pub(super) fn over(&self, base: Flags) -> Flags {
        let seconds = |own: Option<f64>, base| own.map_or(base, SimDuration::from_secs_f64);
        Flags {
            sync_period: seconds(self.sync_period_s, base.sync_period),
            downscale_stabilization: seconds(self.downscale_stabilization_s, base.downscale_stabilization),
            tolerance: self.tolerance.unwrap_or(base.tolerance),
            cpu_initialization_period: seconds(
                self.cpu_initialization_period_s,
                base.cpu_initialization_period,
            ),
            initial_readiness_delay: seconds(self.initial_readiness_delay_s, base.initial_readiness_delay),
        }
    }
}

/// Feature gates.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct GatesRecord {
    #[serde(rename = "HPAScaleToZero")]
    scale_to_zero: Option<bool>,
    #[serde(rename = "HPAConfigurableTolerance")]
    configurable_tolerance: Option<bool>,
}

impl From<GatesRecord> for FeatureGates {
    fn from(record: GatesRecord) -> Self {
        let base = Self::default();
        Self {
            hpa_scale_to_zero: record.scale_to_zero.unwrap_or(base.hpa_scale_to_zero),
            hpa_configurable_tolerance: record
                .configurable_tolerance
                .unwrap_or(base.hpa_configurable_tolerance),
        }
    }
}

/// Pods in the short form: how many are ready, unready, pending, failed, terminating while ready.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct PodMix(usize, usize, usize, usize, usize);

impl PodMix {
    pub(super) fn pods(self) -> Vec<Pod> {
        let yes = Some(ConditionStatus::True);
        let mut terminating = Pod::new(PodPhase::Running, yes);
        terminating.deletion_timestamp = Some(Timestamp::default());
        let groups = [
            (self.0, Pod::new(PodPhase::Running, yes)),
            (self.1, Pod::new(PodPhase::Running, Some(ConditionStatus::False))),
            (self.2, Pod::new(PodPhase::Pending, None)),
            (self.3, Pod::new(PodPhase::Failed, yes)),
            (self.4, terminating),
        ];
        groups.into_iter().flat_map(|(n, pod)| std::iter::repeat_n(pod, n)).collect()
    }
}

/// A pod in the long form, as far as External metrics look at it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PodRecord {
    #[serde(default = "running")]
    ph: String,
    #[serde(default = "ready")]
    rd: String,
    #[serde(default)]
    del: bool,
}

fn running() -> String {
    "Running".to_owned()
}

fn ready() -> String {
    "True".to_owned()
}

impl PodRecord {
    pub(super) fn pod(&self) -> Result<Pod, String> {
        let phase = match self.ph.as_str() {
            "Running" => PodPhase::Running,
            "Pending" => PodPhase::Pending,
            "Failed" => PodPhase::Failed,
            "Succeeded" => PodPhase::Succeeded,
            "Unknown" => PodPhase::Unknown,
            other => return Err(format!("pod phase `{other}`")),
        };
        let ready = match self.rd.as_str() {
            "True" => Some(ConditionStatus::True),
            "False" => Some(ConditionStatus::False),
            "Unknown" => Some(ConditionStatus::Unknown),
            "none" => None,
            other => return Err(format!("ready condition `{other}`")),
        };
        let mut pod = Pod::new(phase, ready);
        pod.deletion_timestamp = self.del.then(Timestamp::default);
        Ok(pod)
    }
}

/// What a metrics API answered: series, or an error; neither means an empty list.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Observation {
    #[serde(default)]
    v: Vec<Quantity>,
    e: Option<String>,
}

/// External metrics by name.
#[derive(Debug, Default)]
pub(super) struct RecordedMetrics<'a>(pub(super) Vec<(&'a str, &'a Observation)>);

impl MetricsApi for RecordedMetrics<'_> {
    fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        match self.0.iter().find(|(own, _)| *own == name) {
            Some((_, Observation { e: Some(message), .. })) => Err(MetricsError(message.clone())),
            Some((_, Observation { v, .. })) => Ok(v.iter().map(Quantity::milli_value).collect()),
            None => Err(MetricsError(format!("nothing recorded for {name}"))),
        }
    }
}

/// An entry of `status.currentMetrics` as recordings write it: `V:812`, `A:31`, empty for a failed metric.
pub(super) fn current_text(current: Option<MetricValueStatus>) -> String {
    match current {
        Some(MetricValueStatus::Value(milli)) => format!("V:{}", Quantity::from_milli(milli)),
        Some(MetricValueStatus::AverageValue(milli)) => format!("A:{}", Quantity::from_milli(milli)),
        None => String::new(),
    }
}
