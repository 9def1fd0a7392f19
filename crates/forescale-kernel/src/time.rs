//! Simulated instants and spans, in whole picoseconds.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// Picoseconds in a second.
const PS_PER_S: u64 = 1_000_000_000_000;

/// A span of simulated time in picoseconds, 0 to about 213 days.
///
/// Sums saturate at [`SimDuration::MAX`], which no run can reach and which therefore reads as "never".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimDuration {
    /// The empty span.
    pub const ZERO: Self = Self(0);
    /// The longest span, about 213 days.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `ps` picoseconds.
    pub const fn from_ps(ps: u64) -> Self {
        Self(ps)
    }

    /// A span of `us` microseconds, saturating.
    pub const fn from_us(us: u64) -> Self {
        Self(us.saturating_mul(1_000_000))
    }

    /// A span of `ms` milliseconds, saturating.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(1_000_000_000))
    }

    /// A span of `s` seconds, saturating.
    pub const fn from_secs(s: u64) -> Self {
        Self(s.saturating_mul(PS_PER_S))
    }

    /// The span nearest to `s` seconds; negative and NaN give zero, what is too long gives [`SimDuration::MAX`].
    pub fn from_secs_f64(s: f64) -> Self {
        // A float to integer cast saturates and takes NaN to zero, which is what is wanted here.
        Self((s * PS_PER_S as f64).round() as u64)
    }

    /// The span in picoseconds.
    pub const fn as_ps(self) -> u64 {
        self.0
    }

    /// The span in seconds, rounded to the nearest float.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / PS_PER_S as f64
    }

    /// Whether the span is empty.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The difference, or zero where `other` is longer.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// An instant of simulated time in picoseconds from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// Later than any instant of a run.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `ps` picoseconds after the start.
    pub const fn from_ps(ps: u64) -> Self {
        Self(ps)
    }

    /// Picoseconds since the start.
    pub const fn as_ps(self) -> u64 {
        self.0
    }

    /// Seconds since the start, rounded to the nearest float.
    pub fn as_secs_f64(self) -> f64 {
        self.since_start().as_secs_f64()
    }

    /// The time since the start of the run.
    pub const fn since_start(self) -> SimDuration {
        SimDuration(self.0)
    }

    /// The time from `earlier` to this instant, zero if `earlier` is the later one.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// The first instant of the grid `phase + k · step` (k = 0, 1, …) that is not before this one.
    ///
    /// A zero `step` has only `phase` itself; an instant after it gives [`SimTime::MAX`].
    pub const fn at_or_after_on_grid(self, phase: Self, step: SimDuration) -> Self {
        if self.0 <= phase.0 {
            return phase;
        }
        if step.0 == 0 {
            return Self::MAX;
        }
        let periods = (self.0 - phase.0).div_ceil(step.0);
        Self(phase.0.saturating_add(periods.saturating_mul(step.0)))
    }

    /// The last instant of the grid `phase + k · step` (k = 0, 1, …) that is not after this one, if there is one.
    pub const fn at_or_before_on_grid(self, phase: Self, step: SimDuration) -> Option<Self> {
        if self.0 < phase.0 {
            return None;
        }
        if step.0 == 0 {
            return Some(phase);
        }
        Some(Self(self.0 - (self.0 - phase.0) % step.0))
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for SimDuration {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl Mul<u64> for SimDuration {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Div<u64> for SimDuration {
    type Output = Self;
    /// Rounds down; a division by zero gives [`SimDuration::MAX`].
    fn div(self, by: u64) -> Self {
        self.0.checked_div(by).map_or(Self::MAX, Self)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, span: SimDuration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, span: SimDuration) {
        *self = *self + span;
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = Self;
    /// The earlier instant, the start of the run where it would lie before it.
    fn sub(self, span: SimDuration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for SimDuration {
    /// Exact and re-readable by [`parse_duration`](crate::parse_duration): `1h30m`, `1.5s`, `40ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, ps) in [("d", 86_400 * PS_PER_S), ("h", 3_600 * PS_PER_S), ("m", 60 * PS_PER_S)] {
            if rest >= ps {
                write!(f, "{}{unit}", rest / ps)?;
                rest %= ps;
            }
        }
        if rest == 0 {
            return Ok(());
        }
        let (unit, ps) = match rest {
            PS_PER_S.. => ("s", PS_PER_S),
            1_000_000_000.. => ("ms", 1_000_000_000),
            1_000_000.. => ("us", 1_000_000),
            1_000.. => ("ns", 1_000),
            _ => ("ps", 1),
        };
        write!(f, "{}", rest / ps)?;
        let fraction = rest % ps;
        if fraction > 0 {
            let width = ps.ilog10() as usize;
            let digits = format!("{fraction:0width$}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str(unit)
    }
}

impl fmt::Display for SimTime {
    /// `00:12:15`, with `.123` milliseconds (rounded down) where they are not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 / 1_000_000_000;
        let (s, ms) = (ms / 1000, ms % 1000);
        write!(f, "{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)?;
        if ms > 0 {
            write!(f, ".{ms:03}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_duration;
    use proptest::prelude::*;

    #[test]
    fn instants_print_as_clock_times() {
        let at = |s: f64| (SimTime::ZERO + SimDuration::from_secs_f64(s)).to_string();
        assert_eq!(at(735.0), "00:12:15");
        assert_eq!(at(100_000.25), "27:46:40.250");
    }

    #[test]
    fn grids_contain_their_phase() {
        let (phase, step) = (SimTime::from_ps(7), SimDuration::from_ps(10));
        let after = |ps| SimTime::from_ps(ps).at_or_after_on_grid(phase, step).as_ps();
        let before = |ps| SimTime::from_ps(ps).at_or_before_on_grid(phase, step).map(SimTime::as_ps);
        assert_eq!([after(0), after(7), after(8), after(17), after(18)], [7, 7, 17, 17, 27]);
        assert_eq!([before(6), before(7), before(16), before(17)], [None, Some(7), Some(7), Some(17)]);
    }

    proptest! {
        #[test]
        fn a_printed_duration_reads_back_exactly(ps: u64) {
            let span = SimDuration::from_ps(ps);
            prop_assert_eq!(parse_duration(&span.to_string()), Ok(span));
        }

        #[test]
        fn grid_neighbours_enclose_the_instant(t: u32, phase: u16, step in 1u32..5000) {
            let (t, phase, step) =
                (SimTime::from_ps(t.into()), SimTime::from_ps(phase.into()), SimDuration::from_ps(step.into()));
            let after = t.at_or_after_on_grid(phase, step);
            prop_assert!(after >= t && (after == phase || after.since(t) < step));
            if let Some(before) = t.at_or_before_on_grid(phase, step) {
                prop_assert!(before <= t && t.since(before) < step);
                prop_assert!(after == before || after == before + step);
            }
        }
    }
}
