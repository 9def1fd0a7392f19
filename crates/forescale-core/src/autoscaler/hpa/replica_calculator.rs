//! From a metric to a proposal of replicas.

use super::api::{
    ExternalMetricSource, HorizontalPodAutoscalerBehavior, MetricSourceType, MetricSpec, Quantity,
};
use super::float;
use super::metrics::MetricsError;
use super::observed::{Observed, Scale};
use super::reasons::{Counted, Evaluation, MetricFailure, MetricReason, TargetKind};
use super::status::MetricValueStatus;
use super::{FeatureGates, Flags};

/// How far the ratio of usage to target may be from 1 without a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerances {
    /// Upwards, at least 0.
    pub scale_up: f64,
    /// Downwards, at least 0; from 1 on metrics never scale down.
    pub scale_down: f64,
}

impl Tolerances {
    /// The flag, or what `behavior` sets per direction if the gate `HPAConfigurableTolerance` is on.
    pub fn new(
        flags: &Flags,
        gates: FeatureGates,
        behavior: Option<&HorizontalPodAutoscalerBehavior>,
    ) -> Self {
        let own = |tolerance: Option<&Quantity>| {
            tolerance
                .filter(|_| gates.hpa_configurable_tolerance)
                .map_or(flags.tolerance, Quantity::stored_f64)
        };
        Self {
            scale_up: own(behavior.and_then(|b| b.scale_up.tolerance.as_ref())),
            scale_down: own(behavior.and_then(|b| b.scale_down.tolerance.as_ref())),
        }
    }

    /// The ratios that count as 1, both ends included.
    fn range(self) -> (f64, f64) {
        (1.0 - self.scale_down, 1.0 + self.scale_up)
    }
}

/// Evaluates one metric (`computeReplicasForMetric` in horizontal.go, Kubernetes 1.36.2): no windows, policies, min, max.
pub fn compute_replicas_for_metric(
    metric: &MetricSpec,
    tolerances: Tolerances,
    scale: Scale,
    observed: &Observed<'_>,
) -> MetricReason {
    match (&metric.source_type, &metric.external) {
        (MetricSourceType::External, Some(external)) => {
            let selector = &external.metric.selector;
            MetricReason {
                name: external.metric.name.clone(),
                event_name: match selector {
                    Some(selector) => format!("external metric {}({selector})", external.metric.name),
                    None => format!("external metric {}(nil)", external.metric.name),
                },
                outcome: external_metric(external, tolerances, scale, observed)
                    .map_err(|message| MetricFailure { reason: "FailedGetExternalMetric", message }),
            }
        }
        (other, _) => MetricReason {
            name: other.to_string(),
            event_name: other.to_string(),
            outcome: Err(MetricFailure {
                reason: "InvalidMetricSourceType",
                message: format!("metrics of type `{other}` are not simulated"),
            }),
        },
    }
}

fn external_metric(
    external: &ExternalMetricSource,
    tolerances: Tolerances,
    scale: Scale,
    observed: &Observed<'_>,
) -> Result<Evaluation, String> {
    let name = &external.metric.name;
    let series = || match observed.metrics.external_metric(name, external.metric.selector.as_ref()) {
        Ok(series) if series.is_empty() => Err("no metrics returned from external metrics API".to_owned()),
        Ok(series) => Ok(series),
        Err(MetricsError(message)) => Err(message),
    };
    if let Some(target) = &external.target.average_value {
        Ok(average_value(running_sum(&series()?), target.milli_value(), tolerances, scale))
    } else if let Some(target) = &external.target.value {
        value(capped_sum(&series()?), target.milli_value(), tolerances, scale, observed)
    } else {
        Err("neither a value target nor an average value target was set".to_owned())
    }
}

/// Sum of the series; what overflows upwards stays at the largest value.
fn capped_sum(series: &[i64]) -> i64 {
    series.iter().fold(0_i64, |sum, value| match sum.checked_add(*value) {
        Some(sum) => sum,
        None if *value > 0 => i64::MAX,
        None => sum.wrapping_add(*value),
    })
}

/// Sum of the series; any negative intermediate sum counts as an overflow and stays at the largest value.
fn running_sum(series: &[i64]) -> i64 {
    let mut sum = 0_i64;
    for value in series {
        sum = sum.wrapping_add(*value);
        if sum < 0 {
            return i64::MAX;
        }
    }
    sum
}

/// `GetExternalMetricReplicas` in replica_calculator.go, Kubernetes 1.36.2.
fn value(
    usage: i64,
    target: i64,
    tolerances: Tolerances,
    scale: Scale,
    observed: &Observed<'_>,
) -> Result<Evaluation, String> {
    let ratio = usage as f64 / target as f64;
    let tolerated @ (low, high) = tolerances.range();
    let within_tolerance = scale.spec_replicas != 0 && low <= ratio && ratio <= high;
    let (counted, proposal) = if scale.spec_replicas == 0 {
        (Counted::Nothing, float::to_i32(ratio.ceil()))
    } else if within_tolerance {
        (Counted::SpecReplicas(scale.spec_replicas), scale.spec_replicas)
    } else {
        if observed.pods.is_empty() {
            return Err("unable to calculate ready pods: no pods returned by selector".to_owned());
        }
        let ready = observed.pods.iter().filter(|pod| pod.counts_as_ready()).count() as i64;
        (Counted::ReadyPods(ready), ceil_capped(ratio * ready as f64))
    };
    Ok(Evaluation {
        kind: TargetKind::Value,
        usage_milli: usage,
        target_milli: target,
        counted,
        ratio,
        tolerated,
        within_tolerance,
        proposal,
        current: MetricValueStatus::Value(usage),
    })
}

/// `GetExternalPerPodMetricReplicas` in replica_calculator.go, Kubernetes 1.36.2. Within the tolerance the answer is
/// `status.replicas`, not `spec.replicas` (kubernetes/kubernetes#138505).
fn average_value(usage: i64, target: i64, tolerances: Tolerances, scale: Scale) -> Evaluation {
    let replicas = f64::from(scale.status_replicas);
    let ratio = usage as f64 / (target as f64 * replicas);
    let tolerated @ (low, high) = tolerances.range();
    let within_tolerance = low <= ratio && ratio <= high;
    let proposal =
        if within_tolerance { scale.status_replicas } else { ceil_capped(usage as f64 / target as f64) };
    // A sum that rounds to 2^63 is shown undivided.
    let overflown = usage as f64 >= i64::MAX as f64;
    let shown = if overflown { i64::MAX } else { float::to_i64((usage as f64 / replicas).ceil()) };
    Evaluation {
        kind: TargetKind::AverageValue,
        usage_milli: usage,
        target_milli: target,
        counted: Counted::StatusReplicas(scale.status_replicas),
        ratio,
        tolerated,
        within_tolerance,
        proposal,
        current: MetricValueStatus::AverageValue(shown),
    }
}

/// ceil(x) as replicas; what is more than 2^31 - 1 becomes that.
fn ceil_capped(x: f64) -> i32 {
    if x > f64::from(i32::MAX) { i32::MAX } else { float::to_i32(x.ceil()) }
}
