//! The verdict for programs.

mod finding;

use super::gate::{Gate, Gates};
use finding::Finding;
use forescale_experiment::regress;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the document's layout.
const SCHEMA: u32 = 1;

/// Scenarios against what was written down when they were good.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "What `sim regress --json` of Forescale prints, schema version 1"))]
pub(crate) struct Document<'a> {
    /// The version of this layout: 1.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    schema: u32,
    /// Of all scenarios together.
    verdict: Verdict,
    /// Whether the exit code is 0.
    passes: bool,
    /// Whether it is a failure where it cannot be told: `--strict`.
    strict: bool,
    /// The first sentence of the report.
    sentence: String,
    /// One entry for each that was judged, in the order of the command.
    scenarios: Vec<Scenario<'a>>,
    /// Names of the scenarios that were not judged, since the command was interrupted or a run failed; with any of them it does not pass.
    not_judged: Vec<&'a str>,
}

/// What came out.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Verdict {
    /// Every KPI is within its margin.
    #[serde(rename = "pass")]
    Pass,
    /// None is beyond its margin, but of some it cannot be told, or a scenario was not judged.
    #[serde(rename = "cannot tell")]
    CannotTell,
    /// Some KPI is beyond its margin.
    #[serde(rename = "fail")]
    Fail,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Scenario<'a> {
    /// Its name.
    scenario: &'a str,
    /// Its file, as the command has named it.
    file: &'a str,
    /// The baseline's file.
    baseline: &'a str,
    /// Whether the scenario or a file of it is another one than when the baseline was written.
    edited: bool,
    /// Of this scenario.
    verdict: Verdict,
    /// How many runs there are now.
    replications: usize,
    /// Whether they have the baseline's seeds.
    paired: bool,
    /// α: how often such a gate may tell of a change though there is none, 0 to 1.
    false_alarm_rate: f64,
    /// The confidence of each interval, 0 to 1.
    confidence: f64,
    /// One entry for each KPI that the baseline guards, in its order.
    kpis: Vec<Finding>,
}

/// Writes all that was found as one indented JSON document with a line feed at its end; `docs/regress.md` explains its fields,
/// `docs/regress.schema.json` is its JSON Schema.
///
/// # Errors
/// Those of `out`.
pub fn regress_json(gates: &Gates, mut out: impl Write) -> io::Result<()> {
    let document = Document {
        schema: SCHEMA,
        verdict: gates.verdict().into(),
        passes: gates.is_good(),
        strict: gates.is_strict,
        sentence: gates.sentence(),
        scenarios: gates.gates.iter().map(Scenario::from).collect(),
        not_judged: gates.unjudged.iter().map(|one| one.scenario.as_str()).collect(),
    };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}

impl From<regress::Verdict> for Verdict {
    fn from(verdict: regress::Verdict) -> Self {
        match verdict {
            regress::Verdict::Pass => Self::Pass,
            regress::Verdict::CannotTell => Self::CannotTell,
            regress::Verdict::Fail => Self::Fail,
        }
    }
}

impl<'a> From<&'a Gate> for Scenario<'a> {
    fn from(gate: &'a Gate) -> Self {
        let judged = &gate.judged;
        Self {
            scenario: &gate.scenario,
            file: &gate.file,
            baseline: &gate.baseline_file,
            edited: gate.is_edited,
            verdict: judged.verdict().into(),
            replications: judged.replications,
            paired: judged.is_paired,
            false_alarm_rate: judged.false_alarm_rate,
            confidence: judged.confidence,
            kpis: judged.findings.iter().map(Finding::from).collect(),
        }
    }
}
