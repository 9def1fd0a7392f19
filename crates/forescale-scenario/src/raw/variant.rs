//! `[variant.NAME]` and `[sweep]` as they are written.
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

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct RawSweep {
    /// How points are drawn. If not given, all combinations of the values are run.
    #[serde(rename = "sample")]
    pub(crate) _sample: Option<Spanned<RawSample>>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawSample {
    /// Each range is cut into as many equal parts as there are points, and each part has one point, in an order that is drawn.
    LatinHypercube(RawPoints),
    /// The points of a Sobol sequence, shifted by a draw: they fill all dimensions evenly. At most 16 paths.
    Sobol(RawPoints),
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPoints {
    /// How many points, at least 1; for `sobol` best a power of two.
    pub(crate) points: u32,
}
