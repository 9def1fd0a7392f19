//! Totals per bin as rates over time, for what is not a run.

use super::Style;
use super::axis::axis;
use super::chart::{Columns, sparkline};
use super::timeline::{Fold, MOST_COLUMNS, Row, drawn, named};
use crate::number;
use forescale_core::record::Bin;
use forescale_kernel::{SimDuration, SimTime};
use unicode_width::UnicodeWidthStr;

/// What was counted in each bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    /// What it is, in at most eleven characters.
    pub name: &'static str,
    /// The unit of its rate: `req/s`.
    pub unit: &'static str,
    /// The sum of each bin.
    pub totals: Vec<u64>,
}

/// Curves of rates below each other with one axis of time from 0 to `end`, as a run's timeline is drawn; empty where there is no bin.
///
/// Each bin is `bin` long but the last one, which `end` cuts short. The text ends with a line feed.
pub fn curves_text(curves: &[Curve], bin: SimDuration, end: SimDuration, style: Style) -> String {
    let mut page = style.page();
    let timelines: Vec<Vec<Bin>> = curves.iter().map(|curve| timeline(&curve.totals, bin, end)).collect();
    let Some(first) = timelines.first().filter(|timeline| !timeline.is_empty()) else { return String::new() };
    let row = |curve: &Curve| Row { name: curve.name, unit: curve.unit, fold: Fold::Rate(|bin| bin.arrived) };
    let rows: Vec<Row> = curves.iter().map(row).collect();
    let bounds: Vec<String> = rows.iter().zip(&timelines).map(|(row, bins)| row.bounds(bins)).collect();
    let widest = bounds.iter().map(|text| text.width()).max().unwrap_or(0) + 2;
    let all = page.width() - super::timeline::LEFT;
    let columns = Columns::new(first.len(), all.saturating_sub(widest).clamp(1, MOST_COLUMNS));
    let legend = match columns.shows_each_bin() {
        true => format!("bins of {}", number::span(bin)),
        false => {
            let column = number::seconds(end.as_secs_f64() / columns.count() as f64);
            format!("a column is the mean of {column}; at the right the range of {} bins", number::span(bin))
        }
    };
    page.heading("Over time", &legend);
    for ((row, timeline), bounds) in rows.iter().zip(&timelines).zip(&bounds) {
        let values: Vec<_> =
            (0..columns.count()).map(|column| row.fold.value(timeline, columns.bins_of(column))).collect();
        page.push(drawn(row.name, &sparkline(&values), Some(bounds)));
    }
    let (ticks, labels) = axis(first, columns, all);
    page.push(named("").with(crate::page::Tone::Faint, &ticks));
    page.push(named("").with(crate::page::Tone::Faint, &labels));
    page.render(style.color)
}

fn timeline(totals: &[u64], bin: SimDuration, end: SimDuration) -> Vec<Bin> {
    let until = |number: usize| SimDuration::from_ps(bin.as_ps().saturating_mul(number as u64 + 1));
    // A trace of one instant has a bin all the same.
    let end = if end.is_zero() { bin } else { end };
    let bins = totals.iter().enumerate();
    bins.map(|(number, total)| Bin {
        at: SimTime::ZERO + until(number).min(end),
        arrived: *total,
        ..Bin::default()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_drawn_over_their_time() {
        let curve = Curve { name: "requests", unit: "req/s", totals: vec![60, 120, 0, 30] };
        let (bin, end) = (SimDuration::from_secs(60), SimDuration::from_secs(195));
        let text = curves_text(&[curve], bin, end, Style { width: 60, color: false });
        assert!(text.contains("bins of 60 s"), "{text}");
        assert!(text.contains("0–2 req/s"), "the bin that is cut short is left out of the range: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn nothing_and_one_instant() {
        let curve = |totals| Curve { name: "requests", unit: "req/s", totals };
        let (bin, style) = (SimDuration::from_secs(1), Style::default());
        assert_eq!(curves_text(&[curve(vec![])], bin, SimDuration::ZERO, style), "");
        assert!(curves_text(&[curve(vec![3])], bin, SimDuration::ZERO, style).contains("3 req/s"));
        let far = SimDuration::from_ps(u64::MAX);
        assert!(!curves_text(&[curve(vec![3; 300])], SimDuration::from_secs(86_400), far, style).is_empty());
    }
}
