//! What a sweep comes down to, in sentences.

use super::words::{axis_names, setting};
use crate::kpi::{amount_of, size_of, title};
use crate::number;
use forescale_experiment::kpi::{Better, Kpi};
use forescale_experiment::sweep::{Cause, Diagnosis, Plan, Reading, Setting, Swept};

/// The answer: the best setting that meets the objectives, and what it costs against the scenario as it stands.
pub(crate) fn verdict(swept: &Swept, kpi: Kpi) -> String {
    let plan = &swept.plan;
    let runs = match plan.replications {
        1 => "the one replication".to_owned(),
        all => format!("all {all} replications"),
    };
    let Some(best) = swept.best(kpi) else {
        let Some(closest) = swept.closest(kpi) else { return "no run went to its end".to_owned() };
        let attained = closest.estimate(&Kpi::Attainment.name());
        let attained =
            attained.map(|it| format!(", attainment {}", amount_of(Kpi::Attainment, it))).unwrap_or_default();
        let meets = match plan.objectives.is_empty() {
            true => "goes to its end".to_owned(),
            false => format!("meets {}", objectives(plan)),
        };
        return format!(
            "no setting {meets} in {runs}; the closest does in {} of {}{attained}: {}",
            closest.met(),
            closest.runs.len(),
            setting(plan, closest)
        );
    };
    let meets = match plan.objectives.is_empty() {
        true => "setting (there are no objectives)".to_owned(),
        false => format!("setting that meets {} in {runs}", objectives(plan)),
    };
    let value = best.estimate(&kpi.name()).map(|it| amount_of(kpi, it)).unwrap_or_default();
    format!("{} {meets}: {} — {value}{}", superlative(kpi), setting(plan, best), against(swept, best, kpi))
}

fn superlative(kpi: Kpi) -> String {
    match kpi {
        Kpi::GpuHours | Kpi::Cost => "cheapest".to_owned(),
        _ if kpi.better() == Better::Higher => format!("highest {} of a", title(kpi)),
        _ => format!("lowest {} of a", title(kpi)),
    }
}

/// `, 0.66 ±0.03 more than as it stands (250, 250, 300), which misses the objective in 5 of 5`
fn against(swept: &Swept, best: &Setting, kpi: Kpi) -> String {
    let Some(base) = swept.base().filter(|base| base.finished() > 0) else { return String::new() };
    if base.point == best.point {
        return ": the scenario as it stands".to_owned();
    }
    let more = swept.difference(base, best, &kpi.name());
    let more = more.map_or_else(String::new, |more| {
        let estimate = more.estimate();
        match more.is_detected() {
            false => ", not found to differ from the scenario as it stands".to_owned(),
            true if estimate.mean < 0.0 => format!(", {} less than as it stands", size_of(kpi, estimate)),
            true => format!(", {} more than as it stands", size_of(kpi, estimate)),
        }
    });
    let missed = base.finished() - base.met();
    let missed = match missed {
        0 => ", which meets them too".to_owned(),
        missed => format!(", which misses in {missed} of {}", base.finished()),
    };
    format!("{more}{}", if swept.plan.objectives.is_empty() { String::new() } else { missed })
}

/// `the objective TTFT p95 ≤ 5 s`, or how many there are.
pub(super) fn objectives(plan: &Plan) -> String {
    match plan.objectives.as_slice() {
        [one] => {
            let name = one.measure.to_uppercase();
            format!("the objective {name} {} ≤ {}", number::quantile(one.quantile), limit(one.limit_s))
        }
        all => format!("all {} objectives", all.len()),
    }
}

/// Which axis matters most: for the KPI, and for attainment. `None` of one axis, and where nothing differs.
pub(super) fn matters(swept: &Swept, kpi: Kpi) -> Option<String> {
    let names = axis_names(&swept.plan);
    if names.len() < 2 {
        return None;
    }
    let most = |kpi: Kpi| {
        let effects = swept.effects(&kpi.name());
        let first = effects.first().filter(|effect| effect.share >= 0.005)?;
        let share = number::percent(first.share);
        Some((names.get(first.axis)?.clone(), format!("({share} of the variance between settings)")))
    };
    match (most(kpi), most(Kpi::Attainment).filter(|_| kpi != Kpi::Attainment)) {
        (Some((axis, share)), Some((other, its))) if axis == other => {
            Some(format!("{axis} matters most: for {} {share}, and for attainment {its}", title(kpi)))
        }
        (Some((axis, share)), Some((other, its))) => {
            Some(format!("{axis} matters most for {} {share}, {other} for attainment {its}", title(kpi)))
        }
        (Some((axis, share)), None) => Some(format!("{axis} matters most for {} {share}", title(kpi))),
        (None, Some((axis, share))) => Some(format!("{axis} matters most for attainment {share}")),
        (None, None) => None,
    }
}

/// What was wrong with the scenario as it stands, in one sentence.
pub(super) fn diagnosis(swept: &Swept, found: &Diagnosis, kpi: Kpi) -> String {
    let objectives = if swept.plan.objectives.len() == 1 { "the objective" } else { "objectives" };
    let misses = match found.met {
        0 => format!("misses {objectives} in every run"),
        met => format!("misses {objectives} in {} of {}", found.of - met, number::things(found.of, "run")),
    };
    match &found.cause {
        Cause::Nothing => "As it stands nothing that was tried is found to be better.".to_owned(),
        Cause::Costly(more) => {
            format!("As it stands it meets {objectives}, but with {} more than need be.", size_of(kpi, *more))
        }
        Cause::NeverScales => {
            format!("As it stands it {misses} since it never adds a replica{}.", silent(swept, found, ": "))
        }
        Cause::Late { at_s, runs, best_at_s, by_s } => {
            let runs = match found.of - runs {
                0 => String::new(),
                never => format!(" (in {never} of {} never)", number::things(found.of, "run")),
            };
            format!(
                "As it stands it {misses} since it adds its first replica too late, {} after the best setting does, at {} rather than {}{runs}{}.",
                minutes(by_s.mean),
                minutes(*at_s),
                minutes(*best_at_s),
                silent(swept, found, ": ")
            )
        }
        Cause::Other => format!("As it stands it {misses}{}.", silent(swept, found, "; ")),
    }
}

/// The metrics that never asked for a replica, and what they read.
fn silent(swept: &Swept, found: &Diagnosis, before: &str) -> String {
    let all: Vec<String> = found
        .readings
        .iter()
        .filter(|reading| reading.asked_in == 0)
        .map(|reading| {
            let anywhere = count(reading.greatest_anywhere);
            // Where no setting brings it there, the target cannot work for this load.
            let anywhere = match reading.greatest_anywhere <= reading.acts_above {
                true if swept.settings.len() > 1 => format!(" ({anywhere} with any setting)"),
                _ => String::new(),
            };
            format!(
                "{} reads {}{} at most{anywhere} while its target of {} asks for more only above {}",
                reading.name,
                count(reading.greatest),
                per(reading),
                number::trimmed(reading.target, 6),
                count(reading.acts_above)
            )
        })
        .collect();
    if all.is_empty() { String::new() } else { format!("{before}{}", all.join("; ")) }
}

/// `5 s`
fn limit(seconds: f64) -> String {
    let text = number::seconds(seconds);
    let (value, unit) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    let value = if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { value };
    format!("{value} {unit}")
}

fn count(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v => number::trimmed(v, 3),
    }
}

fn per(reading: &Reading) -> &'static str {
    if reading.kind == "AverageValue" { " per replica" } else { "" }
}

/// `22m3s`
fn minutes(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match (whole / 60, whole % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, 0) => format!("{minutes}m"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}
