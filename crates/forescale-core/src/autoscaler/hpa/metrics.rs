//! What the controller asks the metrics APIs.

use super::api::LabelSelector;

/// The metrics APIs of the cluster (`external.metrics.k8s.io` for now), as they answer at the instant of a sync.
pub trait MetricsApi {
    /// Values of all series of an external metric that match the selector, in thousandths (`MilliValue()`).
    ///
    /// # Errors
    /// What the API answered instead. An empty list is no error here; the controller makes one of it.
    fn external_metric(&self, name: &str, selector: Option<&LabelSelector>)
    -> Result<Vec<i64>, MetricsError>;
}

/// A metrics API did not answer with values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MetricsError(
    /// The API's message.
    pub String,
);
