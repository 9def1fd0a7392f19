//! Ratios that change nothing.

use crate::autoscaler::hpa::api::{HorizontalPodAutoscalerBehavior, Quantity};
use crate::autoscaler::hpa::{FeatureGates, Flags};

/// How far the ratio of usage to target may be from 1 without a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerances {
    /// Upwards, at least 0.
    pub scale_up: f64,
    /// Downwards, at least 0; from 1 on metrics never scale down.
    pub scale_down: f64,
}

impl Tolerances {
    /// The flag, or what `behavior` sets per direction if the gate `HPAConfigurableTolerance` is on.
    pub fn new(
        flags: &Flags,
        gates: FeatureGates,
        behavior: Option<&HorizontalPodAutoscalerBehavior>,
    ) -> Self {
        let own = |tolerance: Option<&Quantity>| {
            tolerance
                .filter(|_| gates.hpa_configurable_tolerance)
                .map_or(flags.tolerance, Quantity::stored_f64)
        };
        Self {
            scale_up: own(behavior.and_then(|b| b.scale_up.tolerance.as_ref())),
            scale_down: own(behavior.and_then(|b| b.scale_down.tolerance.as_ref())),
        }
    }

    /// The ratios that count as 1, both ends included.
    pub(super) fn range(self) -> (f64, f64) {
        (1.0 - self.scale_down, 1.0 + self.scale_up)
    }

    /// Whether a ratio counts as 1; NaN does not.
    pub(super) fn holds(self, ratio: f64) -> bool {
        let (low, high) = self.range();
        low <= ratio && ratio <= high
    }
}
