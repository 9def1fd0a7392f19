//! What a new baseline holds.

use super::words;
use crate::kpi::title;
use crate::number;
use crate::page::Line;
use crate::text::Style;
use crate::text::table::Table;
use forescale_experiment::regress::{Baseline, Guard};
use forescale_experiment::statistics::Difference;

/// A baseline for a person: its KPIs with their margins, and how large a change other seeds would find.
pub fn baseline_text(baseline: &Baseline, style: Style) -> String {
    let mut page = style.page();
    let count = baseline.replications();
    let last = baseline.seed.wrapping_add(count.saturating_sub(1) as u64);
    let seeds = format!("baseline of {count} runs, seeds {} to {last}", baseline.seed);
    page.heading(&baseline.scenario, &seeds);
    let mut table = Table::new(&[1, 2, 3]);
    table.row(["KPI", "mean", "margin", "other seeds tell"].map(str::to_owned).to_vec());
    let mut blunt = Vec::new();
    for guard in &baseline.guards {
        let kpi = guard.guarded.kpi;
        let values: Vec<f64> = guard.values.iter().copied().flatten().collect();
        let mean = guard.mean();
        let told = told(baseline, &values);
        if told.is_some_and(|told| told > guard.margin.of(mean.unwrap_or(0.0))) {
            blunt.push(title(&guard.guarded));
        }
        table.row(vec![
            title(&guard.guarded),
            words::mean(kpi, mean),
            words::margin(kpi, guard.margin),
            told.map_or_else(|| "-".to_owned(), |told| shown(guard, mean, told)),
        ]);
    }
    table.write(&mut page, 1);
    if !blunt.is_empty() {
        let blunt = format!(
            "{}: at other seeds, changes of the size of the margin may not be told. At the baseline's own seeds, which is the rule, smaller ones are; \
             more replications help",
            blunt.join(", ")
        );
        page.push_wrapped(Line::plain(&blunt), 2);
    }
    page.render(style.color)
}

/// Half the width of the interval of a difference from as many runs at other seeds that vary as much.
fn told(baseline: &Baseline, values: &[f64]) -> Option<f64> {
    let difference = Difference::independent_with_confidence(values, values, baseline.confidence())?;
    difference.estimate().half_width
}

/// In per cent of the mean, but for shares.
fn shown(guard: &Guard, mean: Option<f64>, distance: f64) -> String {
    let kpi = guard.guarded.kpi;
    let relative = mean.map(|mean| distance / mean.abs()).filter(|share| share.is_finite());
    match relative.filter(|_| kpi.unit() != "share") {
        Some(share) => format!("{} %", number::trimmed(share * 100.0, 2)),
        None => words::absolute(kpi, distance),
    }
}
