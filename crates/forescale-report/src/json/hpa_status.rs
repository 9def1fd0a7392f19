//! The status of an HPA after a sync, and the events of that.

use forescale_core::autoscaler::hpa::{Condition, Event, MetricValueStatus};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ConditionEntry {
    /// `AbleToScale`, `ScalingActive` or `ScalingLimited`.
    pub(crate) r#type: String,
    /// `True`, `False` or `Unknown`.
    pub(crate) status: String,
    /// Kubernetes' reason.
    pub(crate) reason: String,
    /// Kubernetes' sentence about it.
    pub(crate) message: String,
}

/// All are `null` for a metric that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CurrentMetric {
    /// `current.value` as Kubernetes writes it: `812`, `12500m`.
    pub(crate) value: Option<String>,
    /// `current.averageValue`, likewise.
    pub(crate) average_value: Option<String>,
    /// `current.averageUtilization`.
    pub(crate) average_utilization_percent: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EventEntry {
    /// `Normal` or `Warning`.
    pub(crate) r#type: String,
    /// Kubernetes' reason: `SuccessfulRescale`, `FailedGetExternalMetric` and its like.
    pub(crate) reason: String,
    /// Kubernetes' sentence about it.
    pub(crate) message: String,
}

impl From<&Condition> for ConditionEntry {
    fn from(condition: &Condition) -> Self {
        Self {
            r#type: condition.condition_type.to_string(),
            status: condition.status.to_string(),
            reason: condition.reason.to_owned(),
            message: condition.message.to_string(),
        }
    }
}

impl From<&Option<MetricValueStatus>> for CurrentMetric {
    fn from(status: &Option<MetricValueStatus>) -> Self {
        let mut entry = Self { value: None, average_value: None, average_utilization_percent: None };
        match status {
            Some(MetricValueStatus::Value(value)) => entry.value = Some(value.to_string()),
            Some(MetricValueStatus::AverageValue(value)) => entry.average_value = Some(value.to_string()),
            Some(MetricValueStatus::Utilization { average_utilization, average_value }) => {
                entry.average_utilization_percent = Some(*average_utilization);
                entry.average_value = Some(average_value.to_string());
            }
            None => {}
        }
        entry
    }
}

impl From<&Event> for EventEntry {
    fn from(event: &Event) -> Self {
        Self {
            r#type: event.event_type.to_string(),
            reason: event.reason.to_owned(),
            message: event.message.clone(),
        }
    }
}
