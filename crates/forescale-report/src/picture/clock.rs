//! The time axis that all panels share.

use crate::steps;
use forescale_core::record::RunRecord;
use forescale_kernel::{SimDuration, SimTime};

/// Pixels between two labels, at least.
const DISTANCE: f64 = 62.0;

/// From the start of the run to its end, between two pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock {
    end: SimDuration,
    left: f64,
    right: f64,
}

impl Clock {
    /// For all that a record tells; it is never without length.
    pub(super) fn new(record: &RunRecord, left: f64, right: f64) -> Self {
        let bins = record.timeline.iter().map(|bin| bin.at);
        let syncs = record.syncs.iter().map(|sync| sync.at);
        let end = bins.chain(syncs).fold(record.end, SimTime::max).since_start();
        Self::until(end, left, right)
    }

    /// Up to an instant; never without length.
    pub(super) fn until(end: SimDuration, left: f64, right: f64) -> Self {
        let end = if end.is_zero() { SimDuration::from_secs(1) } else { end };
        Self { end, left, right }
    }

    /// The end in seconds; above zero.
    pub(super) fn end(&self) -> f64 {
        self.end.as_secs_f64()
    }

    /// The pixel of an instant in seconds.
    pub(super) fn x(&self, at: f64) -> f64 {
        self.left + (self.right - self.left) * (at / self.end()).clamp(0.0, 1.0)
    }

    /// Instants with a label.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let most = ((self.right - self.left) / DISTANCE).max(1.0);
        let step = steps::at_least(self.end / most as u64);
        let count = self.end.as_ps() / step.as_ps().max(1);
        (0..=count).map(|i| step * i).map(|at| (at.as_secs_f64(), at.to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_keep_their_distance(end in prop_oneof![1u64..10, any::<u64>(), 1_000_000_000u64..1_000_000_000_000_000]) {
            let clock = Clock { end: SimDuration::from_secs(0) + SimTime::from_ps(end).since_start(), left: 64.0, right: 936.0 };
            let ticks = clock.ticks();
            prop_assert!((1..=15).contains(&ticks.len()), "{ticks:?}");
            let places: Vec<f64> = ticks.iter().map(|(at, _)| clock.x(*at)).collect();
            prop_assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= DISTANCE - 1.0), "{ticks:?}");
            prop_assert!(places.iter().all(|x| (64.0..=936.0).contains(x)));
        }
    }
}
