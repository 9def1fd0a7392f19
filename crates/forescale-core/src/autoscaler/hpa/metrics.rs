//! What the controller asks the metrics APIs.

use super::api::{CrossVersionObjectReference, LabelSelector};
use forescale_kernel::{SimDuration, Timestamp};

/// The metrics APIs of the cluster, as they answer at the instant of a sync.
///
/// All values are thousandths (`MilliValue()`). What an implementation does not have answers as an API server without
/// that metric does. An empty list is no error here; the controller makes one of it.
pub trait MetricsApi {
    /// Values of all series of an external metric that match the selector (`external.metrics.k8s.io`).
    ///
    /// # Errors
    /// What the API answered instead.
    fn external_metric(&self, name: &str, selector: Option<&LabelSelector>)
    -> Result<Vec<i64>, MetricsError>;

    /// A metric's value on one object in the HPA's namespace (`custom.metrics.k8s.io`).
    ///
    /// # Errors
    /// What the API answered instead.
    fn object_metric(
        &self,
        object: &CrossVersionObjectReference,
        name: &str,
        _selector: Option<&LabelSelector>,
    ) -> Result<i64, MetricsError> {
        let CrossVersionObjectReference { kind, name: object, .. } = object;
        Err(MetricsError(format!("the server could not find the metric {name} for {kind} {object}")))
    }

    /// A metric's value on each pod of the scale target (`custom.metrics.k8s.io`); pods without one are left out.
    ///
    /// # Errors
    /// What the API answered instead.
    fn pods_metric(
        &self,
        name: &str,
        _selector: Option<&LabelSelector>,
    ) -> Result<Vec<PodMetric>, MetricsError> {
        Err(MetricsError(format!("the server could not find the metric {name} for pods")))
    }

    /// What the pods of the scale target use of a resource such as `cpu` (`metrics.k8s.io`); pods without a sample are
    /// left out.
    ///
    /// # Errors
    /// What the API answered instead.
    fn resource_metrics(&self, _resource: &str) -> Result<Vec<PodMetrics>, MetricsError> {
        Err(MetricsError(
            "the server could not find the requested resource (get pods.metrics.k8s.io)".to_owned(),
        ))
    }
}

/// A custom metric of one pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodMetric {
    /// Name of the pod.
    pub pod: String,
    /// The value in thousandths.
    pub value_milli: i64,
}

/// One resource of one pod, as the resource metrics API gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodMetrics {
    /// Name of the pod.
    pub pod: String,
    /// End of the time over which usage was averaged.
    pub timestamp: Timestamp,
    /// Length of that time.
    pub window: SimDuration,
    /// The pod's containers.
    pub containers: Vec<ContainerMetrics>,
}

/// One resource of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerMetrics {
    /// Name of the container.
    pub name: String,
    /// Usage in thousandths (of cores for `cpu`, of bytes for `memory`), none if the container shows no such resource.
    pub usage_milli: Option<i64>,
}

/// A metrics API did not answer with values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MetricsError(
    /// The API's message.
    pub String,
);
