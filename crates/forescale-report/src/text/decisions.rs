//! Why it scaled: one line per decision.

use super::story::Story;
use crate::Subject;
use crate::number;
use crate::page::{Line, Page, Tone};
use forescale_core::record::{RunRecord, SyncRecord};

/// How many lines a report may take for decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// The first and the last ones where there are many.
    Short,
    /// All.
    Whole,
}

/// Decisions of a short text: so many from the start and so many from the end.
const FIRST: usize = 24;
const LAST: usize = 12;

pub(super) fn write(subject: &Subject, record: &RunRecord, length: Length, page: &mut Page) {
    page.heading("Decisions", &subject.policy());
    write_lines(subject, record, length, page);
}

pub(super) fn write_lines(subject: &Subject, record: &RunRecord, length: Length, page: &mut Page) {
    let story = Story::of(&record.syncs);
    let told = story.told.as_slice();
    let width = told.iter().map(|sync| change(sync).chars().count()).max().unwrap_or(0);
    let is_cut = length == Length::Short && told.len() > FIRST + LAST + 1;
    let (first, last) = if is_cut { (FIRST, LAST) } else { (told.len(), 0) };
    for sync in &told[..first] {
        write_line(subject, sync, width, page);
    }
    if is_cut {
        let more = number::things(told.len() - FIRST - LAST, "decision");
        page.push_wrapped(Line::default().with(Tone::Faint, &format!("  … {more} more like these …")), 2);
    }
    for sync in &told[told.len() - last..] {
        write_line(subject, sync, width, page);
    }
    if let Some(rest) = closing(&story) {
        page.push_wrapped(Line::default().with(Tone::Faint, &format!("  {rest}")), 2);
    }
}

/// `t=00:05:31  HPA  1→2  igw_queue_depth 812/250 × 1 ready → 4 · ScaleUpLimit: …`
fn write_line(subject: &Subject, sync: &SyncRecord, change_width: usize, page: &mut Page) {
    let change = change(sync);
    let tone = if sync.to() == sync.from { Tone::Plain } else { Tone::Heading };
    let kind = match subject.autoscaler_kind.as_str() {
        "" => String::new(),
        kind => format!("{kind}  "),
    };
    let head = format!("  {}  {kind}", number::instant(sync.at));
    let gap = " ".repeat(change_width.saturating_sub(change.chars().count()) + 2);
    let line = Line::plain(&head).with(tone, &change).with(Tone::Plain, &gap);
    let hanging = if page.width() < 80 { 6 } else { line.width() };
    page.push_wrapped(line.with(Tone::Plain, &sync.decision.reason), hanging);
}

/// `1→2`
fn change(sync: &SyncRecord) -> String {
    format!("{}→{}", sync.from, sync.to())
}

fn closing(story: &Story<'_>) -> Option<String> {
    match (story.told.is_empty(), story.untold) {
        (true, _) => Some("the autoscaler never looked".to_owned()),
        (false, 0) => None,
        (false, 1) => Some("1 more sync left the replicas as they were".to_owned()),
        (false, more) => {
            Some(format!("{} more syncs left the replicas as they were", number::count(more as u64)))
        }
    }
}
