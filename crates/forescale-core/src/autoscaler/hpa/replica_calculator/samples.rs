//! One number per pod, from what the metrics APIs answer.
//!
//! Source: `pkg/controller/podautoscaler/metrics/client.go`, Kubernetes 1.36.2.

use crate::autoscaler::hpa::api::MetricIdentifier;
use crate::autoscaler::hpa::metrics::{MetricsApi, MetricsError, PodMetrics};
use forescale_kernel::{SimDuration, Timestamp};
use std::collections::BTreeMap;

/// A pod's sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sample {
    /// In thousandths.
    pub(super) value: i64,
    pub(super) timestamp: Timestamp,
    /// The time before the timestamp over which the value was taken.
    pub(super) window: SimDuration,
}

/// Samples by the name of their pod.
pub(super) type Samples = BTreeMap<String, Sample>;

/// A custom metric of pods. Nobody looks at the times of its samples.
pub(super) fn of_pods(api: &dyn MetricsApi, metric: &MetricIdentifier) -> Result<Samples, String> {
    let answer = api.pods_metric(&metric.name, metric.selector.as_ref());
    let answer = answer.map_err(|MetricsError(message)| message)?;
    if answer.is_empty() {
        return Err("no metrics returned from custom metrics API".to_owned());
    }
    let sample = |value| Sample { value, ..Sample::default() };
    Ok(answer.into_iter().map(|metric| (metric.pod, sample(metric.value_milli))).collect())
}

/// A resource of pods, or of one container in each of them.
pub(super) fn of_resource(
    api: &dyn MetricsApi,
    resource: &str,
    container: Option<&str>,
) -> Result<Samples, String> {
    let answer = api.resource_metrics(resource).map_err(|MetricsError(message)| message)?;
    if answer.is_empty() {
        return Err("no metrics returned from resource metrics API".to_owned());
    }
    let mut samples = Samples::new();
    for PodMetrics { pod, timestamp, window, containers } in answer {
        let value = match container {
            Some(name) => containers.iter().find(|c| c.name == name).and_then(|c| c.usage_milli),
            // A pod of which one container shows nothing has no sample.
            None if containers.is_empty() => None,
            None => {
                containers.iter().try_fold(0_i64, |sum, c| c.usage_milli.map(|usage| sum.wrapping_add(usage)))
            }
        };
        if let Some(value) = value {
            samples.insert(pod, Sample { value, timestamp, window });
        }
    }
    Ok(samples)
}
