//! A scenario that is ready to run.

use forescale_core::RunConfig;
use std::path::PathBuf;

/// A validated scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `scenario.name`.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// All that a run depends on; the seed is the scenario's own.
    pub config: RunConfig,
    /// The autoscaler in words.
    pub autoscaler: AutoscalerText,
    /// Price of a GPU, per hour, in the user's currency.
    pub gpu_price_per_hour: Option<f64>,
    /// What the user should know: what is simulated in another way than deployed, what can never work.
    pub warnings: Vec<String>,
}

/// An autoscaler in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoscalerText {
    /// Its kind, for example `HPA`.
    pub kind: &'static str,
    /// Its name, metrics and limits.
    pub description: String,
}
