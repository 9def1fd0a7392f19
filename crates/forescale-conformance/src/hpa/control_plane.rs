//! Recorded settings of the control plane: flags and feature gates.

use forescale_core::autoscaler::hpa::{FeatureGates, Flags};
use forescale_kernel::SimDuration;
use serde::Deserialize;

/// Flags; those that a case does not give are those of the header, or Kubernetes' own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagsRecord {
    sync_period_s: Option<f64>,
    downscale_stabilization_s: Option<f64>,
    tolerance: Option<f64>,
    cpu_initialization_period_s: Option<f64>,
    initial_readiness_delay_s: Option<f64>,
}

impl FlagsRecord {
    pub(super) fn over(&self, base: Flags) -> Flags {
        let seconds = |own: Option<f64>, base| own.map_or(base, SimDuration::from_secs_f64);
        Flags {
            sync_period: seconds(self.sync_period_s, base.sync_period),
            downscale_stabilization: seconds(self.downscale_stabilization_s, base.downscale_stabilization),
            tolerance: self.tolerance.unwrap_or(base.tolerance),
            cpu_initialization_period: seconds(
                self.cpu_initialization_period_s,
                base.cpu_initialization_period,
            ),
            initial_readiness_delay: seconds(self.initial_readiness_delay_s, base.initial_readiness_delay),
            ..base
        }
    }
}

/// Feature gates.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct GatesRecord {
    #[serde(rename = "HPAScaleToZero")]
    scale_to_zero: Option<bool>,
    #[serde(rename = "HPAConfigurableTolerance")]
    configurable_tolerance: Option<bool>,
}

impl From<GatesRecord> for FeatureGates {
    fn from(record: GatesRecord) -> Self {
        let base = Self::default();
        Self {
            hpa_scale_to_zero: record.scale_to_zero.unwrap_or(base.hpa_scale_to_zero),
            hpa_configurable_tolerance: record
                .configurable_tolerance
                .unwrap_or(base.hpa_configurable_tolerance),
            ..base
        }
    }
}
