//! The sweep as one document for programs.

use super::sentences;
use forescale_experiment::Estimate;
use forescale_experiment::knee::{
    By, Curve, Kind, Level, Metric, Outcome, Point, Rule, Suggestion, Sweep, Target,
};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// Writes the sweep as one indented JSON document with a line feed at its end; `docs/knee.md` explains its fields. What is infinite or
/// unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn knee_json(scenario: &str, sweep: &Sweep, mut out: impl Write) -> io::Result<()> {
    let settings = &sweep.settings;
    let objectives = settings.objectives.iter().map(|objective| {
        json!({
            "measure": objective.measure.name(),
            "quantile": objective.quantile,
            "limit_s": objective.limit.as_secs_f64(),
        })
    });
    let document = json!({
        "schema": SCHEMA,
        "scenario": scenario,
        "by": match settings.by { By::Concurrency => "concurrency", By::Rate => "rate" },
        "load_unit": settings.by.unit(),
        "seeds": sweep.seeds,
        "runs": sweep.runs,
        "objectives": objectives.collect::<Vec<_>>(),
        "curves": sweep.curves.iter().map(|curve| curve_json(sweep, curve)).collect::<Vec<_>>(),
    });
    writeln!(out, "{document:#}")
}

fn estimate(estimate: Option<Estimate>) -> Value {
    let Some(estimate) = estimate.filter(|estimate| estimate.mean.is_finite()) else { return Value::Null };
    json!({ "mean": estimate.mean, "half_width": estimate.half_width })
}

fn point(point: &Point) -> Value {
    json!({ "load": estimate(Some(point.load)), "requests_per_s": estimate(Some(point.throughput)) })
}

fn curve_json(sweep: &Sweep, curve: &Curve) -> Value {
    let knee = &curve.knee;
    let (until, missed_first) = match &knee.outcome {
        Outcome::Until(at, first) => (Some(point(at)), Some(*first)),
        Outcome::Never(first) => (None, Some(*first)),
        Outcome::NoObjectives | Outcome::Always => (None, None),
    };
    json!({
        "replicas": curve.replicas,
        "verdict": sentences::verdict(sweep, curve),
        "knee": {
            "rule": match knee.rule {
                Rule::Objectives => "objectives",
                Rule::Power => "power",
                Rule::Saturation => "saturation",
            },
            "at": knee.at.as_ref().map(point),
            "objectives": {
                "outcome": match knee.outcome {
                    Outcome::NoObjectives => "none",
                    Outcome::Until(..) => "until",
                    Outcome::Always => "always",
                    Outcome::Never(_) => "never",
                },
                "until": until,
                "missed_first": missed_first,
            },
            "power": point(&knee.power),
            "saturation": { "plateau_requests_per_s": estimate(Some(knee.plateau)), "at": point(&knee.saturation) },
        },
        "targets": curve.targets.iter().map(|target| target_json(sweep, curve, target)).collect::<Vec<_>>(),
        "levels": curve.levels.iter().map(level).collect::<Vec<_>>(),
    })
}

fn target_json(sweep: &Sweep, curve: &Curve, target: &Target) -> Value {
    let (set, fires_at) = match target.suggestion {
        Suggestion::Set { target, fires_at } => (Some(target), Some(fires_at)),
        _ => (None, None),
    };
    let written = target.written.iter().map(|written| {
        json!({
            "target": written.target,
            "guide": written.guide,
            "fires_at": written.fires_at,
            "wait_s": written.wait,
            "least_arrivals_per_s": written.least_rate,
            "why": sentences::written(sweep, curve, target, written),
        })
    });
    json!({
        "metric": target.guide.name(),
        "type": match target.guide.kind() { Kind::Value => "Value", Kind::AverageValue => "AverageValue" },
        "at_knee": target.at_knee.filter(|value| value.is_finite()),
        "greatest": target.greatest,
        "highest_target": target.highest,
        "target": set,
        "fires_at": fires_at,
        "why": sentences::suggestion(sweep, curve, target),
        "written": written.collect::<Vec<_>>(),
    })
}

fn level(level: &Level) -> Value {
    let mut fields = Map::new();
    fields.insert("load".to_owned(), json!(level.load));
    for metric in Metric::ALL {
        fields.insert(metric.name().to_owned(), estimate(level.estimate(metric)));
    }
    Value::Object(fields)
}
