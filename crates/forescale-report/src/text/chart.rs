//! A row of block characters over time.

use forescale_core::record::Bin;
use forescale_kernel::SimTime;
use std::ops::Range;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How the bins of a timeline share the columns of a chart: several bins to a column, or several columns to a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    bins: usize,
    count: usize,
}

impl Columns {
    /// As many columns as there is room for; a timeline has at least one bin.
    pub(super) fn new(bins: usize, room: usize) -> Self {
        Self { bins: bins.max(1), count: room.max(1) }
    }

    pub(super) fn count(self) -> usize {
        self.count
    }

    /// Whether no column shows more than one bin.
    pub(super) fn shows_each_bin(self) -> bool {
        self.count >= self.bins
    }

    /// The bins that a column shows, at least one.
    pub(super) fn bins_of(self, column: usize) -> Range<usize> {
        let first = column * self.bins / self.count;
        first..((column + 1) * self.bins / self.count).max(first + 1)
    }

    /// The column that shows an instant.
    pub(super) fn column_of(self, timeline: &[Bin], at: SimTime) -> usize {
        let bin = timeline.partition_point(|bin| bin.at <= at).min(self.bins - 1);
        // The first column after those that show only earlier bins, up to the last that shows this one.
        let last = ((bin + 1) * self.count).div_ceil(self.bins) - 1;
        let first = (bin * self.count).div_ceil(self.bins).min(last);
        let start = start_of(timeline, bin);
        let width = timeline.get(bin).map_or(0.0, |bin| bin.at.since(start).as_secs_f64());
        let share = if width > 0.0 { at.since(start).as_secs_f64() / width } else { 0.0 };
        first + ((share * (last - first + 1) as f64) as usize).min(last - first)
    }
}

/// When a bin of the timeline began.
pub(super) fn start_of(timeline: &[Bin], bin: usize) -> SimTime {
    bin.checked_sub(1).and_then(|before| timeline.get(before)).map_or(SimTime::ZERO, |bin| bin.at)
}

/// One block per value, as high as its part of the greatest value; `·` for zero, a space for nothing measured.
pub(super) fn sparkline(values: &[Option<f64>]) -> String {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let block = |value: &Option<f64>| match value {
        None => ' ',
        Some(value) if *value <= 0.0 || most <= 0.0 => '·',
        // The cast saturates.
        Some(value) => BLOCKS[((value / most * 8.0).ceil() as usize).clamp(1, 8) - 1],
    };
    values.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::SimDuration;
    use proptest::prelude::*;

    #[test]
    fn blocks_grow_with_the_values() {
        let values = [None, Some(0.0), Some(0.1), Some(4.0), Some(8.0)];
        assert_eq!(sparkline(&values), " ·▁▄█");
        assert_eq!(sparkline(&[Some(0.0)]), "·");
    }

    proptest! {
        #[test]
        fn an_instant_is_in_the_column_that_shows_its_bin(bins in 1usize..300, room in 1usize..200, at: u16) {
            let end = |i: usize| SimTime::ZERO + SimDuration::from_ms(250 * i as u64);
            let timeline: Vec<Bin> = (1..=bins).map(|i| Bin { at: end(i), ..Bin::default() }).collect();
            let columns = Columns::new(bins, room);
            prop_assert_eq!(columns.count(), room);
            let all: Vec<usize> = (0..columns.count()).flat_map(|column| columns.bins_of(column)).collect();
            prop_assert!((0..bins).all(|bin| all.contains(&bin)));
            let at = SimTime::ZERO + SimDuration::from_ms(at.into());
            let column = columns.column_of(&timeline, at);
            let bin = timeline.partition_point(|bin| bin.at <= at).min(bins - 1);
            prop_assert!(columns.bins_of(column).contains(&bin));
        }
    }
}
