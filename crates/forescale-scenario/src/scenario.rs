//! A scenario that is ready to run.

use crate::settings::Settings;
use forescale_core::RunConfig;
use forescale_core::autoscaler::hpa::Flags;
use forescale_core::autoscaler::hpa::api::Spec;
use forescale_document::Report;
use std::fmt;
use std::path::PathBuf;

/// A validated scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `scenario.name`.
    pub name: String,
    /// The variant of it that this is; `None` for the base.
    pub variant: Option<String>,
    /// The file.
    pub file: PathBuf,
    /// All that a run depends on; the seed is the scenario's own.
    pub config: RunConfig,
    /// The autoscaler in words.
    pub autoscaler: AutoscalerText,
    /// The HPA that scales; none where the replicas are fixed.
    pub hpa: Option<ResolvedHpa>,
    /// Price of a GPU, per hour, in the user's currency.
    pub gpu_price_per_hour: Option<f64>,
    /// Every value that holds, and where it comes from.
    pub settings: Settings,
    /// The texts that were read, and warnings: what is simulated in another way than deployed, what can never work.
    pub report: Report,
}

impl Scenario {
    /// What reports and folders call it: its name, and that of the variant behind a dot.
    pub fn title(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}.{variant}", self.name),
            None => self.name.clone(),
        }
    }

    /// The fewest and the most replicas that its HPA may ask for; `None` without an HPA.
    pub fn replica_limits(&self) -> Option<(u32, u32)> {
        let spec = &self.hpa.as_ref()?.spec;
        Some((u32::try_from(spec.min_replicas).ok()?, u32::try_from(spec.max_replicas).ok()?))
    }
}

/// An autoscaler in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoscalerText {
    /// Its kind, for example `HPA`.
    pub kind: &'static str,
    /// Its name, metrics and limits.
    pub description: String,
}

/// A HorizontalPodAutoscaler once Kubernetes has filled in its defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedHpa {
    /// `metadata.name`; may be empty.
    pub name: String,
    /// `metadata.namespace`, `default` where it has none.
    pub namespace: String,
    /// Its spec.
    pub spec: Spec,
    /// The controller's flags.
    pub flags: Flags,
}

/// Files that cannot be used: every mistake that was found in them, and the warnings.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection(pub Report);

impl fmt::Display for Rejection {
    /// All diagnostics with their source lines, without colour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.render(false, 120).trim_end())
    }
}

impl std::error::Error for Rejection {}
