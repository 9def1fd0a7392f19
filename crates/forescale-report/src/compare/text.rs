//! The comparison in the terminal.

use super::{baselines, sentences, warnings};
use crate::kpi::{amount, title};
use crate::number;
use crate::page::{Line, Tone};
use crate::text::Style;
use crate::text::table::Table;
use forescale_experiment::compare::Comparison;
use forescale_experiment::kpi::KpiName;
use forescale_experiment::statistics::Difference;

/// The comparison for a person, verdict first: a row for each variant, how it differs from the base, the same in words, and what to know before
/// believing it.
pub fn compare_text(scenario: &str, comparison: &Comparison, kpis: &[KpiName], style: Style) -> String {
    let mut page = style.page();
    let (is_good, verdict) = sentences::verdict(comparison);
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    page.push_wrapped(Line::plain(&format!("{scenario}: ")).with(tone, &verdict), 2);
    page.push_wrapped(Line::default().with(Tone::Faint, &how(comparison)), 2);
    page.heading("Variants", "means over runs");
    rows(comparison, kpis).write(&mut page, 1);
    let base = comparison.base().map_or("base", |base| base.name.as_str());
    page.heading(&format!("Against {base}"), "a dot: no difference detected; =: the same at every seed");
    differences(comparison, kpis).write(&mut page, 1);
    page.push(Line::default());
    for (place, entrant) in comparison.entrants.iter().enumerate().skip(1) {
        let told = sentences::entrant(comparison, place, kpis);
        page.push_wrapped(Line::plain(&format!("{}: {told}", entrant.name)), 2);
    }
    baselines::write(&mut page, comparison);
    warnings::write(&mut page, comparison, kpis);
    page.render(style.color)
}

/// How the figures came about.
fn how(comparison: &Comparison) -> String {
    let runs = comparison.base().map(|base| &base.replications.runs);
    let each = runs.map_or(0, Vec::len);
    let ends = runs.and_then(|runs| Some((runs.first()?.seed, runs.last()?.seed)));
    let seeds = match ends {
        Some((first, last)) if last > first => format!(" at the same seeds ({first} to {last})"),
        Some((only, _)) => format!(" at seed {only}"),
        None => String::new(),
    };
    let interval = if each > 1 { "± is the 95 % interval" } else { "n = 1, no interval" };
    format!("{} each{seeds}; {interval}, of differences that of seed by seed", number::things(each, "run"))
}

fn rows(comparison: &Comparison, kpis: &[KpiName]) -> Table {
    let mut table = Table::new(&(2..kpis.len() + 2).collect::<Vec<_>>());
    let head = ["", "objectives"].map(str::to_owned).into_iter().chain(kpis.iter().map(title));
    table.row(head.collect());
    for entrant in &comparison.entrants {
        let cell = |kpi: &KpiName| {
            let estimate = entrant.replications.estimate(kpi);
            estimate.map_or_else(|| "-".to_owned(), |estimate| amount(kpi.kpi, estimate, false))
        };
        let begin = [entrant.name.clone(), sentences::standing(entrant)];
        table.row(begin.into_iter().chain(kpis.iter().map(cell)).collect());
    }
    table
}

fn differences(comparison: &Comparison, kpis: &[KpiName]) -> Table {
    let mut table = Table::new(&(1..=kpis.len()).collect::<Vec<_>>());
    table.row([String::new()].into_iter().chain(kpis.iter().map(title)).collect());
    for (place, entrant) in comparison.entrants.iter().enumerate().skip(1) {
        let cell = |kpi: &KpiName| match comparison.contrast(place, kpi) {
            None => "-".to_owned(),
            Some(contrast) => match contrast.difference {
                Difference::Degenerate { .. } => "=".to_owned(),
                difference if difference.is_detected() => amount(kpi.kpi, difference.estimate(), true),
                _ => "·".to_owned(),
            },
        };
        table.row([entrant.name.clone()].into_iter().chain(kpis.iter().map(cell)).collect());
    }
    table
}
