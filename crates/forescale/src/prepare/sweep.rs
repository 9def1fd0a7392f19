//! The sweep of a scenario file.

use super::{inputs, variant};
use crate::experiment::Variant;
use crate::experiment::sweep::{Axis, Objective, Plan, Point};
use crate::scenario::{Design, Edits, Rejection, Scenario, Study};

/// What is run, each setting so often: the points of the file's `[sweep]`, and the base where it is none of them; `None` where there is no sweep.
pub fn sweep_plan(study: &Study, replications: u32) -> Option<Plan> {
    let (base, sweep) = (&study.base, study.sweep.as_ref()?);
    let axis = |axis: &crate::scenario::Axis| Axis {
        path: axis.path.clone(),
        values: axis.values.clone(),
        base: axis.base.clone(),
    };
    let mut points: Vec<Point> = sweep
        .points
        .iter()
        .map(|point| Point {
            values: point.values.iter().cloned().map(Some).collect(),
            is_base: point.is_base,
            is_tried: true,
        })
        .collect();
    if !points.iter().any(|point| point.is_base) {
        let values = sweep.axes.iter().map(|axis| axis.base.clone()).collect();
        points.push(Point { values, is_base: true, is_tried: false });
    }
    let objectives = base.config.record.objectives.iter().map(|objective| Objective {
        measure: objective.measure.name().to_owned(),
        quantile: objective.quantile,
        limit_s: objective.limit.as_secs_f64(),
    });
    Some(Plan {
        scenario: base.title(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: inputs(base),
        seed: base.config.seed,
        replications,
        is_grid: sweep.design == Design::Grid,
        objectives: objectives.collect(),
        workloads: base.config.workloads.iter().map(|workload| workload.name.clone()).collect(),
        axes: sweep.axes.iter().map(axis).collect(),
        points,
    })
}

/// The setting at this place of the plan, ready to run: the base, or what a point of the sweep makes of it. `sets` are the values that were
/// replaced when the study was loaded.
///
/// # Errors
/// A [`Rejection`] with what is wrong with the values of this point together.
pub fn sweep_variant(study: &Study, sets: &[String], place: usize) -> Result<Variant, Box<Rejection>> {
    // A base that the sweep does not try comes behind all of its points.
    let Some(point) = study.sweep.as_ref().and_then(|sweep| sweep.points.get(place)) else {
        return Ok(variant(&study.base));
    };
    let edits = Edits { sets, point: Some(point), ..Edits::default() };
    Scenario::load_edited(&study.base.file, edits).map(|scenario| variant(&scenario))
}
