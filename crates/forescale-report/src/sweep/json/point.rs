//! A setting with its runs.

use crate::json::{Estimate, Object};
use forescale_experiment::sweep::{self, Column, Plan, Setting};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Point<'a> {
    /// Which point of the plan, from 0.
    point: usize,
    /// Its values as TOML, in the order of `axes`; `null` where the base has a default that is not known.
    values: &'a [Option<String>],
    /// Whether it is the scenario as it stands.
    is_base: bool,
    /// Whether the sweep tries it; a base that is there for comparison only cannot be the best.
    is_tried: bool,
    /// How many runs went to their end.
    n: usize,
    /// How many of them met all objectives.
    met: usize,
    /// Why the first of its runs that failed did; `null` where none did.
    error: Option<&'a str>,
    /// The key performance indicators by name, those of a workload as `WORKLOAD.KPI` where there are several; what is infinite or has no value in
    /// any run is left out.
    kpis: Object<Estimate>,
}

impl<'a> Point<'a> {
    pub(super) fn new(plan: &Plan, point: &'a sweep::Point, setting: &'a Setting) -> Self {
        let kpi = |column: Column| {
            let estimate = Estimate::finite(setting.estimate(&column.name))?;
            Some((column.name, estimate))
        };
        Self {
            point: setting.point,
            values: &point.values,
            is_base: point.is_base,
            is_tried: point.is_tried,
            n: setting.finished(),
            met: setting.met(),
            error: setting.error.as_deref(),
            kpis: Object(plan.columns().into_iter().filter_map(kpi).collect()),
        }
    }
}
