//! What Kubernetes fills in, and the spec that the controller reads.

use super::behavior::{
    HPAScalingPolicy, HPAScalingPolicyType, HPAScalingRulesManifest, HorizontalPodAutoscalerBehaviorManifest,
    ScalingPolicySelect,
};
use super::metrics::{
    CrossVersionObjectReference, MetricSourceType, MetricSpec, MetricTarget, MetricTargetType,
    ResourceMetricSource,
};
use super::object::HorizontalPodAutoscalerSpec;
use super::quantity::Quantity;
use crate::autoscaler::hpa::FeatureGates;
use serde::Serialize;

/// A spec with all defaults filled in, as the API server stores it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// What is scaled.
    pub scale_target_ref: CrossVersionObjectReference,
    /// Fewest replicas.
    pub min_replicas: i32,
    /// Most replicas.
    pub max_replicas: i32,
    /// At least one metric.
    pub metrics: Vec<MetricSpec>,
    /// Windows and policies. None selects the older rules: one window downwards, at most doubling upwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
}

/// `behavior` with all defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HorizontalPodAutoscalerBehavior {
    /// Rules for adding replicas.
    pub scale_up: HPAScalingRules,
    /// Rules for removing replicas.
    pub scale_down: HPAScalingRules,
}

/// Rules of one direction with all defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HPAScalingRules {
    /// Seconds; if none, no window upwards and the flag `downscale-stabilization` downwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stabilization_window_seconds: Option<i32>,
    /// Which policy decides.
    pub select_policy: ScalingPolicySelect,
    /// The policies.
    pub policies: Vec<HPAScalingPolicy>,
    /// If none, the flag `tolerance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Quantity>,
}

impl HorizontalPodAutoscalerSpec {
    /// Fills in the defaults of `autoscaling/v2` and drops a tolerance whose gate is off
    /// (`pkg/apis/autoscaling/v2/defaults.go`, Kubernetes 1.36.2).
    pub fn defaulted(&self, gates: FeatureGates) -> Spec {
        let metrics = if self.metrics.is_empty() { vec![cpu_at_80_percent()] } else { self.metrics.clone() };
        Spec {
            scale_target_ref: self.scale_target_ref.clone(),
            min_replicas: self.min_replicas.unwrap_or(1),
            max_replicas: self.max_replicas,
            metrics,
            behavior: self.behavior.as_ref().map(|b| b.defaulted(gates)),
        }
    }
}

impl HorizontalPodAutoscalerBehaviorManifest {
    fn defaulted(&self, gates: FeatureGates) -> HorizontalPodAutoscalerBehavior {
        let pods = HPAScalingPolicy { policy_type: HPAScalingPolicyType::Pods, value: 4, period_seconds: 15 };
        let percent =
            HPAScalingPolicy { policy_type: HPAScalingPolicyType::Percent, value: 100, period_seconds: 15 };
        HorizontalPodAutoscalerBehavior {
            scale_up: rules(self.scale_up.as_ref(), Some(0), &[pods, percent.clone()], gates),
            scale_down: rules(self.scale_down.as_ref(), None, &[percent], gates),
        }
    }
}

fn rules(
    written: Option<&HPAScalingRulesManifest>,
    window: Option<i32>,
    policies: &[HPAScalingPolicy],
    gates: FeatureGates,
) -> HPAScalingRules {
    let written = written.cloned().unwrap_or_default();
    HPAScalingRules {
        stabilization_window_seconds: written.stabilization_window_seconds.or(window),
        select_policy: written.select_policy.unwrap_or(ScalingPolicySelect::Max),
        policies: written.policies.unwrap_or_else(|| policies.to_vec()),
        tolerance: written.tolerance.filter(|_| gates.hpa_configurable_tolerance),
    }
}

fn cpu_at_80_percent() -> MetricSpec {
    let target = MetricTarget {
        target_type: MetricTargetType::Utilization,
        average_utilization: Some(80),
        ..MetricTarget::default()
    };
    MetricSpec {
        source_type: MetricSourceType::Resource,
        resource: Some(ResourceMetricSource { name: "cpu".to_owned(), target }),
        ..MetricSpec::default()
    }
}

impl Spec {
    /// Whether a metric is of a type with which zero replicas can be left again.
    pub(in crate::autoscaler::hpa) fn has_object_or_external(&self) -> bool {
        self.metrics
            .iter()
            .any(|m| matches!(m.source_type, MetricSourceType::Object | MetricSourceType::External))
    }
}
