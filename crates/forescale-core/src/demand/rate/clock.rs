//! From unit-rate arrivals to arrivals at a rate.

use super::{Piece, Pieces};
use forescale_kernel::{SimDuration, SimTime};

/// Turns unit-rate arrivals into arrivals at a rate: the inverse of the rate's integral.
///
/// The draws of an arrival process stay the same when only the rate changes; the clock changes.
pub(in crate::demand) struct RateClock {
    start: SimTime,
    piece: Option<Piece>,
    /// What follows the current piece.
    pieces: Pieces,
    /// The rate's integral up to the current piece.
    area: f64,
}

impl RateClock {
    /// A clock that starts at `start`, from which the pieces count.
    pub(in crate::demand) fn new(mut pieces: Pieces, start: SimTime) -> Self {
        Self { start, piece: pieces.next(), pieces, area: 0.0 }
    }

    /// The instant at which the integral reaches `area`, which must not decrease from call to call; `None` if it never does.
    pub(in crate::demand) fn when(&mut self, area: f64) -> Option<SimTime> {
        loop {
            let piece = self.piece?;
            let missing = (area - self.area).max(0.0);
            match piece.area() {
                // An arrival at the very end of a piece belongs to it, unless nothing arrives in the piece.
                Some(reach) if reach < missing || piece.is_zero() => {
                    self.area += reach;
                    self.piece = self.pieces.next();
                }
                _ if !piece.is_zero() => {
                    let seconds = SimDuration::from_secs_f64(piece.seconds_to(missing));
                    return Some(self.start + piece.since + seconds);
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rate;
    use super::*;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    fn clock(rate: &Rate, start: u64) -> RateClock {
        RateClock::new(rate.pieces(), SimTime::ZERO + s(start))
    }

    #[test]
    fn the_clock_runs_by_the_area_under_the_rate() {
        let rate = Rate::new(vec![(s(0), 2.0), (s(10), 0.0), (s(20), 4.0)]).unwrap();
        let mut clock = clock(&rate, 100);
        let mut when = |area| clock.when(area).unwrap().as_secs_f64();
        assert_eq!([when(1.0), when(20.0), when(21.0), when(24.0)], [100.5, 110.0, 120.25, 121.0]);
    }

    #[test]
    fn a_rate_that_ends_at_zero_never_reaches_more() {
        let rate = Rate::new(vec![(s(0), 1.0), (s(10), 0.0)]).unwrap();
        let mut clock = clock(&rate, 0);
        assert_eq!([clock.when(10.0), clock.when(11.0)], [Some(SimTime::ZERO + s(10)), None]);
    }

    /// `t²/2` up to 10 s, then 10 per second: areas 8, 50, 70 at 4, 10 and 12 s.
    #[test]
    fn a_ramp_fills_its_area_by_the_square() {
        let rate = Rate::ramp(vec![(s(0), 0.0), (s(10), 10.0)]).unwrap();
        let mut clock = clock(&rate, 0);
        let mut when = |area| clock.when(area).unwrap().as_secs_f64();
        assert_eq!([when(0.0), when(8.0), when(50.0), when(70.0)], [0.0, 4.0, 10.0, 12.0]);
    }
}
