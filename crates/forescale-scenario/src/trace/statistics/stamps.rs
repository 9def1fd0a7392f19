//! How finely a trace stamps its requests.

use forescale_kernel::SimDuration;

/// Where more rows than this share have the stamp of the row before them, requests were stamped in batches.
const MOSTLY: f64 = 0.5;

/// What the stamps themselves tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    rows: u64,
    distinct: u64,
    last: SimDuration,
    /// The greatest length of time of which every gap is a multiple.
    grid: SimDuration,
}

impl Stamps {
    pub(super) fn add(&mut self, at: SimDuration) {
        let gap = at.saturating_sub(self.last);
        self.rows += 1;
        if self.rows == 1 || !gap.is_zero() {
            self.distinct += 1;
        }
        self.grid = SimDuration::from_ps(common_divisor(self.grid.as_ps(), gap.as_ps()));
        self.last = at;
    }

    /// How many different stamps there are.
    pub fn distinct(&self) -> u64 {
        self.distinct
    }

    /// The greatest length of time of which every gap between stamps is a multiple; zero where all stamps are one.
    pub fn grid(&self) -> SimDuration {
        self.grid
    }

    /// The share of rows with the same stamp as the row before them; `None` for less than two rows.
    pub fn zero_gaps(&self) -> Option<f64> {
        let gaps = self.rows.checked_sub(1).filter(|gaps| *gaps > 0)?;
        Some((self.rows - self.distinct) as f64 / gaps as f64)
    }

    /// The mean distance of two different stamps; `None` where there is one.
    pub fn mean_distance(&self) -> Option<SimDuration> {
        self.last.as_ps().checked_div(self.distinct.checked_sub(1)?).map(SimDuration::from_ps)
    }

    /// The length of time within which it cannot be told when a request arrived: that between batches, or the grid.
    pub fn resolution(&self) -> SimDuration {
        let is_shared = self.zero_gaps().is_some_and(|share| share > MOSTLY);
        let batches = self.mean_distance().filter(|_| is_shared).unwrap_or_default();
        batches.max(self.grid)
    }

    /// Whether requests were given common stamps, so that what happens within a second cannot be told: more than half of the rows share
    /// one, or they stand on a grid of half a second or more.
    pub fn are_quantised(&self) -> bool {
        let is_shared = self.zero_gaps().is_some_and(|share| share > MOSTLY);
        let is_coarse = self.rows > 2 && self.grid >= SimDuration::from_ms(500);
        is_shared || is_coarse
    }
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ms: &[u64]) -> Stamps {
        let mut stamps = Stamps::default();
        ms.iter().for_each(|ms| stamps.add(SimDuration::from_ms(*ms)));
        stamps
    }

    #[test]
    fn batches_and_whole_seconds_are_quantised() {
        let batches = of(&[0, 0, 0, 3000, 3000, 3000, 6001, 6001, 6001]);
        assert_eq!((batches.distinct(), batches.grid()), (3, SimDuration::from_ms(1)));
        assert_eq!((batches.zero_gaps(), batches.are_quantised()), (Some(0.75), true));
        assert_eq!(batches.mean_distance(), Some(SimDuration::from_ps(3_000_500_000_000)));
        let seconds = of(&[0, 5000, 7000, 7000]);
        assert_eq!(seconds.resolution(), SimDuration::from_secs(1));
        assert_eq!(batches.resolution(), batches.mean_distance().unwrap());
        assert_eq!((seconds.grid(), seconds.are_quantised()), (SimDuration::from_secs(1), true));
    }

    #[test]
    fn fine_stamps_are_not() {
        assert!(!of(&[0, 13, 740, 741, 741]).are_quantised());
        assert!(!of(&[]).are_quantised() && !of(&[0]).are_quantised());
        assert_eq!((of(&[0]).mean_distance(), of(&[0]).zero_gaps()), (None, None));
    }
}
