//! The sweep as one document for programs.

use super::sentences;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{Cause, Diagnosis, Setting, Swept};
use forescale_experiment::{Estimate, sweep::Effect};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// Writes the sweep as one indented JSON document with a line feed at its end; `docs/sweep.md` explains its fields. What is unknown is `null`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn sweep_json(swept: &Swept, kpi: Kpi, mut out: impl Write) -> io::Result<()> {
    let plan = &swept.plan;
    let document = json!({
        "schema": SCHEMA,
        "scenario": plan.scenario,
        "sweep": plan.fingerprint(),
        "tool_version": plan.tool_version,
        "is_grid": plan.is_grid,
        "seed": plan.seed,
        "replications": plan.replications,
        "runs": swept.runs.len(),
        "objectives": plan.objectives,
        "axes": plan.axes,
        "verdict": sentences::verdict(swept, kpi),
        "best_by": kpi.name(),
        "best": swept.best(kpi).map(|best| best.point),
        "best_less_base": best_less_base(swept, kpi),
        "effects": effects(swept, kpi),
        "diagnosis": swept.diagnosis(kpi).map(|found| diagnosis(swept, &found, kpi)),
        "points": swept.settings.iter().map(|setting| point(swept, setting)).collect::<Vec<_>>(),
    });
    writeln!(out, "{document:#}")
}

fn estimate(estimate: Option<Estimate>) -> Value {
    let Some(estimate) = estimate.filter(|estimate| estimate.mean.is_finite()) else { return Value::Null };
    json!({ "mean": estimate.mean, "half_width": estimate.half_width })
}

fn best_less_base(swept: &Swept, kpi: Kpi) -> Value {
    let (Some(best), Some(base)) = (swept.best(kpi), swept.base()) else { return Value::Null };
    let found = swept.difference(base, best, &kpi.name());
    found.map_or(Value::Null, |found| {
        json!({
            "mean": found.estimate().mean,
            "half_width": found.estimate().half_width,
            "is_detected": found.is_detected(),
        })
    })
}

fn effects(swept: &Swept, kpi: Kpi) -> Value {
    let of = |kpi: Kpi| {
        let path = |effect: &Effect| swept.plan.axes.get(effect.axis).map(|axis| axis.path.clone());
        let effects = swept.effects(&kpi.name());
        effects
            .iter()
            .map(|effect| json!({ "path": path(effect), "share": effect.share }))
            .collect::<Vec<_>>()
    };
    let mut all = Map::new();
    all.insert(kpi.name(), json!(of(kpi)));
    all.insert(Kpi::Attainment.name(), json!(of(Kpi::Attainment)));
    Value::Object(all)
}

fn diagnosis(swept: &Swept, found: &Diagnosis, kpi: Kpi) -> Value {
    let (cause, late) = match &found.cause {
        Cause::Nothing => ("nothing", Value::Null),
        Cause::Costly(_) => ("costly", Value::Null),
        Cause::NeverScales => ("never_scales", Value::Null),
        Cause::Late { at_s, runs, best_at_s, by_s } => (
            "late",
            json!({ "at_s": at_s, "in_runs": runs, "best_at_s": best_at_s, "by_s": estimate(Some(*by_s)) }),
        ),
        Cause::Other => ("other", Value::Null),
    };
    let reading = |reading: &forescale_experiment::sweep::Reading| {
        json!({
            "metric": reading.name,
            "type": reading.kind,
            "target": reading.target,
            "acts_above": reading.acts_above,
            "greatest": reading.greatest,
            "asked_in_runs": reading.asked_in,
            "greatest_of_any_setting": reading.greatest_anywhere,
        })
    };
    json!({
        "cause": cause,
        "why": sentences::diagnosis(swept, found, kpi),
        "met": found.met,
        "of": found.of,
        "late": late,
        "metrics": found.readings.iter().map(reading).collect::<Vec<_>>(),
    })
}

fn point(swept: &Swept, setting: &Setting) -> Value {
    let point = swept.plan.points.get(setting.point);
    let mut kpis = Map::new();
    for column in swept.plan.columns() {
        let value = estimate(setting.estimate(&column.name));
        if !value.is_null() {
            kpis.insert(column.name, value);
        }
    }
    json!({
        "point": setting.point,
        "values": point.map(|point| &point.values),
        "is_base": point.is_some_and(|point| point.is_base),
        "is_tried": point.is_some_and(|point| point.is_tried),
        "n": setting.finished(),
        "met": setting.met(),
        "error": setting.error,
        "kpis": kpis,
    })
}
