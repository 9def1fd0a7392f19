//! What Kubernetes refuses to create, and why.

mod behavior;
mod field_error;
mod metrics;

pub use field_error::{FieldError, FieldErrorType};

use super::metrics::{CrossVersionObjectReference, MetricSourceType};
use super::object::{HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec};
use crate::autoscaler::hpa::FeatureGates;
use field_error::{Errors, Path};

impl HorizontalPodAutoscaler {
    /// All reasons for which the API server would refuse to create this object; empty if it would accept it.
    ///
    /// Checked are apiVersion, kind and [`HorizontalPodAutoscalerSpec::validate`].
    pub fn validate(&self, gates: FeatureGates) -> Vec<FieldError> {
        let mut errors = Errors::default();
        for (field, value, known) in [
            ("apiVersion", &self.api_version, "autoscaling/v2"),
            ("kind", &self.kind, "HorizontalPodAutoscaler"),
        ] {
            if value != known {
                errors.not_supported(&Path::new(field), value, &[known]);
            }
        }
        let mut errors = errors.into_vec();
        errors.extend(self.spec.validate(gates));
        errors
    }
}

impl HorizontalPodAutoscalerSpec {
    /// All reasons for which the API server would refuse to create an HPA with this spec, defaults filled in
    /// (`pkg/apis/autoscaling/validation`, Kubernetes 1.36.2). A fault that Kubernetes reports twice is reported once.
    pub fn validate(&self, gates: FeatureGates) -> Vec<FieldError> {
        let mut errors = Errors::default();
        let root = Path::new("spec");
        let min = self.min_replicas.unwrap_or(1);
        let lowest = i32::from(!gates.hpa_scale_to_zero);
        if min < lowest {
            errors.invalid(
                &root.child("minReplicas"),
                min,
                &format!("must be greater than or equal to {lowest}"),
            );
        }
        if self.max_replicas == 0 {
            errors.required(&root.child("maxReplicas"), "must be greater than 0");
        } else if self.max_replicas < 0 {
            errors.invalid(&root.child("maxReplicas"), self.max_replicas, "must be greater than 0");
        }
        if self.max_replicas < min {
            let reason = "must be greater than or equal to minReplicas";
            errors.invalid(&root.child("maxReplicas"), self.max_replicas, reason);
        }
        reference(&root.child("scaleTargetRef"), &self.scale_target_ref, true, &mut errors);
        for (i, metric) in self.metrics.iter().enumerate() {
            metrics::check(&root.child(&format!("metrics[{i}]")), metric, &mut errors);
        }
        let leaves_zero =
            |kind: &MetricSourceType| matches!(kind, MetricSourceType::Object | MetricSourceType::External);
        if min == 0 && !self.metrics.iter().any(|m| leaves_zero(&m.source_type)) {
            let reason =
                "must specify at least one Object or External metric to support scaling to zero replicas";
            errors.forbidden(&root.child("metrics"), reason);
        }
        if let Some(behavior) = &self.defaulted(gates).behavior {
            let path = root.child("behavior");
            behavior::check(&path.child("scaleUp"), &behavior.scale_up, &mut errors);
            behavior::check(&path.child("scaleDown"), &behavior.scale_down, &mut errors);
        }
        errors.into_vec()
    }
}

/// A reference to an object; the scale target's also needs an API group.
fn reference(path: &Path, reference: &CrossVersionObjectReference, is_target: bool, errors: &mut Errors) {
    for (field, text) in [("kind", &reference.kind), ("name", &reference.name)] {
        path_segment(&path.child(field), text, errors);
    }
    let version = &reference.api_version;
    let field = path.child("apiVersion");
    if version.matches('/').count() > 1 {
        errors.invalid(&field, version, "must be of the form group/version");
    } else if is_target && !version.contains('/') && reference.kind != "ReplicationController" {
        errors.invalid(&field, version, "must specify an API group");
    }
}

/// A text that becomes one segment of a URL path; it must not be empty.
fn path_segment(path: &Path, text: &str, errors: &mut Errors) {
    if text.is_empty() {
        errors.required(path, "must be set");
    } else if text == "." || text == ".." {
        errors.invalid(path, text, "may not be '.' or '..'");
    } else if let Some(c) = text.chars().find(|c| matches!(c, '/' | '%')) {
        errors.invalid(path, text, &format!("may not contain '{c}'"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(json: &str, gates: FeatureGates) -> Vec<String> {
        let spec: HorizontalPodAutoscalerSpec = serde_json::from_str(json).unwrap();
        spec.validate(gates).iter().map(ToString::to_string).collect()
    }

    const TARGET: &str = r#""scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}"#;

    #[test]
    fn a_good_spec_has_no_errors() {
        let json = format!(
            r#"{{{TARGET},"maxReplicas":3,"behavior":{{}},"metrics":[{{"type":"External","external":{{"metric":{{"name":"q"}},"target":{{"type":"Value","value":5}}}}}}]}}"#
        );
        assert_eq!(errors(&json, FeatureGates::default()), [""; 0]);
        assert_eq!(errors(&format!(r#"{{{TARGET},"maxReplicas":3}}"#), FeatureGates::default()), [""; 0]);
    }

    #[test]
    fn each_fault_has_its_field_and_reason() {
        let json = r#"{"scaleTargetRef":{"apiVersion":"v1","kind":"Deployment","name":"a/b"},"minReplicas":0,
            "metrics":[{"type":"Externall"},{"type":"External","external":{"metric":{"name":""},"target":{"type":"Value"}}}],
            "behavior":{"scaleUp":{"policies":[],"selectPolicy":"max"},"scaleDown":{"policies":[{"type":"Pods","value":0}]}}}"#;
        assert_eq!(
            errors(json, FeatureGates::default()),
            [
                "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
                "spec.maxReplicas: Required value: must be greater than 0",
                "spec.scaleTargetRef.name: Invalid value: a/b: may not contain '/'",
                "spec.scaleTargetRef.apiVersion: Invalid value: v1: must specify an API group",
                "spec.metrics[0].type: Unsupported value: \"Externall\": supported values: Object, Pods, Resource, ContainerResource, External",
                "spec.metrics[1].external.metric.name: Required value: must be set",
                "spec.metrics[1].external.target.averageValue: Required value: must set either a target raw value or a target average value",
                "spec.behavior.scaleUp.selectPolicy: Unsupported value: \"max\": supported values: Max, Min, Disabled",
                "spec.behavior.scaleUp.policies: Required value: must specify at least one policy",
                "spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than 0",
                "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 0: must be between 1 and 1800",
            ]
        );
    }

    #[test]
    fn zero_replicas_need_the_gate_and_a_metric_from_outside() {
        let gates = FeatureGates { hpa_scale_to_zero: true, ..FeatureGates::default() };
        let json = format!(r#"{{{TARGET},"minReplicas":0,"maxReplicas":3}}"#);
        let found = errors(&json, gates);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("spec.metrics: Forbidden"), "{found:?}");
    }
}
