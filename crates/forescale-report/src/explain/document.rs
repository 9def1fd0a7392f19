//! An explanation in one JSON document.

use super::instant::At;
use super::summary::Summary;
use super::{ExplainOptions, Explanation};
use crate::SCHEMA;
use crate::json::{Look, Policy, Scenario};
use serde::Serialize;

/// Why a run scaled as it did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "What `sim explain --json` of Forescale prints, schema version 1"))]
pub(crate) struct Explained<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// What was run, as in `result.json`.
    scenario: &'a Scenario,
    /// What decided about the replicas, as in `result.json`.
    autoscaler: &'a Policy,
    /// The syncs, as in `decisions.ndjson`; with `--changes` only those that changed the replicas, a condition or the branch.
    looks: Vec<&'a Look>,
    /// How many syncs `--changes` left out.
    left_out_syncs: usize,
    /// What decided how often, over all syncs.
    summary: Summary,
    /// The HPA at the instant of `--at`; `null` without it.
    at: Option<At>,
}

impl<'a> Explained<'a> {
    pub(super) fn new(run: &'a Explanation, options: ExplainOptions) -> Self {
        let (looks, left_out_syncs) = run.told(options);
        Self {
            schema: SCHEMA,
            scenario: &run.scenario,
            autoscaler: &run.autoscaler,
            looks,
            left_out_syncs,
            summary: Summary::of(run),
            at: options.at.map(|at| At::new(run, at)),
        }
    }
}
