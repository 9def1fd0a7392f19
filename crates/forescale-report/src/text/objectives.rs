//! The objectives and how they fared.

use super::table::Table;
use crate::number;
use crate::page::{Line, Page, Tone};
use forescale_core::record::{Attainment, Measure, RunRecord};

pub(super) fn write(record: &RunRecord, page: &mut Page) {
    if record.attainments.is_empty() {
        return;
    }
    page.heading("Objectives", "n = 1 run, no interval");
    let mut table = Table::new(&[]);
    for attainment in &record.attainments {
        table.row(row(attainment));
    }
    for (line, attainment) in table.lines().into_iter().zip(&record.attainments) {
        let (tone, mark) = if attainment.is_met { (Tone::Good, "✓") } else { (Tone::Bad, "✗") };
        let line = Line::plain("  ").with(tone, mark).with(Tone::Plain, &format!(" {line}"));
        page.push_wrapped(line, 4);
    }
}

/// What stands where the quantile falls among requests that were never measured.
pub(super) fn missing(attainment: &Attainment) -> &'static str {
    match (attainment.lost, attainment.overdue) {
        (_, 0) => "lost",
        (0, _) => "unanswered",
        _ => "lost or unanswered",
    }
}

/// `ttft p99 ≤ 2 s`, `1.41 s`, `99.4 % of requests within`
fn row(attainment: &Attainment) -> Vec<String> {
    let objective = &attainment.objective;
    let limit = number::span(objective.limit);
    let name = format!("{} {} ≤ {limit}", objective.measure.name(), number::quantile(objective.quantile));
    let observed = match (attainment.observed, attainment.share) {
        (Some(seconds), _) if attainment.is_met => number::seconds(seconds),
        (Some(seconds), _) => format!("{} > {limit}", number::beside(seconds, objective.limit)),
        (None, Some(_)) => missing(attainment).to_owned(),
        (None, None) => "nothing measured".to_owned(),
    };
    let of = if objective.measure == Measure::Itl { "tokens" } else { "requests" };
    let share = attainment.share.map(|share| format!("{} of {of} within", number::percent(share)));
    vec![name, observed, share.unwrap_or_default()]
}
