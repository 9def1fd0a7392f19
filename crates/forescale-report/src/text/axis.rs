//! The time axis below a chart.

use super::chart::Columns;
use forescale_core::record::Bin;
use forescale_kernel::{SimDuration, SimTime};

/// Steps between labels that people count in, in milliseconds.
const STEPS_MS: [u64; 28] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1000,
    2000,
    5000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
];

/// The least distance of two labels in columns.
const DISTANCE: u64 = 9;

/// The line with the ticks, and the line with their labels, which may reach beyond the columns but not beyond `room`.
pub(super) fn axis(timeline: &[Bin], columns: Columns, room: usize) -> (String, String) {
    let end = timeline.last().map_or(SimTime::ZERO, |bin| bin.at);
    let step = step(end.since_start(), columns.count() as u64);
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

/// The least step that keeps labels apart.
fn step(end: SimDuration, columns: u64) -> SimDuration {
    let least = end / columns.max(1) * DISTANCE;
    let steps = STEPS_MS.map(SimDuration::from_ms);
    let fits = steps.into_iter().find(|step| *step >= least);
    // Beyond the list the steps are what fits, in whole days.
    let day = SimDuration::from_secs(86_400);
    fits.unwrap_or_else(|| day * (least.as_ps() / day.as_ps() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

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
