//! The report in the terminal.

mod axis;
mod chart;
mod curves;
mod decisions;
mod latencies;
mod objectives;
mod requests;
mod story;
pub(crate) mod table;
mod timeline;
mod totals;
mod verdict;

pub use curves::{Curve, curves_text};

pub(crate) use verdict::{costs, verdict};

use crate::Subject;
use crate::page::{Line, Page, Tone};
use forescale_core::record::RunRecord;

/// The least width of a report in columns; a narrower one is written as this.
pub const LEAST_WIDTH: usize = 40;

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal, at least [`LEAST_WIDTH`]: no line is wider.
    pub width: usize,
    /// Whether ANSI escapes colour it. Colour only repeats what the words and marks say.
    pub color: bool,
}

impl Default for Style {
    /// 100 columns without colour.
    fn default() -> Self {
        Self { width: 100, color: false }
    }
}

impl Style {
    pub(crate) fn page(self) -> Page {
        Page::new(self.width.max(LEAST_WIDTH))
    }
}

/// The report of one run, verdict first: objectives, latencies, requests, cost, the run over time, and why it scaled.
///
/// The first line is the verdict (in a narrow terminal it goes on in the next). The text ends with a line feed.
pub fn text(subject: &Subject, record: &RunRecord, style: Style) -> String {
    let mut page = style.page();
    verdict::write(subject, record, &mut page);
    objectives::write(record, &mut page);
    latencies::write(record, &mut page);
    requests::write(subject, record, &mut page);
    totals::write(subject, record, &mut page);
    timeline::write(record, &mut page);
    decisions::write(subject, record, decisions::Length::Short, &mut page);
    totals::write_pods(record, &mut page);
    page.push(Line::default());
    page.push_wrapped(Line::default().with(Tone::Faint, &colophon(subject, record)), 2);
    page.render(style.color)
}

/// Why it scaled, without a limit on the number of lines: one for each sync that changed the replicas or the story.
///
/// The text ends with a line feed.
pub fn decisions_text(subject: &Subject, record: &RunRecord, style: Style) -> String {
    let mut page = style.page();
    decisions::write_lines(subject, record, decisions::Length::Whole, &mut page);
    page.render(style.color)
}

/// What it takes to have the same run again.
fn colophon(subject: &Subject, record: &RunRecord) -> String {
    format!(
        "seed {} · ended at t={} · forescale {} · fingerprint {}",
        subject.seed, record.end, subject.tool_version, record.fingerprint
    )
}
