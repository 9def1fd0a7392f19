//! The templates: scenarios of this repository with their manifests.

use crate::cli::Template;

/// A file of a template, by its path from the scenario's folder.
pub(super) type Part = (&'static str, &'static str);

/// A path in `scenarios/`, with the file.
macro_rules! part {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../scenarios/", $path)))
    };
}

const DEPLOYMENT: Part = part!("manifests/llm-d/deployment.yaml");
const ENDPOINT_PICKER: Part = part!("manifests/llm-d/endpoint-picker-config.yaml");
const HPA: Part = part!("manifests/llm-d/hpa.yaml");
const ADAPTER: Part = part!("manifests/prometheus-adapter-values.yaml");

const GUIDE: &[Part] = &[DEPLOYMENT, ENDPOINT_PICKER, HPA, ADAPTER];
const TO_ZERO: &[Part] = &[DEPLOYMENT, ENDPOINT_PICKER, part!("manifests/scale-to-zero/hpa.yaml"), ADAPTER];

impl Template {
    /// Its name, which is the scenario's too.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Burst => "burst",
            Self::Diurnal => "diurnal",
            Self::ScaleToZero => "scale-to-zero",
        }
    }

    /// The scenario as it stands in this repository.
    pub(super) fn scenario(self) -> &'static str {
        match self {
            Self::Burst => part!("burst.toml").1,
            Self::Diurnal => part!("diurnal.toml").1,
            Self::ScaleToZero => part!("scale-to-zero.toml").1,
        }
    }

    /// Its manifests.
    pub(super) fn manifests(self) -> &'static [Part] {
        match self {
            Self::Burst | Self::Diurnal => GUIDE,
            Self::ScaleToZero => TO_ZERO,
        }
    }
}
