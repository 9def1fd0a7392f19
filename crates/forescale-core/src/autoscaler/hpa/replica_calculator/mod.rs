//! From a metric to a proposal of replicas.

mod per_pod;
mod pod_groups;
mod requests;
mod samples;
mod tolerances;
mod usage_ratio;

pub use tolerances::Tolerances;

use super::api::{
    ExternalMetricSource, HorizontalPodAutoscalerBehavior, MetricSourceType, MetricSpec, MetricTarget,
    MetricTargetType, ObjectMetricSource, PodsMetricSource, Quantity,
};
use super::metrics::MetricsError;
use super::observed::{Observed, Scale};
use super::reasons::{Evaluation, MetricFailure, MetricReason};
use super::{FeatureGates, Flags, WithinTolerance};
use forescale_kernel::{SimDuration, Timestamp};
use per_pod::{Measure, PerPod};

/// Turns one metric into a proposal of replicas: no windows, policies, min and max.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicaCalculator {
    /// The instant of the sync.
    pub now: Timestamp,
    /// The ratios that change nothing.
    pub tolerances: Tolerances,
    /// The flag `cpu-initialization-period`.
    pub cpu_initialization_period: SimDuration,
    /// The flag `initial-readiness-delay`.
    pub initial_readiness_delay: SimDuration,
    /// What an `AverageValue` of an External or Object metric gives within the tolerance.
    pub within_tolerance: WithinTolerance,
}

impl ReplicaCalculator {
    /// What a sync at `now` computes with.
    pub fn new(
        now: Timestamp,
        flags: &Flags,
        gates: FeatureGates,
        behavior: Option<&HorizontalPodAutoscalerBehavior>,
    ) -> Self {
        Self {
            now,
            tolerances: Tolerances::new(flags, gates, behavior),
            cpu_initialization_period: flags.cpu_initialization_period,
            initial_readiness_delay: flags.initial_readiness_delay,
            within_tolerance: flags.within_tolerance,
        }
    }

    /// Evaluates one metric (`computeReplicasForMetric` in horizontal.go, Kubernetes 1.36.2).
    pub fn compute(&self, metric: &MetricSpec, scale: Scale, observed: &Observed<'_>) -> MetricReason {
        let calculation = Calculation { settings: *self, scale, observed };
        match metric.source_type {
            MetricSourceType::External => metric.external.as_ref().map(|source| calculation.external(source)),
            MetricSourceType::Object => metric.object.as_ref().map(|source| calculation.object(source)),
            MetricSourceType::Pods => metric.pods.as_ref().map(|source| calculation.pods(source)),
            MetricSourceType::Resource => metric.resource.as_ref().map(|source| {
                let reason = "FailedGetResourceMetric";
                calculation.resource(&source.name, None, &source.target, reason)
            }),
            MetricSourceType::ContainerResource => metric.container_resource.as_ref().map(|source| {
                let reason = "FailedGetContainerResourceMetric";
                calculation.resource(&source.name, Some(&source.container), &source.target, reason)
            }),
            MetricSourceType::Other(_) => None,
        }
        .unwrap_or_else(|| invalid(&metric.source_type))
    }
}

/// A metric of a type that does not exist, or without what its type names; the API server refuses both.
fn invalid(source_type: &MetricSourceType) -> MetricReason {
    let failure = MetricFailure {
        reason: "InvalidMetricSourceType",
        message: format!("the spec gives no metric of type `{source_type}`"),
    };
    MetricReason { name: source_type.to_string(), event_name: source_type.to_string(), outcome: Err(failure) }
}

/// One metric at one sync.
struct Calculation<'a> {
    settings: ReplicaCalculator,
    scale: Scale,
    observed: &'a Observed<'a>,
}

