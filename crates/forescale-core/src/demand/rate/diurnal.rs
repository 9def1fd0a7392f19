//! A rate that goes up and down once a day.

use super::{Piece, RateError};
use forescale_kernel::SimDuration;
use std::f64::consts::TAU;

/// Straight pieces per period. A chord over `1/n` of a period is at most `π²/(2n²)` of the amplitude away from the sinusoid.
const PARTS: u64 = 96;
/// No period is shorter.
const SHORTEST: SimDuration = SimDuration::from_secs(60);

/// The sinusoid `mean + (peak − mean)·cos(2π(t − peak_at)/period)`, as 96 straight pieces per period: a quarter of an hour each, if that is
/// a day. They meet it at their ends, so peak and trough are exact; in between they are at most 0.054 % of `peak − mean` away from it, and
/// their mean over a period is `mean`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diurnal {
    /// The mean over a period, in requests per second, above 0.
    pub mean: f64,
    /// The highest rate, from `mean` to twice `mean`; the lowest is `2·mean − peak`.
    pub peak: f64,
    /// When the peak is, from the workload's start; it comes again each period.
    pub peak_at: SimDuration,
    /// From peak to peak, at least a minute.
    pub period: SimDuration,
}

impl Diurnal {
    pub(super) fn check(&self) -> Result<(), RateError> {
        if self.mean.is_nan() || self.mean <= 0.0 {
            return Err(RateError::Mean);
        }
        if !(self.mean..=2.0 * self.mean).contains(&self.peak) {
            return Err(RateError::Peak);
        }
        if self.peak > super::HIGHEST {
            return Err(RateError::Value);
        }
        if self.period < SHORTEST { Err(RateError::Period) } else { Ok(()) }
    }

    /// The rate where the `k`-th piece begins, counted from a peak.
    fn value(&self, k: u64) -> f64 {
        // Exact at peaks and troughs.
        let turn = (k % PARTS) as f64 / PARTS as f64;
        (self.mean + (self.peak - self.mean) * (TAU * turn).cos()).max(0.0)
    }

    /// When the `k`-th piece begins, in picoseconds from a peak.
    fn begin(&self, k: u64) -> u128 {
        u128::from(self.period.as_ps()) * u128::from(k) / u128::from(PARTS)
    }

    /// The pieces from the workload's start to the end of time.
    pub(super) fn pieces(self) -> impl Iterator<Item = Piece> + Send {
        let period = self.period.as_ps().max(1);
        // From the last peak before the start, or at it, to the start.
        let lead = u128::from((period - self.peak_at.as_ps() % period) % period);
        let first = (lead * u128::from(PARTS) / u128::from(period)) as u64;
        // Ends are rounded down, so the next piece may have begun.
        let first = if self.begin(first + 1) <= lead { first + 1 } else { first };
        (first..).map_while(move |k| {
            let start = self.begin(k).max(lead);
            let since = SimDuration::from_ps(u64::try_from(start - lead).ok()?);
            let until = SimDuration::from_ps(u64::try_from(self.begin(k + 1) - lead).ok()?);
            let (from, to) = (self.value(k), self.value(k + 1));
            let share = (start - self.begin(k)) as f64 / (self.begin(k + 1) - self.begin(k)) as f64;
            Some(Piece { since, until: Some(until), from: from + (to - from) * share, to })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h(hours: u64) -> SimDuration {
        SimDuration::from_secs(3600 * hours)
    }

    #[test]
    fn pieces_follow_the_sinusoid() {
        let day = Diurnal { mean: 5.0, peak: 9.0, peak_at: h(14), period: h(24) };
        let pieces: Vec<Piece> = day.pieces().take(2 * PARTS as usize).collect();
        let mut expected = SimDuration::ZERO;
        for piece in &pieces {
            assert_eq!(piece.since, expected);
            expected = piece.until.unwrap();
            let middle = (piece.since + expected).as_secs_f64() / 2.0;
            for (at, value, error) in [
                (piece.since.as_secs_f64(), piece.from, 1e-9),
                (middle, piece.from.midpoint(piece.to), 4.0 * 0.00054),
            ] {
                let exact = 5.0 + 4.0 * (TAU * (at / 3600.0 - 14.0) / 24.0).cos();
                assert!((value - exact).abs() <= error, "{value}, not {exact} at {at} s");
            }
        }
        assert_eq!(pieces[14 * 4].from, 9.0);
        assert!((pieces[2 * 4].from - 1.0).abs() < 1e-12);
        let area: f64 = pieces.iter().filter_map(Piece::area).sum();
        assert!((area / (2.0 * 86_400.0 * 5.0) - 1.0).abs() < 1e-12, "{area}");
    }

    /// Neither the period nor the way to the peak is a multiple of a piece.
    #[test]
    fn odd_periods_leave_no_gap_and_begin_at_zero() {
        for peak_ps in [0, 1, 61_234_567_891_234, u64::MAX] {
            let period = SimDuration::from_ps(60_000_000_000_007);
            let day = Diurnal { mean: 1.0, peak: 2.0, peak_at: SimDuration::from_ps(peak_ps), period };
            let mut end = SimDuration::ZERO;
            for piece in day.pieces().take(1000) {
                assert_eq!(piece.since, end);
                end = piece.until.unwrap();
                assert!(end > piece.since && piece.from >= 0.0 && piece.to >= 0.0);
            }
        }
    }
}
