//! The `autoscaling/v2` HorizontalPodAutoscaler as users write it.
//!
//! Types and fields carry Kubernetes' names. Reading is strict: an unknown field of the spec is an error. What Kubernetes
//! reads and then refuses (an unknown metric type, a negative window) is read here too and refused by
//! [`HorizontalPodAutoscaler::validate`], so that the reader gets all reasons at once.

mod behavior;
mod defaults;
mod metrics;
mod object;
mod open_enum;
mod quantity;
#[cfg(test)]
mod tests;
mod validation;

pub use behavior::{
    HPAScalingPolicy, HPAScalingPolicyType, HPAScalingRulesManifest, HorizontalPodAutoscalerBehaviorManifest,
    ScalingPolicySelect,
};
pub use defaults::{HPAScalingRules, HorizontalPodAutoscalerBehavior, Spec};
pub use metrics::{
    ContainerResourceMetricSource, CrossVersionObjectReference, ExternalMetricSource, LabelSelector,
    LabelSelectorRequirement, MetricIdentifier, MetricSourceType, MetricSpec, MetricTarget, MetricTargetType,
    ObjectMetricSource, PodsMetricSource, ResourceMetricSource,
};
pub use object::{HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, ObjectMeta};
pub use quantity::{Quantity, QuantityError};
pub use validation::{BadValue, FieldError, FieldErrorReason, FieldErrorType, FieldPath, PathSegment};

use serde::{Deserialize, Deserializer};

/// Reads `null` like an absent field: as the zero value.
fn null_is_zero<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
