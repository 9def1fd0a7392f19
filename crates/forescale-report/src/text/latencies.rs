//! Latencies in a table.

use super::table::Table;
use crate::number::maybe_seconds;
use crate::page::{Line, Page, Tone};
use forescale_core::record::{Latency, RunRecord};
use unicode_width::UnicodeWidthStr;

/// The columns, in order; where a terminal is narrow, those go first that the second list names first.
const COLUMNS: [&str; 5] = ["mean", "p50", "p90", "p99", "max"];
const DISPENSABLE: [&str; 3] = ["p90", "mean", "max"];

pub(super) fn write(record: &RunRecord, page: &mut Page) {
    let mut columns = COLUMNS.to_vec();
    let mut dispensable = DISPENSABLE.into_iter();
    let lines = loop {
        let lines = table(record, &columns);
        let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
        match dispensable.next() {
            Some(column) if widest + 2 > page.width() => columns.retain(|c| *c != column),
            _ => break lines,
        }
    };
    page.heading(
        "Latencies",
        "requests lost or unanswered at the end have none; objectives count them as late",
    );
    for (index, line) in lines.iter().enumerate() {
        let tone = if index == 0 { Tone::Faint } else { Tone::Plain };
        page.push(Line::plain("  ").with(tone, line));
    }
}

fn table(record: &RunRecord, columns: &[&str]) -> Vec<String> {
    let latencies = &record.latencies;
    let rows = [
        ("ttft", &latencies.ttft),
        ("itl", &latencies.itl),
        ("e2e", &latencies.e2e),
        ("queue wait", &latencies.queue_wait),
    ];
    let mut table = Table::new(&(1..=columns.len()).collect::<Vec<_>>());
    table.row(std::iter::once("").chain(columns.iter().copied()).map(str::to_owned).collect());
    for (name, latency) in rows {
        let cells = columns.iter().map(|column| maybe_seconds(value(latency, column)));
        table.row(std::iter::once(name.to_owned()).chain(cells).collect());
    }
    table.lines()
}

fn value(latency: &Latency, column: &str) -> Option<f64> {
    match column {
        "mean" => latency.mean(),
        "max" => latency.max(),
        "p50" => latency.quantile(0.5),
        "p90" => latency.quantile(0.9),
        _ => latency.quantile(0.99),
    }
}
