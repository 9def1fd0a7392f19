//! The status that the controller last wrote.

use super::Conditions;
use super::api::Quantity;
use forescale_kernel::Timestamp;
use std::fmt;

/// One entry of `status.currentMetrics`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricValueStatus {
    /// `current.value`: the metric itself.
    Value(Quantity),
    /// `current.averageValue`: the metric per replica, or the average over pods. External and Object metrics show -2^63
    /// thousandths with no replicas (a division by zero, as on amd64).
    AverageValue(Quantity),
    /// Both of a resource's.
    Utilization {
        /// `current.averageUtilization`: percent of the pods' requests.
        average_utilization: i32,
        /// `current.averageValue`: the average over pods.
        average_value: Quantity,
    },
}

impl fmt::Display for MetricValueStatus {
    /// As kubectl prints it: `812`, `12500m`, `31 (avg)`, `80%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::AverageValue(value) => write!(f, "{value} (avg)"),
            Self::Utilization { average_utilization, .. } => write!(f, "{average_utilization}%"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_printed_as_kubectl_prints_them() {
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        let utilization =
            MetricValueStatus::Utilization { average_utilization: 80, average_value: quantity("800m") };
        let values = [
            MetricValueStatus::Value(quantity("812")),
            MetricValueStatus::AverageValue(quantity("12500m")),
            utilization,
        ];
        assert_eq!(values.map(|value| value.to_string()), ["812", "12500m (avg)", "80%"]);
    }
}
