//! What Kubernetes refuses to create, and why.

mod behavior;
mod field_error;
mod field_path;
mod metrics;
mod names;
#[cfg(test)]
mod tests;

pub use field_error::{BadValue, FieldError, FieldErrorReason, FieldErrorType};
pub use field_path::{FieldPath, PathSegment};

use super::object::{HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec};
use crate::autoscaler::hpa::FeatureGates;
use field_error::Errors;

impl HorizontalPodAutoscaler {
    /// All reasons for which the API server would refuse to create this object, each once; empty if it would accept it.
    ///
    /// Checked are apiVersion, kind and [`HorizontalPodAutoscalerSpec::validate`].
    pub fn validate(&self, gates: FeatureGates) -> Vec<FieldError> {
        let mut errors = Errors::default();
        for (field, value, known) in [
            ("apiVersion", &self.api_version, "autoscaling/v2"),
            ("kind", &self.kind, "HorizontalPodAutoscaler"),
        ] {
            if value != known {
                errors.not_supported(&FieldPath::root(field), value, &[known]);
            }
        }
        let mut errors = errors.into_vec();
        errors.extend(self.spec.validate(gates));
        errors
    }
}

impl HorizontalPodAutoscalerSpec {
    /// All reasons for which the API server would refuse to create an HPA with this spec, each once, in the order in
    /// which `kubectl apply` prints them.
    pub fn validate(&self, gates: FeatureGates) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for error in self.causes(gates) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// The causes that the API server lists when it refuses to create an HPA with this spec, defaults filled in
    /// (`pkg/apis/autoscaling/validation`, Kubernetes 1.36.2). A fault that it finds twice is listed twice.
    pub fn causes(&self, gates: FeatureGates) -> Vec<FieldError> {
        let mut errors = Errors::default();
        let root = FieldPath::root("spec");
        self.check_replicas(&root, gates, &mut errors);
        names::reference(&root.child("scaleTargetRef"), &self.scale_target_ref, true, &mut errors);
        let spec = self.defaulted(gates);
        let path = root.child("metrics");
        for (i, metric) in spec.metrics.iter().enumerate() {
            metrics::check(&path.index(i), metric, &mut errors);
        }
        if spec.min_replicas == 0 && !spec.has_object_or_external() {
            let detail =
                "must specify at least one Object or External metric to support scaling to zero replicas";
            errors.forbidden(&path, detail);
        }
        if let Some(behavior) = &spec.behavior {
            let path = root.child("behavior");
            behavior::check(&path.child("scaleUp"), &behavior.scale_up, &mut errors);
            behavior::check(&path.child("scaleDown"), &behavior.scale_down, &mut errors);
        }
        errors.into_vec()
    }

    fn check_replicas(&self, root: &FieldPath, gates: FeatureGates, errors: &mut Errors) {
        let (min, max) = (self.min_replicas.unwrap_or(1), self.max_replicas);
        let lowest = i32::from(!gates.hpa_scale_to_zero);
        if min < lowest {
            let detail = format!("must be greater than or equal to {lowest}");
            errors.invalid(&root.child("minReplicas"), min, &detail);
        }
        let path = root.child("maxReplicas");
        match max {
            0 => errors.required(&path, "must be greater than 0"),
            ..0 => errors.invalid(&path, max, "must be greater than 0"),
            _ => {}
        }
        if max < min {
            errors.invalid(&path, max, "must be greater than or equal to `minReplicas`");
        }
    }
}