impl Calculation<'_> {
    fn external(&self, source: &ExternalMetricSource) -> MetricReason {
        let name = &source.metric.name;
        let event_name = match &source.metric.selector {
            Some(selector) => format!("external metric {name}({selector})"),
            None => format!("external metric {name}(nil)"),
        };
        reason(name, event_name, "FailedGetExternalMetric", self.external_outcome(source))
    }

    fn external_outcome(&self, source: &ExternalMetricSource) -> Result<Evaluation, String> {
        let series = || {
            let selector = source.metric.selector.as_ref();
            match self.observed.metrics.external_metric(&source.metric.name, selector) {
                Ok(series) if series.is_empty() => {
                    Err("no metrics returned from external metrics API".to_owned())
                }
                Ok(series) => Ok(series),
                Err(MetricsError(message)) => Err(message),
            }
        };
        if let Some(target) = &source.target.average_value {
            let usage = usage_ratio::running_sum(&series()?);
            Ok(self.external_average_value(usage, target.milli_value()))
        } else if let Some(target) = &source.target.value {
            self.value(usage_ratio::capped_sum(&series()?), target.milli_value())
        } else {
            Err("neither a value target nor an average value target was set".to_owned())
        }
    }

    fn object(&self, source: &ObjectMetricSource) -> MetricReason {
        let (name, object) = (&source.metric.name, &source.described_object);
        let usage = || {
            let answer = self.observed.metrics.object_metric(object, name, source.metric.selector.as_ref());
            answer.map_err(|MetricsError(message)| message)
        };
        let target = &source.target;
        let outcome = match (&target.target_type, &target.value, &target.average_value) {
            (MetricTargetType::Value, Some(target), _) => {
                usage().and_then(|usage| self.value(usage, target.milli_value()))
            }
            (MetricTargetType::AverageValue, _, Some(target)) => {
                usage().map(|usage| self.object_average_value(usage, target.milli_value()))
            }
            _ => Err("neither a value target nor an average value target was set".to_owned()),
        };
        let event_name = format!("{} metric {name}", object.kind);
        reason(name, event_name, "FailedGetObjectMetric", outcome)
    }

    fn pods(&self, source: &PodsMetricSource) -> MetricReason {
        let name = &source.metric.name;
        // Without a target, which validation refuses, it is zero.
        let target = source.target.average_value.as_ref().map_or(0, Quantity::milli_value);
        let metric = PerPod { measure: Measure::Plain { target }, resource: None, container: None };
        let samples = samples::of_pods(self.observed.metrics, &source.metric);
        let outcome = samples.and_then(|samples| self.per_pod(metric, samples));
        reason(name, format!("pods metric {name}"), "FailedGetPodsMetric", outcome)
    }

    fn resource(
        &self,
        resource: &str,
        container: Option<&str>,
        target: &MetricTarget,
        failure: &'static str,
    ) -> MetricReason {
        let measure = match (&target.average_value, target.average_utilization) {
            (Some(target), _) => Some(Measure::Plain { target: target.milli_value() }),
            (None, Some(percent)) => Some(Measure::Utilization { percent }),
            (None, None) => None,
        };
        let event_name = match measure {
            Some(Measure::Utilization { .. }) => {
                format!("{resource} resource utilization (percentage of request)")
            }
            _ => format!("{resource} resource"),
        };
        let outcome = match measure {
            Some(measure) => {
                samples::of_resource(self.observed.metrics, resource, container).and_then(|samples| {
                    self.per_pod(PerPod { measure, resource: Some(resource), container }, samples)
                })
            }
            None => {
                Err("neither an average utilization target nor an average value target was set".to_owned())
            }
        };
        let name = match container {
            Some(container) => format!("{resource} of {container}"),
            None => resource.to_owned(),
        };
        reason(&name, event_name, failure, outcome)
    }
}

fn reason(
    name: &str,
    event_name: String,
    failure: &'static str,
    outcome: Result<Evaluation, String>,
) -> MetricReason {
    let outcome = outcome.map_err(|message| MetricFailure { reason: failure, message });
    MetricReason { name: name.to_owned(), event_name, outcome }
}
