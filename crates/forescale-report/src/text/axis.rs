//! The time axis below a chart.

use super::chart::Columns;
use crate::steps;
use forescale_core::record::Bin;
use forescale_kernel::SimTime;

/// The least distance of two labels in columns.
const DISTANCE: u64 = 9;

/// The line with the ticks, and the line with their labels, which may reach beyond the columns but not beyond `room`.
pub(super) fn axis(timeline: &[Bin], columns: Columns, room: usize) -> (String, String) {
    let end = timeline.last().map_or(SimTime::ZERO, |bin| bin.at);
    let step = steps::at_least(end.since_start() / columns.count().max(1) as u64 * DISTANCE);
    let mut ticks = vec!['─'; columns.count()];
    let mut labels = String::new();
    let mut at = SimTime::ZERO;
    loop {
        let column = columns.column_of(timeline, at);
        let label = at.since_start().to_string();
        let written = labels.chars().count();
        if (written == 0 || written < column) && column + label.len() <= room {
            if let Some(tick) = ticks.get_mut(column) {
                *tick = '┴';
            }
            labels += &" ".repeat(column - written);
            labels += &label;
        }
        at += step;
        if at >= end {
            return (ticks.into_iter().collect(), labels);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::SimDuration;

    #[test]
    fn labels_stand_at_their_ticks() {
        let end = |i: u64| SimTime::ZERO + SimDuration::from_secs(60 * i);
        let timeline: Vec<Bin> = (1..=30).map(|i| Bin { at: end(i), ..Bin::default() }).collect();
        let (ticks, labels) = axis(&timeline, Columns::new(30, 30), 40);
        assert_eq!(ticks, "┴─────────┴─────────┴─────────");
        assert_eq!(labels, "0s        10m       20m");
    }

    #[test]
    fn a_run_without_length_has_an_axis() {
        let timeline = [Bin::default()];
        assert_eq!(axis(&timeline, Columns::new(1, 3), 40).1, "0s");
        let long = [Bin { at: SimTime::MAX, ..Bin::default() }];
        assert_eq!(axis(&long, Columns::new(1, 30), 40).1, "0s       65d      130d     195d");
    }
}
