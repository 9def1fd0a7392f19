//! The verdict for programs.

use super::gate::{Gate, Gates};
use super::words;
use forescale_experiment::regress::{Change, Finding, Margin, Standing};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The version of the document's layout.
const SCHEMA: u32 = 1;

/// One JSON document with all that was found.
///
/// # Errors
/// Those of `out`.
pub fn regress_json(gates: &Gates, mut out: impl Write) -> io::Result<()> {
    let document = json!({
        "schema": SCHEMA,
        "verdict": gates.verdict().name(),
        "passes": gates.is_good(),
        "strict": gates.is_strict,
        "sentence": gates.sentence(),
        "scenarios": gates.gates.iter().map(gate).collect::<Vec<_>>(),
    });
    writeln!(out, "{document:#}")
}

fn gate(gate: &Gate) -> Value {
    let judged = &gate.judged;
    json!({
        "scenario": gate.scenario,
        "file": gate.file,
        "baseline": gate.baseline_file,
        "edited": gate.is_edited,
        "verdict": judged.verdict().name(),
        "replications": judged.replications,
        "paired": judged.is_paired,
        "false_alarm_rate": judged.false_alarm_rate,
        "confidence": judged.confidence,
        "kpis": judged.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let kpi = finding.guarded.kpi;
    let estimate = finding.difference.map(|it| it.estimate());
    let margin = match finding.margin {
        Margin::Relative(share) => json!({ "relative": share }),
        Margin::Absolute(distance) => json!({ "absolute": distance }),
    };
    json!({
        "kpi": finding.guarded.to_string(),
        "unit": kpi.unit(),
        "better": kpi.better().name(),
        "margin": margin,
        "baseline": finding.baseline,
        "now": finding.now,
        "difference": estimate.map(|it| it.mean).filter(|mean| mean.is_finite()),
        "half_width": estimate.and_then(|it| it.half_width),
        "relative": finding.relative(),
        "change": match finding.change {
            Change::None => "none",
            Change::Better => "better",
            Change::Worse => "worse",
            Change::Other => "other",
        },
        "standing": match finding.standing {
            Standing::Within => "within",
            Standing::Beyond => "beyond",
            Standing::Unknown => "unknown",
        },
        "replications_needed": finding.needed,
        "sentence": words::told(finding),
    })
}
