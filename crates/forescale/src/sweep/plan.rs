//! The plan of a scenario's sweep.

use crate::exit::Failure;
use forescale::experiment::sweep::{Axis, Inputs, Objective, Plan, Point};
use forescale::scenario::{Design, Scenario, Study};
use std::fs::File;
use std::io::Read;
use std::path::Path;

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

/// A hash over every value that holds, the model server, and each file that a value names, wherever the scenario stands.
pub(super) fn inputs(base: &Scenario) -> String {
    let mut hash = Inputs::default();
    let folder = base.file.parent().unwrap_or(Path::new(""));
    for setting in base.settings.scenario.iter().chain(&base.settings.manifests) {
        hash.add(setting.path.as_bytes());
        hash.add(setting.value.as_bytes());
        let name = setting.value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let path = name.filter(|name| !name.is_empty()).map(|name| folder.join(name));
        if let Some(digest) = path.filter(|path| path.is_file()).and_then(|path| digest(&path)) {
            hash.add(digest.as_bytes());
        }
    }
    // A profile is more than its name.
    hash.add(format!("{:?}", base.config.model_server).as_bytes());
    hash.digest()
}

/// Of a file, piece by piece; one that cannot be read has none, and fails where it is needed.
fn digest(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let (mut hash, mut piece) = (Inputs::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).ok()? {
            0 => return Some(hash.digest()),
            length => hash.add(piece.get(..length)?),
        }
    }
}
