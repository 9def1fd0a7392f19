//! The status that the controller last wrote.

use super::Conditions;
use super::api::Quantity;
use forescale_kernel::Timestamp;
use std::fmt;

/// One entry of `status.currentMetrics`, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricValueStatus {
    /// `current.value`: the metric itself.
    Value(i64),
    /// `current.averageValue`: the metric per replica. With no replicas this is -2^63 (a division by zero, as on amd64).
    AverageValue(i64),
}

impl fmt::Display for MetricValueStatus {
    /// As kubectl prints it: `812`, `12500m`, `31 (avg)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(milli) => write!(f, "{}", Quantity::from_milli(*milli)),
            Self::AverageValue(milli) => write!(f, "{} (avg)", Quantity::from_milli(*milli)),
        }
    }
}

/// `status` of a HorizontalPodAutoscaler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Replicas of the target before the last sync that wrote this.
    pub current_replicas: i32,
    /// Replicas wished by the last sync that came to a decision; 0 before the first.
    pub desired_replicas: i32,
    /// One entry per metric of the spec, none where that metric failed; empty if metrics were not read.
    pub current_metrics: Vec<Option<MetricValueStatus>>,
    /// Conditions in the order of their first appearance.
    pub conditions: Conditions,
    /// When the controller last changed the replicas.
    pub last_scale_time: Option<Timestamp>,
}
