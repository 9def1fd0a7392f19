//! The whole object.

use super::behavior::HorizontalPodAutoscalerBehaviorManifest;
use super::metrics::{CrossVersionObjectReference, MetricSpec};
use super::null_is_zero;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// A HorizontalPodAutoscaler manifest of `apiVersion: autoscaling/v2`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HorizontalPodAutoscaler {
    /// `autoscaling/v2`.
    pub api_version: String,
    /// `HorizontalPodAutoscaler`.
    pub kind: String,
    /// Name and namespace.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub metadata: ObjectMeta,
    /// What is wished.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub spec: HorizontalPodAutoscalerSpec,
    /// Accepted, so that the output of `kubectl get -o yaml` can be read; ignored.
    #[serde(default, skip_serializing)]
    pub status: IgnoredAny,
}

/// `metadata`; fields other than these are accepted and ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectMeta {
    /// Name of the object.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its namespace, empty for the default one.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
}

/// `spec` as written. [`defaulted`](HorizontalPodAutoscalerSpec::defaulted) fills in what Kubernetes fills in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HorizontalPodAutoscalerSpec {
    /// What is scaled.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub scale_target_ref: CrossVersionObjectReference,
    /// Fewest replicas, 1 if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_replicas: Option<i32>,
    /// Most replicas; required.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub max_replicas: i32,
    /// Metrics, evaluated in this order; CPU at 80 % utilization if none is written.
    #[serde(default, deserialize_with = "null_is_zero", skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricSpec>,
    /// Windows and policies. Even an empty one (`{}`) changes how the controller limits changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<HorizontalPodAutoscalerBehaviorManifest>,
}
