//! Wall-clock instants, as the Kubernetes controllers see them.

use crate::{SimDuration, SimTime};

/// A wall-clock instant: signed nanoseconds since the Unix epoch, years 1677 to 2262 (the range of Go's `UnixNano`).
///
/// Controllers keep history from before the run and subtract windows, so their instants are signed. Sums saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `ns` nanoseconds after the Unix epoch.
    pub const fn from_unix_ns(ns: i64) -> Self {
        Self(ns)
    }

    /// The instant `s` whole seconds after the Unix epoch.
    pub const fn from_unix_secs(s: i64) -> Self {
        Self(s.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn as_unix_ns(self) -> i64 {
        self.0
    }

    /// The instant of a run that started at `start`, rounded down to a nanosecond.
    pub const fn of_run(start: Self, at: SimTime) -> Self {
        // 2^64 ps are 1.8e16 ns: the quotient always fits.
        Self(start.0.saturating_add((at.as_ps() / 1000) as i64))
    }

    /// This instant less `ns` nanoseconds.
    pub const fn minus_ns(self, ns: i64) -> Self {
        Self(self.0.saturating_sub(ns))
    }

    /// This instant plus `ns` nanoseconds.
    pub const fn plus_ns(self, ns: i64) -> Self {
        Self(self.0.saturating_add(ns))
    }

    /// Nanoseconds from `earlier` to this instant, negative if `earlier` is the later one.
    pub const fn ns_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The time from `earlier` to this instant, zero if `earlier` is the later one.
    pub fn since(self, earlier: Self) -> SimDuration {
        let ns = u64::try_from(self.ns_since(earlier)).unwrap_or(0);
        SimDuration::from_ps(ns.saturating_mul(1000))
    }
}
