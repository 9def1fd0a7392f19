//! The sweep as one document for programs.

mod knee;
mod level;
mod target;

use super::sentences;
use crate::json::Objective;
use forescale_experiment::knee::{self as experiment, Sweep};
use knee::Knee;
use level::Level;
use serde::Serialize;
use std::io::{self, Write};
use target::Target;

/// The version of the layout.
const SCHEMA: u32 = 1;

/// A sweep of load over fixed numbers of replicas.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "What `sim knee --json` of Forescale prints, schema version 1"))]
pub(crate) struct Document<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// The scenario's name.
    scenario: &'a str,
    /// What is varied.
    by: By,
    /// The unit of a load: `users` or `requests/s`.
    load_unit: &'static str,
    /// The seeds of each level's runs.
    seeds: &'a [u64],
    /// How many runs it took.
    runs: usize,
    /// What the knee is judged by; empty without any.
    objectives: Vec<Objective<'a>>,
    /// One for each number of replicas.
    curves: Vec<Curve>,
}

/// What is varied.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum By {
    /// Users who each always have one request open.
    Concurrency,
    /// The rate of Poisson arrivals.
    Rate,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Curve {
    /// How many pods there are, all from the start.
    replicas: u32,
    /// What the knee is, in a sentence.
    verdict: String,
    /// The knee by each rule, and which one holds.
    knee: Knee,
    /// One for each metric that guides scale by.
    targets: Vec<Target>,
    /// What was measured, in order of load.
    levels: Vec<Level>,
}

/// Writes the sweep as one indented JSON document with a line feed at its end; `docs/knee.md` explains its fields,
/// `docs/knee.schema.json` is its JSON Schema. What is infinite or unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn knee_json(scenario: &str, sweep: &Sweep, mut out: impl Write) -> io::Result<()> {
    let settings = &sweep.settings;
    let document = Document {
        schema: SCHEMA,
        scenario,
        by: match settings.by {
            experiment::By::Concurrency => By::Concurrency,
            experiment::By::Rate => By::Rate,
        },
        load_unit: settings.by.unit(),
        seeds: &sweep.seeds,
        runs: sweep.runs,
        objectives: settings.objectives.iter().map(Objective::from).collect(),
        curves: sweep.curves.iter().map(|curve| Curve::new(sweep, curve)).collect(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}

impl Curve {
    fn new(sweep: &Sweep, curve: &experiment::Curve) -> Self {
        Self {
            replicas: curve.replicas,
            verdict: sentences::verdict(sweep, curve),
            knee: Knee::from(&curve.knee),
            targets: curve.targets.iter().map(|target| Target::new(sweep, curve, target)).collect(),
            levels: curve.levels.iter().map(Level::from).collect(),
        }
    }
}
