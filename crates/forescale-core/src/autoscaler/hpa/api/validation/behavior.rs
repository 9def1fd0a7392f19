//! Validation of windows and policies.

use super::field_error::Errors;
use super::field_path::FieldPath;
use crate::autoscaler::hpa::api::behavior::{HPAScalingPolicyType, ScalingPolicySelect};
use crate::autoscaler::hpa::api::defaults::HPAScalingRules;

/// Longest stabilization window in seconds.
const MAX_WINDOW: i32 = 3600;
/// Longest period of a policy in seconds.
const MAX_PERIOD: i32 = 1800;

pub(super) fn check(path: &FieldPath, rules: &HPAScalingRules, errors: &mut Errors) {
    if let Some(window) = rules.stabilization_window_seconds {
        let path = path.child("stabilizationWindowSeconds");
        if window < 0 {
            errors.invalid(&path, window, "must be greater than or equal to zero");
        }
        at_most(&path, window, MAX_WINDOW, errors);
    }
    if let ScalingPolicySelect::Other(word) = &rules.select_policy {
        errors.not_supported(&path.child("selectPolicy"), word, ScalingPolicySelect::KNOWN);
    }
    let policies = path.child("policies");
    if rules.policies.is_empty() {
        errors.required(&policies, "must specify at least one Policy");
    }
    for (i, policy) in rules.policies.iter().enumerate() {
        let path = policies.index(i);
        if let HPAScalingPolicyType::Other(word) = &policy.policy_type {
            errors.not_supported(&path.child("type"), word, HPAScalingPolicyType::KNOWN);
        }
        for (field, number) in [("value", policy.value), ("periodSeconds", policy.period_seconds)] {
            if number <= 0 {
                errors.invalid(&path.child(field), number, "must be greater than zero");
            }
        }
        at_most(&path.child("periodSeconds"), policy.period_seconds, MAX_PERIOD, errors);
    }
    if let Some(tolerance) = rules.tolerance.as_ref().filter(|t| t.sign() < 0) {
        errors.invalid(&path.child("tolerance"), tolerance, "must be greater than or equal to 0");
    }
}

fn at_most(path: &FieldPath, number: i32, most: i32, errors: &mut Errors) {
    if number > most {
        errors.invalid(path, number, &format!("must be less than or equal to {most}"));
    }
}
