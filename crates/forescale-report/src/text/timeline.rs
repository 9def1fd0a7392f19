//! The run over time, drawn in block characters.

use super::axis::axis;
use super::chart::{Columns, sparkline, start_of};
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::replicas::Replicas;
use forescale_core::record::{Bin, RunRecord};
use forescale_kernel::SimDuration;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// The widest chart: more columns are not easier to read.
pub(super) const MOST_COLUMNS: usize = 240;
/// Where fewer columns than this would be left, the numbers at the right give way.
const LEAST_COLUMNS: usize = 8;
/// The margin and the widest name, with the gap after it.
pub(super) const LEFT: usize = 15;

/// How the bins of a column become one value.
#[derive(Clone, Copy)]
pub(super) enum Fold {
    /// The greatest, where anything was measured.
    Peak(fn(&Bin) -> Option<f64>),
    /// Counts over the length of the bins, per second.
    Rate(fn(&Bin) -> u64),
}

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) fold: Fold,
}

const ROWS: [Row; 8] = [
    Row { name: "arrivals", unit: "req/s", fold: Fold::Rate(|bin| bin.arrived) },
    Row { name: "lost", unit: "req/s", fold: Fold::Rate(|bin| bin.lost) },
    Row { name: "queue (EPP)", unit: "req", fold: Fold::Peak(|bin| Some(bin.queue_size as f64)) },
    Row { name: "running", unit: "req", fold: Fold::Peak(|bin| Some(bin.running as f64)) },
    Row { name: "waiting", unit: "req", fold: Fold::Peak(|bin| Some(bin.waiting as f64)) },
    Row { name: "TTFT p99", unit: "s", fold: Fold::Peak(|bin| bin.ttft_p99) },
    Row { name: "desired", unit: "pods", fold: Fold::Peak(|bin| Some(f64::from(bin.desired))) },
    Row { name: "ready", unit: "pods", fold: Fold::Peak(|bin| Some(f64::from(bin.ready))) },
];

pub(super) fn write(record: &RunRecord, page: &mut Page) {
    let timeline = record.timeline.as_slice();
    let is_shown = |row: &&Row| row.name != "lost" || record.account.lost() > 0;
    let rows: Vec<&Row> = ROWS.iter().filter(is_shown).collect();
    let bounds: Vec<String> = rows.iter().map(|row| row.bounds(timeline)).collect();
    let scalings = scalings(record);
    let widest = bounds.iter().chain(&scalings).map(|text| text.width()).max().unwrap_or(0) + 2;
    let all = page.width() - LEFT;
    let beside = all.saturating_sub(widest);
    let (room, has_bounds) = if beside < LEAST_COLUMNS { (all, false) } else { (beside, true) };
    let columns = Columns::new(timeline.len(), room.min(MOST_COLUMNS));

    page.heading("Timeline", &legend(timeline, columns));
    for (row, bounds) in rows.iter().zip(bounds) {
        let values: Vec<_> =
            (0..columns.count()).map(|column| row.fold.value(timeline, columns.bins_of(column))).collect();
        page.push(drawn(row.name, &sparkline(&values), Some(&bounds).filter(|_| has_bounds)));
    }
    if scalings.is_some() {
        page.push(drawn("scaling", &marks(record, columns), scalings.as_ref().filter(|_| has_bounds)));
    }
    let (ticks, labels) = axis(timeline, columns, all);
    page.push(named("").with(Tone::Faint, &ticks));
    page.push(named("").with(Tone::Faint, &labels));
}

pub(super) fn named(name: &str) -> Line {
    Line::plain(&format!("  {name:<width$}", width = LEFT - 2))
}

pub(super) fn drawn(name: &str, columns: &str, bounds: Option<&String>) -> Line {
    let line = named(name).with(Tone::Plain, columns);
    bounds.map_or(line.clone(), |bounds| line.with(Tone::Faint, &format!("  {bounds}")))
}

/// How much time a column is, and what it shows.
fn legend(timeline: &[Bin], columns: Columns) -> String {
    let bin = timeline.first().map_or(SimDuration::ZERO, |bin| bin.at.since_start());
    if columns.shows_each_bin() {
        return format!("bins of {}: state at their ends, rates within", number::span(bin));
    }
    let end = timeline.last().map_or(0.0, |bin| bin.at.as_secs_f64());
    let column = number::seconds(end / columns.count() as f64);
    format!(
        "a column is {column}: its peak, its mean for rates; at the right the range of {} bins",
        number::span(bin)
    )
}

impl Fold {
    pub(super) fn value(self, timeline: &[Bin], bins: Range<usize>) -> Option<f64> {
        let within = timeline.get(bins.clone())?;
        match self {
            Self::Peak(of) => within.iter().filter_map(of).reduce(f64::max),
            Self::Rate(of) => {
                let seconds = within.last()?.at.since(start_of(timeline, bins.start)).as_secs_f64();
                let count: f64 = within.iter().map(|bin| of(bin) as f64).sum();
                (seconds > 0.0).then(|| count / seconds)
            }
        }
    }
}

impl Row {
    /// The least and the greatest value of all bins. A rate within a last bin that was cut short says little and is left out.
    pub(super) fn bounds(&self, timeline: &[Bin]) -> String {
        let length = |bin: usize| timeline.get(bin).map(|end| end.at.since(start_of(timeline, bin)));
        let is_cut = timeline.len() > 1 && length(timeline.len() - 1) < length(0);
        let bins = match self.fold {
            Fold::Rate(_) if is_cut => timeline.len() - 1,
            _ => timeline.len(),
        };
        let values = (0..bins).filter_map(|bin| self.fold.value(timeline, bin..bin + 1));
        let bounds = values.fold(None, |bounds: Option<(f64, f64)>, value| {
            let (least, most) = bounds.unwrap_or((value, value));
            Some((least.min(value), most.max(value)))
        });
        bounds.map_or_else(|| "-".to_owned(), |(least, most)| number::range(least, most, self.unit))
    }
}

/// `2 up, 1 down`; `None` where nothing was scaled.
fn scalings(record: &RunRecord) -> Option<String> {
    let Replicas { scale_ups, scale_downs, .. } = Replicas::of(record);
    (scale_ups + scale_downs > 0).then(|| format!("{scale_ups} up, {scale_downs} down"))
}

/// `▲` under each scale-up, `▼` under each scale-down, `◆` where a column has both.
fn marks(record: &RunRecord, columns: Columns) -> String {
    let mut marks = vec![' '; columns.count()];
    for sync in record.scalings() {
        let mark = if sync.to() > sync.from { '▲' } else { '▼' };
        if let Some(column) = marks.get_mut(columns.column_of(&record.timeline, sync.at)) {
            *column = if *column == ' ' || *column == mark { mark } else { '◆' };
        }
    }
    marks.into_iter().collect()
}
