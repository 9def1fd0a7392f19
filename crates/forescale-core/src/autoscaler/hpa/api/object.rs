//! The whole object.

use super::behavior::HorizontalPodAutoscalerBehaviorManifest;
use super::metrics::{CrossVersionObjectReference, MetricSpec};
use super::null_is_zero;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A HorizontalPodAutoscaler manifest of `apiVersion: autoscaling/v2`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
    pub spec: HorizontalPodAutoscalerSpec,
    /// Accepted, so that the output of `kubectl get -o yaml` can be read; ignored.
    #[serde(default)]
    pub status: IgnoredAny,
}

/// `metadata`; fields other than these are accepted and ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ObjectMeta {
    /// Name of the object.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub name: String,
    /// Its namespace, empty for the default one.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub namespace: String,
}

/// `spec` as written. [`defaulted`](HorizontalPodAutoscalerSpec::defaulted) fills in what Kubernetes fills in.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HorizontalPodAutoscalerSpec {
    /// What is scaled.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub scale_target_ref: CrossVersionObjectReference,
    /// Fewest replicas, 1 if not written.
    pub min_replicas: Option<i32>,
    /// Most replicas; required.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub max_replicas: i32,
    /// Metrics, evaluated in this order; CPU at 80 % utilization if none is written.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub metrics: Vec<MetricSpec>,
    /// Windows and policies. Even an empty one (`{}`) changes how the controller limits changes.
    pub behavior: Option<HorizontalPodAutoscalerBehaviorManifest>,
}
