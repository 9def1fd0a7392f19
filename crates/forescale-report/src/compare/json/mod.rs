//! The comparison as one document for programs.

mod baselines;
mod difference;

use super::{sentences, standing};
use crate::json::{Better, Object};
use baselines::Baselines;
use difference::Difference;
use forescale_experiment::compare::{Compared, Comparison};
use forescale_experiment::kpi::KpiName;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// The variants of a scenario, run with the same seeds and set against a base.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "What `sim compare --json` of Forescale prints, schema version 1"))]
pub(crate) struct Document<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// The scenario's name.
    scenario: &'a str,
    /// The first sentence of the report.
    verdict: String,
    /// Whether any variant meets all objectives.
    meets_objectives: bool,
    /// The variant with the fewest GPU-hours in the mean of those that meet all objectives; `null` where none does.
    cheapest: Option<&'a str>,
    /// The seeds of each variant's runs.
    seeds: Vec<u64>,
    /// How many runs there were, of all variants together; those of baselines do not count.
    runs: usize,
    /// One entry for each, the base first.
    variants: Vec<Variant<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Variant<'a> {
    /// Its name; `base` is the scenario without variants.
    variant: &'a str,
    /// How the objectives fare, in words: `met`, `missed`, or with the number of runs, as in `missed, 3/10 runs`; `no objectives` where there are none.
    objectives: String,
    /// Whether all objectives are met, over the requests of all its runs together.
    meets_objectives: bool,
    /// In how many of its runs all objectives are met.
    good_runs: usize,
    /// What to know before believing it, a sentence each.
    warnings: Vec<String>,
    /// The key performance indicators by name, of whole runs, and with several workloads of each (`chat.ttft_p99`); those without a value in any run are left out.
    kpis: Object<KpiEntry>,
    /// What it is measured against; `null` without `--baselines`.
    baselines: Option<Baselines>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct KpiEntry {
    /// The unit of its numbers.
    unit: &'static str,
    /// Which direction is an improvement.
    better: Better,
    /// The mean over the runs that have it; `null` where it is infinite.
    mean: Option<f64>,
    /// Half of the width of the mean's 95 % interval (Student's t); `null` of fewer than two values.
    half_width: Option<f64>,
    /// Its values in the order of `seeds`; `null` where a run has none.
    values: Vec<Option<f64>>,
    /// How it differs from the base; `null` for the base, and where a side has no value.
    against_base: Option<Difference>,
}

/// Writes the comparison as one indented JSON document with a line feed at its end; `docs/compare.md` explains its fields,
/// `docs/compare.schema.json` is its JSON Schema. All KPIs are in it. What is infinite or unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn compare_json(scenario: &str, comparison: &Comparison, mut out: impl Write) -> io::Result<()> {
    let (meets_objectives, verdict) = sentences::verdict(comparison);
    let seeds = comparison.base().map(|base| base.replications.runs.iter().map(|run| run.seed).collect());
    let variants = comparison.entrants.iter().enumerate();
    let document = Document {
        schema: SCHEMA,
        scenario,
        verdict,
        meets_objectives,
        cheapest: comparison.cheapest().map(|best| best.name.as_str()),
        seeds: seeds.unwrap_or_default(),
        runs: comparison.runs(),
        variants: variants.map(|(place, entrant)| Variant::new(comparison, place, entrant)).collect(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}

impl<'a> Variant<'a> {
    fn new(comparison: &Comparison, place: usize, entrant: &'a Compared) -> Self {
        let kpi = |name: KpiName| {
            let entry = KpiEntry::new(comparison, place, entrant, &name)?;
            Some((name.to_string(), entry))
        };
        Self {
            variant: &entrant.name,
            objectives: standing(entrant),
            meets_objectives: entrant.meets_objectives(),
            good_runs: entrant.good_runs(),
            warnings: entrant.replications.warnings().iter().map(ToString::to_string).collect(),
            kpis: Object(comparison.kpis().into_iter().filter_map(kpi).collect()),
            baselines: Baselines::of(entrant),
        }
    }
}

impl KpiEntry {
    fn new(comparison: &Comparison, place: usize, entrant: &Compared, name: &KpiName) -> Option<Self> {
        let own = entrant.replications.estimate(name)?;
        let kpi = name.kpi;
        Some(Self {
            unit: kpi.unit(),
            better: kpi.better().into(),
            mean: finite(own.mean),
            half_width: own.half_width,
            values: entrant.replications.values(name),
            against_base: comparison.contrast(place, name).as_ref().map(Difference::from),
        })
    }
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}
