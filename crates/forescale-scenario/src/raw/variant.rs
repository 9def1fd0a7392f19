//! `[variant.NAME]` as it is written.
//!
//! Their other keys are paths, which are read where the base is known.

use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// The scenario with some things replaced.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct RawVariant {
    /// Manifests: an object replaces the one of its kind and name, or joins the others. Paths are relative to the scenario.
    #[serde(default, rename = "manifests")]
    pub(crate) _manifests: Vec<Spanned<PathBuf>>,
    /// What is taken out before anything is replaced, by its path: a key of the scenario, a whole manifest such as `hpa`, or a part of one such as `hpa.metrics.igw_running_requests`.
    #[serde(default, rename = "remove")]
    pub(crate) _remove: Vec<Spanned<String>>,
}
