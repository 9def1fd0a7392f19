//! Validation of windows and policies.

use super::field_error::{Errors, Path};
use crate::autoscaler::hpa::api::behavior::{HPAScalingPolicyType, ScalingPolicySelect};
use crate::autoscaler::hpa::api::defaults::HPAScalingRules;

/// Longest stabilization window in seconds.
const MAX_WINDOW: i32 = 3600;
/// Longest period of a policy in seconds.
const MAX_PERIOD: i32 = 1800;

pub(super) fn check(path: &Path, rules: &HPAScalingRules, errors: &mut Errors) {
    if let Some(window) = rules.stabilization_window_seconds.filter(|w| !(0..=MAX_WINDOW).contains(w)) {
        let reason = format!("must be between 0 and {MAX_WINDOW}");
        errors.invalid(&path.child("stabilizationWindowSeconds"), window, &reason);
    }
    if let ScalingPolicySelect::Other(word) = &rules.select_policy {
        errors.not_supported(&path.child("selectPolicy"), word, ScalingPolicySelect::KNOWN);
    }
    if rules.policies.is_empty() {
        errors.required(&path.child("policies"), "must specify at least one policy");
    }
    for (i, policy) in rules.policies.iter().enumerate() {
        let path = path.child(&format!("policies[{i}]"));
        if let HPAScalingPolicyType::Other(word) = &policy.policy_type {
            errors.not_supported(&path.child("type"), word, HPAScalingPolicyType::KNOWN);
        }
        if policy.value <= 0 {
            errors.invalid(&path.child("value"), policy.value, "must be greater than 0");
        }
        if !(1..=MAX_PERIOD).contains(&policy.period_seconds) {
            let reason = format!("must be between 1 and {MAX_PERIOD}");
            errors.invalid(&path.child("periodSeconds"), policy.period_seconds, &reason);
        }
    }
    if let Some(tolerance) = rules.tolerance.as_ref().filter(|t| t.sign() < 0) {
        errors.invalid(&path.child("tolerance"), tolerance, "must be greater than or equal to 0");
    }
}
