//! A stretch of time in which a rate is a straight line.

use forescale_kernel::SimDuration;

/// A stretch of a rate. Times count from the workload's own start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// When it begins.
    pub since: SimDuration,
    /// When the next one begins; the last one has none and stays at `from`.
    pub until: Option<SimDuration>,
    /// Requests per second at its beginning.
    pub from: f64,
    /// Requests per second at its end, before a jump to the next one.
    pub to: f64,
}

impl Piece {
    /// How long it is, in seconds; `None` is without end.
    fn seconds(&self) -> Option<f64> {
        self.until.map(|until| until.saturating_sub(self.since).as_secs_f64())
    }

    /// Whether nothing arrives in it.
    pub(in crate::demand) fn is_zero(&self) -> bool {
        self.from <= 0.0 && self.to <= 0.0
    }

    /// The requests expected in it; `None` is without end.
    pub(in crate::demand) fn area(&self) -> Option<f64> {
        let mean = if self.from == self.to { self.from } else { self.from.midpoint(self.to) };
        self.seconds().map(|seconds| seconds * mean)
    }

    /// The seconds from its beginning until `area` requests are expected, which must not be more than its own area.
    ///
    /// With the slope `s`, `area = from·x + s·x²/2` is solved as `x = 2·area / (from + v)`, where `v` is the rate at `x`; its square goes
    /// in a straight line from `from²` to `to²` as the area fills. So nothing is subtracted, and no digits are lost.
    pub(in crate::demand) fn seconds_to(&self, area: f64) -> f64 {
        match (self.seconds(), self.area()) {
            (Some(seconds), Some(whole)) if self.from != self.to => {
                let filled = (area / whole).clamp(0.0, 1.0);
                let reached = ((1.0 - filled) * self.from * self.from + filled * self.to * self.to).sqrt();
                // At the foot of a ramp from zero both are zero, and `min` takes the number.
                if area > 0.0 { (2.0 * area / (self.from + reached)).min(seconds) } else { 0.0 }
            }
            _ => area / self.from,
        }
    }

    /// Up to an instant within it, and from there on.
    pub(super) fn split(self, at: SimDuration) -> (Self, Self) {
        let value = match self.seconds() {
            Some(seconds) if self.from != self.to && seconds > 0.0 => {
                let share = at.saturating_sub(self.since).as_secs_f64() / seconds;
                self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
            }
            _ => self.from,
        };
        (Self { until: Some(at), to: value, ..self }, Self { since: at, from: value, ..self })
    }

    /// With a rate so many times as high.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { from: self.from * factor, to: self.to * factor, ..self }
    }

    /// Up to an instant, or as it is if that is not before its end; `None` where it begins no earlier.
    pub(in crate::demand) fn until(self, end: SimDuration) -> Option<Self> {
        match self.until {
            _ if self.since >= end => None,
            Some(until) if until <= end => Some(self),
            _ => Some(self.split(end).0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The way back from an area to its instant, held against the area itself: steep, flat and falling pieces alike.
        #[test]
        fn the_inverse_of_the_area(from in 0.0..1e4, to in 0.0..1e4, ms in 1u64..100_000_000, share in 0.0..=1.0) {
            let piece = Piece { since: SimDuration::ZERO, until: Some(SimDuration::from_ms(ms)), from, to };
            let area = piece.area().unwrap() * share;
            let seconds = piece.seconds_to(area);
            prop_assert!((0.0..=piece.seconds().unwrap()).contains(&seconds));
            let slope = (to - from) / piece.seconds().unwrap();
            let found = from * seconds + slope * seconds * seconds / 2.0;
            prop_assert!((found - area).abs() <= 1e-9 * piece.area().unwrap(), "{found} for {area}");
        }

        #[test]
        fn parts_have_the_area_of_the_whole(from in 0.0..1e4, to in 0.0..1e4, ms in 2u64..1_000_000, share in 0.0..1.0) {
            let piece = Piece { since: SimDuration::ZERO, until: Some(SimDuration::from_ms(ms)), from, to };
            let (head, tail) = piece.split(SimDuration::from_ms((ms as f64 * share) as u64));
            let parts = head.area().unwrap() + tail.area().unwrap();
            prop_assert!((parts - piece.area().unwrap()).abs() <= 1e-9 * parts.max(1e-300));
        }
    }
}
