//! What came out, in sentences.

use crate::kpi::{amount, title};
use forescale_experiment::Estimate;
use forescale_experiment::compare::{Compared, Comparison, Contrast};
use forescale_experiment::kpi::{Kpi, KpiName};
use forescale_experiment::statistics::Difference;

/// Which one to take, and whether there is such a one.
pub(crate) fn verdict(comparison: &Comparison) -> (bool, String) {
    let count = comparison.entrants.len();
    let Some(best) = comparison.cheapest() else {
        let share =
            |of: &Compared| of.replications.estimate(Kpi::Attainment).map_or(f64::NEG_INFINITY, |it| it.mean);
        let most = comparison.entrants.iter().max_by(|a, b| share(a).total_cmp(&share(b)));
        let most = most.map_or_else(String::new, |most| {
            let attained = most.replications.estimate(Kpi::Attainment);
            attained.map_or_else(String::new, |attained| {
                format!("; `{}` attains most, {}", most.name, amount(Kpi::Attainment, attained, false))
            })
        });
        return (false, format!("none of {count} meets all objectives{most}"));
    };
    let hours = best.gpu_hours().map_or_else(String::new, |hours| amount(Kpi::GpuHours, hours, false));
    let place = comparison.entrants.iter().position(|entrant| entrant.name == best.name).unwrap_or(0);
    let against = match comparison.contrast(place, Kpi::GpuHours) {
        Some(contrast) => format!(", {}", relative(Kpi::GpuHours, &contrast)),
        None => ", as it is".to_owned(),
    };
    let others = comparison.entrants.iter().filter(|entrant| entrant.meets_objectives()).count();
    let without = comparison.entrants.iter().filter(|entrant| !has_objectives(entrant)).count();
    let among = match others {
        _ if without == count => format!("the cheapest of {count} (there are no objectives)"),
        1 => format!("the only one of {count} that meets all objectives"),
        _ => format!("the cheapest of the {others} (of {count}) that meet all objectives"),
    };
    let none = if without < count && !has_objectives(best) { " (it has none)" } else { "" };
    let alike = match as_cheap(comparison, best).as_slice() {
        [] => String::new(),
        names => format!("; as cheap: {}", names.join(", ")),
    };
    (true, format!("`{}` is {among}{none}: {hours} GPU-hours a run{against}{alike}", best.name))
}

/// The others that meet all objectives with the very GPU-hours of the cheapest at every seed, in backticks.
fn as_cheap(comparison: &Comparison, best: &Compared) -> Vec<String> {
    let hours = |of: &Compared| of.replications.values(Kpi::GpuHours);
    let others = comparison.entrants.iter().filter(|other| other.name != best.name);
    let alike = others.filter(|other| other.meets_objectives() && hours(other) == hours(best));
    alike.map(|other| format!("`{}`", other.name)).collect()
}

/// Whether there is anything to meet.
pub(crate) fn has_objectives(entrant: &Compared) -> bool {
    entrant.replications.runs.iter().any(|run| !run.outcome.objectives.is_empty())
}

/// `12 % less than the base`, `2.4 times the base's`, `no difference from the base detected`
fn relative(kpi: Kpi, contrast: &Contrast) -> String {
    if !contrast.difference.is_detected() {
        return "no difference from the base detected".to_owned();
    }
    let difference = amount(kpi, contrast.difference.estimate(), true);
    match contrast.ratio {
        Some(ratio) if ratio.mean >= 2.0 => format!("{:.1} times the base's ({difference})", ratio.mean),
        Some(ratio) if ratio.mean > 0.0 => {
            let word = if ratio.mean < 1.0 { "less" } else { "more" };
            format!("{} {word} than the base ({difference})", change(ratio.mean))
        }
        _ => format!("{difference} against the base"),
    }
}

/// An entrant in a sentence: what is different from the base, and what is not.
pub(super) fn entrant(comparison: &Comparison, place: usize, kpis: &[KpiName]) -> String {
    let (mut different, mut alike, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for kpi in kpis {
        let Some(contrast) = comparison.contrast(place, kpi) else { continue };
        match contrast.difference {
            Difference::Degenerate { .. } => same.push(title(kpi)),
            difference if difference.is_detected() => {
                different.push(format!("{} {}", title(kpi), changed(kpi.kpi, &contrast)));
            }
            _ => alike.push(title(kpi)),
        }
    }
    let mut parts = Vec::new();
    if !different.is_empty() {
        parts.push(different.join(", "));
    }
    if !alike.is_empty() {
        parts.push(format!("no difference detected in {}", alike.join(", ")));
    }
    if !same.is_empty() {
        parts.push(format!("{} the same at every seed", same.join(", ")));
    }
    parts.join("; ")
}

/// `12 % higher (+0.21 ±0.02)`, `2.4 times as high (…)`, `+13.3 ±3.0 points`
fn changed(kpi: Kpi, contrast: &Contrast) -> String {
    let difference = amount(kpi, contrast.difference.estimate(), true);
    // Shares are compared in points.
    let ratio = contrast.ratio.filter(|_| kpi.unit() != "share").map(|ratio: Estimate| ratio.mean);
    match ratio {
        Some(ratio) if ratio >= 2.0 => format!("{ratio:.1} times as high ({difference})"),
        Some(ratio) if ratio > 0.0 => {
            let word = if ratio < 1.0 { "lower" } else { "higher" };
            format!("{} {word} ({difference})", change(ratio))
        }
        _ => difference,
    }
}

/// By how much a ratio differs from one: `12 %`, `99.7 %`.
fn change(ratio: f64) -> String {
    let share = (ratio - 1.0).abs() * 100.0;
    let digits = if (99.0..100.0).contains(&share) { 3 } else { 2 };
    format!("{} %", crate::number::trimmed(share, digits))
}

/// Whether the objectives are met, all runs taken together, and in how many of them if not in all or none: `met`, `missed, 3/10 runs`;
/// `no objectives` where there is nothing to meet.
pub(crate) fn standing(entrant: &Compared) -> String {
    if !has_objectives(entrant) {
        return "no objectives".to_owned();
    }
    let (good, all) = (entrant.good_runs(), entrant.replications.runs.len());
    let word = if entrant.meets_objectives() { "met" } else { "missed" };
    match good {
        0 => word.to_owned(),
        good if good == all => word.to_owned(),
        good => format!("{word}, {good}/{all} runs"),
    }
}
