//! The comparison as one document for programs.

use super::{baselines, sentences, standing};
use forescale_experiment::Estimate;
use forescale_experiment::compare::{Compared, Comparison, Contrast};
use forescale_experiment::statistics::Difference;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// Writes the comparison as one indented JSON document with a line feed at its end; `docs/compare.md` explains its fields. All KPIs are in it.
/// What is infinite or unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn compare_json(scenario: &str, comparison: &Comparison, mut out: impl Write) -> io::Result<()> {
    let (has_best, verdict) = sentences::verdict(comparison);
    let variants = comparison.entrants.iter().enumerate();
    let document = json!({
        "schema": SCHEMA,
        "scenario": scenario,
        "verdict": verdict,
        "meets_objectives": has_best,
        "cheapest": comparison.cheapest().map(|best| best.name.as_str()),
        "seeds": comparison.base().map(|base| base.replications.runs.iter().map(|run| run.seed).collect::<Vec<_>>()),
        "runs": comparison.runs(),
        "variants": variants.map(|(place, entrant)| variant(comparison, place, entrant)).collect::<Vec<_>>(),
    });
    writeln!(out, "{document:#}")
}

fn variant(comparison: &Comparison, place: usize, entrant: &Compared) -> Value {
    let mut kpis = Map::new();
    for name in comparison.kpis() {
        let Some(own) = entrant.replications.estimate(&name) else { continue };
        let contrast = comparison.contrast(place, &name);
        let kpi = name.kpi;
        kpis.insert(
            name.to_string(),
            json!({
                "unit": kpi.unit(),
                "better": kpi.better().name(),
                "mean": finite(own.mean),
                "half_width": own.half_width,
                "values": entrant.replications.values(&name),
                "against_base": contrast.as_ref().map(against),
            }),
        );
    }
    json!({
        "variant": entrant.name,
        "objectives": standing(entrant),
        "meets_objectives": entrant.meets_objectives(),
        "good_runs": entrant.good_runs(),
        "warnings": entrant.replications.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "kpis": kpis,
        "baselines": baselines::document(entrant),
    })
}

/// How two sides differ.
pub(super) fn against(contrast: &Contrast) -> Value {
    let Estimate { mean, half_width } = contrast.difference.estimate();
    let method = match contrast.difference {
        Difference::Degenerate { .. } => "degenerate",
        Difference::Paired { .. } => "paired",
        Difference::Welch { .. } => "welch",
    };
    let pairs = contrast.difference.pairs();
    json!({
        "difference": finite(mean),
        "half_width": half_width,
        "detected": contrast.difference.is_detected(),
        "method": method,
        "correlation": pairs.and_then(|pairs| pairs.correlation),
        "variance_ratio": pairs.and_then(|pairs| finite(pairs.variance_ratio)),
        "ratio": contrast.ratio.and_then(|ratio| finite(ratio.mean)),
        "ratio_half_width": contrast.ratio.and_then(|ratio| ratio.half_width),
    })
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}
