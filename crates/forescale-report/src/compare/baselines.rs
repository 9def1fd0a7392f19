//! Each variant against what could be, as text.

use super::each_once;
use crate::kpi::more_percent;
use crate::number;
use crate::page::{Line, Page};
use crate::text::table::Table;
use forescale_experiment::Estimate;
use forescale_experiment::baselines::{Baselines, Regret};
use forescale_experiment::compare::{Compared, Comparison};
use std::ops::RangeInclusive;

/// A section with a line for each variant that has baselines, and what to know of these; nothing where none has.
pub(super) fn write(page: &mut Page, comparison: &Comparison) {
    let with: Vec<(&Compared, &Baselines)> = comparison
        .entrants
        .iter()
        .filter_map(|entrant| Some((entrant, entrant.baselines.as_ref()?)))
        .collect();
    if with.is_empty() {
        return;
    }
    page.heading(
        "Against what could be",
        "regret: GPU-hours more than the baseline, points of attainment less",
    );
    let mut table = Table::new(&[1, 2, 3, 4, 5, 6]);
    let head = ["", "best fixed", "GPU-hours %", "points", "clairvoyant", "GPU-hours %", "points"];
    table.row(head.map(str::to_owned).to_vec());
    for (entrant, baselines) in &with {
        let fixed =
            baselines.fleets.best().map_or_else(|| "none".to_owned(), |best| best.replicas.to_string());
        let [fixed_hours, fixed_points] = cells(entrant.regret_of_best_fixed());
        let [hours, points] = cells(entrant.regret_of_clairvoyant());
        let asked = asked(baselines).into_inner();
        let asked =
            if asked.0 == asked.1 { asked.1.to_string() } else { format!("{}–{}", asked.0, asked.1) };
        let name = entrant.name.clone();
        table.row(vec![name, fixed, fixed_hours, fixed_points, asked, hours, points]);
    }
    table.write(page, 1);
    page.push(Line::default());
    for note in notes(&with) {
        page.push_wrapped(Line::plain(&note), 2);
    }
}

/// GPU-hours beyond the baseline's in per cent, and the attainment short of it in points.
fn cells(regret: Option<Regret>) -> [String; 2] {
    let shown = |estimate: Option<Estimate>| estimate.map_or_else(|| "-".to_owned(), more_percent);
    let more = regret.and_then(|regret| regret.gpu_hours_ratio);
    let more = more.map(|ratio| Estimate { mean: ratio.mean - 1.0, ..ratio });
    let less = regret.and_then(|regret| regret.attainment).map(|less| less.estimate());
    [shown(more), shown(less)]
}

/// The fewest and the most replicas that the clairvoyant scaler asked for at any seed.
pub(super) fn asked(baselines: &Baselines) -> RangeInclusive<u32> {
    let counts = || {
        let schedules = baselines.schedules.iter();
        schedules.flat_map(|it| it.steps.iter().map(|(_, count)| *count).chain([it.first]))
    };
    counts().min().unwrap_or(0)..=counts().max().unwrap_or(0)
}

/// The share of bins in which not even the largest fleet was enough, over all seeds.
pub(super) fn unmet(baselines: &Baselines) -> f64 {
    let bins: usize = baselines.demand.iter().map(|demand| demand.replicas.len()).sum();
    let unmet: usize = baselines.demand.iter().map(|demand| demand.unmet).sum();
    unmet as f64 / bins.max(1) as f64
}

/// What to know of the baselines, each sentence once, with those that it is about.
fn notes(with: &[(&Compared, &Baselines)]) -> Vec<String> {
    let of = |(entrant, baselines): &(&Compared, &Baselines)| {
        let largest = baselines.fleets.0.last().map_or(0, |fleet| fleet.replicas);
        let replicas = number::things(largest as usize, "replica");
        let unmet = unmet(baselines);
        let notes = [
            (baselines.fleets.best().is_none())
                .then(|| format!("no fixed size up to {replicas} meets all objectives")),
            (!baselines.clairvoyant_meets_objectives())
                .then(|| "the clairvoyant scaler misses an objective too".to_owned()),
            (unmet > 0.0).then(|| {
                format!("for {} of the time not even {replicas} are enough", number::percent(unmet))
            }),
        ];
        notes.into_iter().flatten().map(|note| (note, entrant.name.clone())).collect::<Vec<_>>()
    };
    each_once(with.iter().flat_map(of))
}
