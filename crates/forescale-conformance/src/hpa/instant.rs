//! Recorded times.

use forescale_kernel::Timestamp;

/// The instant `seconds` after another, to the millisecond.
pub(super) fn after(at: Timestamp, seconds: f64) -> Timestamp {
    at.plus_ns(((seconds * 1000.0).round() as i64).saturating_mul(1_000_000))
}
