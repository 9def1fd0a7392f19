//! `spec.metrics` as written.

use super::open_enum::open_enum;
use super::{Quantity, null_is_zero};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// An object by kind, name and API version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CrossVersionObjectReference {
    /// For example `apps/v1`.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// For example `Deployment`.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub kind: String,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub name: String,
}

open_enum! {
    /// Which source a metric has.
    MetricSourceType {
        /// A metric of one Kubernetes object.
        Object,
        /// A metric of each pod, averaged.
        Pods,
        /// CPU or memory of the pods.
        Resource,
        /// CPU or memory of one container of the pods.
        ContainerResource,
        /// A metric from outside the cluster's objects.
        External,
    }
}

/// One metric; the field that `type` names is the one that counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricSpec {
    /// Which of the other fields is given.
    #[serde(default, rename = "type", deserialize_with = "null_is_zero")]
    pub source_type: MetricSourceType,
    /// For `type: Object`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectMetricSource>,
    /// For `type: Pods`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<PodsMetricSource>,
    /// For `type: Resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceMetricSource>,
    /// For `type: ContainerResource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_resource: Option<ContainerResourceMetricSource>,
    /// For `type: External`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalMetricSource>,
}

/// A metric of one object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectMetricSource {
    /// The object.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub described_object: CrossVersionObjectReference,
    /// What is wished.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub target: MetricTarget,
    /// Which metric.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub metric: MetricIdentifier,
}

/// A metric of each pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodsMetricSource {
    /// Which metric.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub metric: MetricIdentifier,
    /// What is wished.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub target: MetricTarget,
}

/// A resource of the pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceMetricSource {
    /// `cpu` or `memory`, for example.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub name: String,
    /// What is wished.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub target: MetricTarget,
}

/// A resource of one container of the pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContainerResourceMetricSource {
    /// `cpu` or `memory`, for example.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub name: String,
    /// What is wished.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub target: MetricTarget,
    /// Name of the container.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub container: String,
}

/// A metric from the external metrics API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalMetricSource {
    /// Which metric.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub metric: MetricIdentifier,
    /// What is wished. The field that is given decides, not `target.type`; `averageValue` wins over `value`.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub target: MetricTarget,
}

/// Name and labels of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricIdentifier {
    /// Its name.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub name: String,
    /// Which of its series count; all if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

open_enum! {
    /// How a metric is compared with its target.
    MetricTargetType {
        /// Average over the pods in percent of their requests.
        Utilization,
        /// The metric itself.
        Value,
        /// The metric divided by the replicas.
        AverageValue,
    }
}

/// The wished value of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricTarget {
    /// Which of the other fields is meant.
    #[serde(default, rename = "type", deserialize_with = "null_is_zero")]
    pub target_type: MetricTargetType,
    /// For `type: Value`; greater than 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// For `type: AverageValue`; greater than 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_value: Option<Quantity>,
    /// For `type: Utilization`; percent, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_utilization: Option<i32>,
}

/// Labels that must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelSelector {
    /// Labels with exactly these values.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions, all of which must hold.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

/// One condition on a label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelSelectorRequirement {
    /// The label.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub operator: String,
    /// For `In` and `NotIn`.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

impl fmt::Display for LabelSelector {
    /// As Go prints it in the events of the controller.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("&LabelSelector{MatchLabels:map[string]string{")?;
        for (label, value) in &self.match_labels {
            write!(f, "{label}: {value},")?;
        }
        f.write_str("},MatchExpressions:[]LabelSelectorRequirement{")?;
        for LabelSelectorRequirement { key, operator, values } in &self.match_expressions {
            write!(
                f,
                "LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{}],}},",
                values.join(" ")
            )?;
        }
        f.write_str("},}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_printed_as_go_prints_them() {
        let selector = r#"{"matchLabels":{"app":"vllm","tier":"gpu"},"matchExpressions":[{"key":"zone","operator":"In","values":["a","b"]}]}"#;
        let selector: LabelSelector = serde_json::from_str(selector).unwrap();
        assert_eq!(
            selector.to_string(),
            "&LabelSelector{MatchLabels:map[string]string{app: vllm,tier: gpu,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:zone,Operator:In,Values:[a b],},},}"
        );
    }
}
