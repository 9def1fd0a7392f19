//! The plan of a scenario's sweep.

use crate::exit::Failure;
use crate::inputs::inputs;
use forescale::experiment::sweep::{Axis, Objective, Plan, Point};
use forescale::scenario::{Design, Study};

/// What is run: the points of the sweep, and the base where it is none of them.
pub(super) fn plan(study: &Study, replications: u32) -> Result<Plan, Failure> {
    let base = &study.base;
    let Some(sweep) = &study.sweep else {
        return Err(Failure::Input(format!(
            "{}: the scenario has no sweep; a table `[sweep]` says which values are tried, for example\n\n  [sweep]\n  \
             \"hpa.spec.maxReplicas\" = [3, 5, 8]\n\n(docs/scenario.md, \"Sweeps\")",
            base.file.display()
        )));
    };
    let axis = |axis: &forescale::scenario::Axis| Axis {
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
    Ok(Plan {
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
