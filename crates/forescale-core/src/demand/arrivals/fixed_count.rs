//! Exactly the expected number of requests in each piece of a rate.

use crate::demand::rate::{Piece, Pieces};
use crate::dist::Cv;
use forescale_kernel::random::Stream;
use forescale_kernel::{SimDuration, SimTime};
use rand_distr::{Distribution, Exp1, Gamma};

/// Places requests piece by piece.
///
/// The number up to the end of a piece is the rate's integral up to there, rounded; so no total is off by more than a half. The `n` requests
/// of a piece part its area into `n + 1` gaps that are Gamma distributed and scaled to fill it. They are drawn one by one: of what is left
/// for `m + 1` of them, the next one takes the share `Beta(k, k·m)`, where `k = 1/cv²` is the shape of the gaps. That is `X/(X + Y)` with
/// Gamma distributed `X` of shape `k` and `Y` of shape `k·m`.
pub(in crate::demand) struct FixedCount {
    start: SimTime,
    /// When the workload ends, counted from `start`.
    end: SimDuration,
    pieces: Pieces,
    piece: Option<Piece>,
    /// The rate's integral up to the end of the current piece.
    area: f64,
    /// Requests up to there.
    count: u64,
    /// Requests of the current piece that are still to come.
    left: u64,
    /// The share of the current piece's area behind the last request.
    rest: f64,
    /// The shape of the gaps; `None` are equal ones.
    shape: Option<f64>,
    stream: Stream,
}

impl FixedCount {
    /// Requests from `start` until `end` after it. A piece without end, which has no number of requests, has none.
    pub(in crate::demand) fn new(
        pieces: Pieces,
        start: SimTime,
        end: SimDuration,
        cv: Cv,
        stream: Stream,
    ) -> Self {
        let shape = cv.gamma_shape();
        Self { start, end, pieces, piece: None, area: 0.0, count: 0, left: 0, rest: 1.0, shape, stream }
    }

    /// The instant of the next request.
    pub(super) fn next(&mut self) -> Option<SimTime> {
        while self.left == 0 {
            let piece = self.pieces.next()?.until(self.end)?;
            self.area += piece.area()?;
            // The cast saturates.
            let count = self.area.round() as u64;
            self.left = count.saturating_sub(self.count);
            self.count = count;
            self.rest = 1.0;
            self.piece = Some(piece);
        }
        let piece = self.piece?;
        self.rest *= 1.0 - self.share();
        self.left -= 1;
        let seconds = piece.seconds_to((1.0 - self.rest) * piece.area()?);
        let at = piece.since + SimDuration::from_secs_f64(seconds);
        // Rounding must not take the last one into the next piece.
        let last = piece.until?.saturating_sub(SimDuration::from_ps(1));
        Some(self.start + at.min(last))
    }

    /// The share of the next gap in what is left.
    fn share(&mut self) -> f64 {
        let after = self.left as f64;
        match self.shape {
            None => 1.0 / (after + 1.0),
            // The least of `after` uniform instants.
            Some(1.0) => {
                let unit: f64 = Exp1.sample(&mut self.stream);
                -(-unit / after).exp_m1()
            }
            Some(shape) => {
                let own = self.ln_gamma(shape);
                1.0 / (1.0 + (self.ln_gamma(shape * after) - own).exp())
            }
        }
    }

    /// The logarithm of a Gamma variate of scale 1: `G(k) = G(k + 1)·U^(1/k)`, which would vanish itself where `k` is small.
    fn ln_gamma(&mut self, shape: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.stream);
        // The shape is positive and finite, so there is nothing to fail.
        let above = Gamma::new(shape + 1.0, 1.0).map_or(shape, |gamma| gamma.sample(&mut self.stream));
        above.ln() - unit / shape
    }
}
