//! The sweep of a scenario file.

use crate::experiment::sweep::{Axis, Inputs, Objective, Plan, Point, Variant};
use crate::scenario::{Design, Edits, Rejection, Scenario, Study};
use std::fs::File;
use std::io::Read;
use std::path::Path;

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
        inputs: sweep_inputs(base),
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
        return Ok(ready(study.base.clone()));
    };
    let edits = Edits { sets, point: Some(point), ..Edits::default() };
    Scenario::load_edited(&study.base.file, edits).map(ready)
}

fn ready(scenario: Scenario) -> Variant {
    Variant {
        replica_limits: scenario.replica_limits(),
        config: scenario.config,
        gpu_price_per_hour: scenario.gpu_price_per_hour,
    }
}

/// A hash over every value that holds, the model server, and each file that a value names, wherever the scenario stands.
pub fn sweep_inputs(base: &Scenario) -> String {
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
