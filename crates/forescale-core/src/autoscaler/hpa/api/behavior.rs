//! `spec.behavior` as written.

use super::open_enum::open_enum;
use super::{Quantity, null_is_zero};
use serde::{Deserialize, Serialize};

/// `behavior`: one set of rules per direction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HorizontalPodAutoscalerBehaviorManifest {
    /// Rules for adding replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_up: Option<HPAScalingRulesManifest>,
    /// Rules for removing replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_down: Option<HPAScalingRulesManifest>,
}

/// `behavior.scaleUp` or `behavior.scaleDown` as written; each field that is given replaces the default as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HPAScalingRulesManifest {
    /// Seconds, 0 to 3600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stabilization_window_seconds: Option<i32>,
    /// Which policy decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select_policy: Option<ScalingPolicySelect>,
    /// At least one, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<HPAScalingPolicy>>,
    /// How far the ratio of usage to target may be from 1 without a change in this direction; at least 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Quantity>,
}

open_enum! {
    /// Which of several policies decides.
    ScalingPolicySelect {
        /// The one that allows the largest change.
        Max,
        /// The one that allows the smallest change.
        Min,
        /// No change in this direction.
        Disabled,
    }
}

open_enum! {
    /// Unit of a policy's value.
    HPAScalingPolicyType {
        /// Replicas.
        Pods,
        /// Percent of the replicas at the start of the period.
        Percent,
    }
}

/// The most that the replicas may change in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HPAScalingPolicy {
    /// Unit of the value.
    #[serde(default, rename = "type", deserialize_with = "null_is_zero")]
    pub policy_type: HPAScalingPolicyType,
    /// Greater than 0.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub value: i32,
    /// Seconds, 1 to 1800.
    #[serde(default, deserialize_with = "null_is_zero")]
    pub period_seconds: i32,
}
