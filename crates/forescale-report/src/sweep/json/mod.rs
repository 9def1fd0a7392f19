//! The sweep as one document for programs.

mod best;
mod diagnosis;
mod point;

use super::sentences;
use crate::json::{Object, Objective};
use best::{BestLessBase, Effect};
use diagnosis::Diagnosis;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{self, Swept};
use point::Point;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// The settings of a sweep with what their runs have shown.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "sweep.json of Forescale, schema version 1"))]
pub(crate) struct Document<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// The scenario's name.
    scenario: &'a str,
    /// A hash of the plan in 16 hexadecimal digits: equal for two sweeps that run the same.
    sweep: String,
    /// The version of Forescale.
    tool_version: &'a str,
    /// Whether the points are all combinations of the axes' values; else they were drawn.
    is_grid: bool,
    /// The seed of the first replication, an integer below 2^64; the others have those after it.
    seed: u64,
    /// How often each point is run.
    replications: u32,
    /// How many runs there are.
    runs: usize,
    /// What each run is judged by; empty without any.
    objectives: Vec<Objective<'a>>,
    /// The paths that are varied.
    axes: Vec<Axis<'a>>,
    /// The first sentence of the report.
    verdict: String,
    /// The KPI by which the best setting was chosen.
    best_by: String,
    /// The best setting of those whose every replication meets all objectives: an index in `points`; `null` where none does.
    best: Option<usize>,
    /// By how much the best setting differs from the base in the KPI `best_by`, at the same seeds; `null` where there is no best setting, and
    /// where a side has no value.
    best_less_base: Option<BestLessBase>,
    /// How much the axes matter for the KPI `best_by` and for `attainment`, the greatest first; empty where all settings have the same.
    effects: Object<Vec<Effect<'a>>>,
    /// What was wrong with the scenario as it stands, the base; `null` where none of its runs went to its end.
    diagnosis: Option<Diagnosis<'a>>,
    /// All settings. The base is among them.
    points: Vec<Point<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Axis<'a> {
    /// The way to the value.
    path: &'a str,
    /// What is tried, as TOML; of drawn points a range has its ends here.
    values: &'a [String],
    /// What the scenario itself has there, as TOML; `null` where that is not known.
    base: Option<&'a str>,
}

/// Writes the sweep as one indented JSON document with a line feed at its end; `docs/sweep.md` explains its fields, `docs/sweep.schema.json`
/// is its JSON Schema. What is unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn sweep_json(swept: &Swept, kpi: Kpi, mut out: impl Write) -> io::Result<()> {
    let plan = &swept.plan;
    let diagnosis = swept.diagnosis(kpi);
    let points = swept.settings.iter().zip(&plan.points);
    let document = Document {
        schema: SCHEMA,
        scenario: &plan.scenario,
        sweep: plan.fingerprint(),
        tool_version: &plan.tool_version,
        is_grid: plan.is_grid,
        seed: plan.seed,
        replications: plan.replications,
        runs: swept.runs.len(),
        objectives: plan.objectives.iter().map(Objective::from).collect(),
        axes: plan.axes.iter().map(Axis::from).collect(),
        verdict: sentences::verdict(swept, kpi),
        best_by: kpi.name(),
        best: swept.best(kpi).map(|best| best.point),
        best_less_base: BestLessBase::of(swept, kpi),
        effects: best::effects(swept, kpi),
        diagnosis: diagnosis.as_ref().map(|found| Diagnosis::new(swept, found, kpi)),
        points: points.map(|(setting, point)| Point::new(plan, point, setting)).collect(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}

impl<'a> From<&'a sweep::Axis> for Axis<'a> {
    fn from(axis: &'a sweep::Axis) -> Self {
        Self { path: &axis.path, values: &axis.values, base: axis.base.as_deref() }
    }
}
