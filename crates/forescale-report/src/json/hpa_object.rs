//! The HorizontalPodAutoscaler object that a run had.

use forescale_core::autoscaler::hpa::Flags;
use forescale_core::autoscaler::hpa::api::{
    HPAScalingPolicy, HPAScalingRules, MetricSpec, MetricTarget, Quantity, Spec,
};
use serde::{Deserialize, Serialize};

/// The HPA with Kubernetes' defaults filled in, and the flags of its controller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HpaObject {
    /// `metadata.name`.
    pub(crate) name: String,
    /// `metadata.namespace`.
    pub(crate) namespace: String,
    /// Kind and name of what it scales: `Deployment/vllm`.
    pub(crate) reference: String,
    /// `spec.minReplicas`.
    pub(crate) min_replicas: i32,
    /// `spec.maxReplicas`.
    pub(crate) max_replicas: i32,
    /// `spec.metrics`, in order.
    pub(crate) metrics: Vec<MetricEntry>,
    /// `spec.behavior`; `null` where it has none, which selects the older rules: one window downwards, at most doubling upwards.
    pub(crate) behavior: Option<Behavior>,
    /// The flag `--horizontal-pod-autoscaler-sync-period`.
    pub(crate) sync_period_s: f64,
    /// The flag `--horizontal-pod-autoscaler-downscale-stabilization`.
    pub(crate) downscale_stabilization_s: f64,
    /// The flag `--horizontal-pod-autoscaler-tolerance`.
    pub(crate) tolerance_ratio: f64,
}

/// A metric of the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MetricEntry {
    /// `External`, `Object`, `Pods`, `Resource` or `ContainerResource`.
    pub(crate) r#type: String,
    /// Its name; of resources the resource.
    pub(crate) name: String,
    /// Of Object metrics kind and name of the object, of ContainerResource metrics the container; else `null`.
    pub(crate) of: Option<String>,
    /// `Value`, `AverageValue` or `Utilization`: what its target is compared with.
    pub(crate) target_type: String,
    /// The target as Kubernetes writes it: `250`, `12500m`; of `Utilization` percent: `80%`.
    pub(crate) target: String,
}

/// `spec.behavior`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Behavior {
    /// Rules for adding replicas.
    pub(crate) scale_up: Rules,
    /// Rules for removing replicas.
    pub(crate) scale_down: Rules,
}

/// Rules of one direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Rules {
    /// `stabilizationWindowSeconds`; `null` means no window upwards and the flag downwards.
    pub(crate) stabilization_window_s: Option<i32>,
    /// `Max`, `Min` or `Disabled`.
    pub(crate) select_policy: String,
    /// `policies`, in order.
    pub(crate) policies: Vec<PolicyEntry>,
    /// `tolerance` as Kubernetes writes it; `null` means the flag.
    pub(crate) tolerance: Option<String>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PolicyEntry {
    /// `Pods` or `Percent`.
    pub(crate) r#type: String,
    /// Pods, or percent of the replicas at the start of the period.
    pub(crate) value: i32,
    /// `periodSeconds`.
    pub(crate) period_s: i32,
}

impl HpaObject {
    /// The object with this name and namespace.
    pub fn new(name: &str, namespace: &str, spec: &Spec, flags: &Flags) -> Self {
        let target = &spec.scale_target_ref;
        Self {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            reference: format!("{}/{}", target.kind, target.name),
            min_replicas: spec.min_replicas,
            max_replicas: spec.max_replicas,
            metrics: spec.metrics.iter().map(MetricEntry::from).collect(),
            behavior: spec.behavior.as_ref().map(|behavior| Behavior {
                scale_up: Rules::from(&behavior.scale_up),
                scale_down: Rules::from(&behavior.scale_down),
            }),
            sync_period_s: flags.sync_period.as_secs_f64(),
            downscale_stabilization_s: flags.downscale_stabilization.as_secs_f64(),
            tolerance_ratio: flags.tolerance,
        }
    }
}

impl From<&MetricSpec> for MetricEntry {
    fn from(spec: &MetricSpec) -> Self {
        let none = MetricTarget::default();
        let object = spec.object.as_ref().map(|it| {
            let of = format!("{}/{}", it.described_object.kind, it.described_object.name);
            (&it.metric.name, Some(of), &it.target)
        });
        let container =
            || spec.container_resource.as_ref().map(|it| (&it.name, Some(it.container.clone()), &it.target));
        let external = || spec.external.as_ref().map(|it| (&it.metric.name, None, &it.target));
        let pods = || spec.pods.as_ref().map(|it| (&it.metric.name, None, &it.target));
        let resource = || spec.resource.as_ref().map(|it| (&it.name, None, &it.target));
        let found = object.or_else(container).or_else(external).or_else(pods).or_else(resource);
        let (name, of, target) =
            found.map_or((String::new(), None, &none), |(name, of, target)| (name.clone(), of, target));
        let (target_type, target) = written(target);
        Self { r#type: spec.source_type.to_string(), name, of, target_type: target_type.to_owned(), target }
    }
}

/// The field of the target that is given; an average wins over a value, as it does for the controller.
fn written(target: &MetricTarget) -> (&'static str, String) {
    match (&target.average_value, &target.value, target.average_utilization) {
        (Some(value), ..) => ("AverageValue", Quantity::to_string(value)),
        (None, Some(value), _) => ("Value", Quantity::to_string(value)),
        (None, None, Some(percent)) => ("Utilization", format!("{percent}%")),
        (None, None, None) => ("Value", "<unset>".to_owned()),
    }
}

impl From<&HPAScalingRules> for Rules {
    fn from(rules: &HPAScalingRules) -> Self {
        Self {
            stabilization_window_s: rules.stabilization_window_seconds,
            select_policy: rules.select_policy.to_string(),
            policies: rules.policies.iter().map(PolicyEntry::from).collect(),
            tolerance: rules.tolerance.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&HPAScalingPolicy> for PolicyEntry {
    fn from(policy: &HPAScalingPolicy) -> Self {
        Self { r#type: policy.policy_type.to_string(), value: policy.value, period_s: policy.period_seconds }
    }
}
