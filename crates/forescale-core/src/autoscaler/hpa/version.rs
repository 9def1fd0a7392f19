//! Releases of Kubernetes whose controllers differ.

use super::FeatureGates;
use std::str::FromStr;

/// A minor release of Kubernetes. It decides what feature gates are by default.
///
/// The rules are those of 1.36.2, from its source. Of 1.37 they are what its merged changes announce: kubernetes/kubernetes#139648
/// (`HPAScaleToZero` on) and #138294 (`HPAGeneration`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KubernetesVersion {
    /// 1.36
    #[default]
    V1_36,
    /// 1.37
    V1_37,
}

impl KubernetesVersion {
    /// All, ascending.
    pub const ALL: [Self; 2] = [Self::V1_36, Self::V1_37];

    /// `1.36`
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_36 => "1.36",
            Self::V1_37 => "1.37",
        }
    }

    /// The gates where nobody sets one.
    pub const fn feature_gates(self) -> FeatureGates {
        let is_later = matches!(self, Self::V1_37);
        FeatureGates {
            hpa_configurable_tolerance: true,
            hpa_scale_to_zero: is_later,
            hpa_generation: is_later,
        }
    }

    /// Whether there is a gate `HPAGeneration`.
    pub const fn has_hpa_generation(self) -> bool {
        matches!(self, Self::V1_37)
    }
}

impl FromStr for KubernetesVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|version| version.name() == text).ok_or(())
    }
}
