//! Factors upon a rate, from instants on: spikes, and states of a modulated process.

use super::{HIGHEST, Piece, Pieces, RateError};
use forescale_kernel::SimDuration;

/// A while in which a rate is so many times as high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// When it begins, from the workload's start.
    pub at: SimDuration,
    /// How long it lasts, above 0.
    pub lasts: SimDuration,
    /// What the rate is multiplied by, at least 0.
    pub factor: f64,
}

/// The factor from each instant on; where spikes overlap it is their product, in the order as written.
pub(super) fn factors(spikes: &[Spike]) -> Result<Vec<(SimDuration, f64)>, RateError> {
    for (index, spike) in spikes.iter().enumerate() {
        if spike.lasts.is_zero() {
            return Err(RateError::SpikeLength(index + 1));
        }
        if !(0.0..=HIGHEST).contains(&spike.factor) {
            return Err(RateError::SpikeFactor(index + 1));
        }
    }
    let mut edges: Vec<SimDuration> =
        spikes.iter().flat_map(|spike| [spike.at, spike.at + spike.lasts]).collect();
    edges.push(SimDuration::ZERO);
    edges.sort_unstable();
    edges.dedup();
    let factor = |at: SimDuration| {
        spikes
            .iter()
            .filter(|spike| spike.at <= at && at < spike.at + spike.lasts)
            .map(|spike| spike.factor)
            .product()
    };
    Ok(edges.into_iter().map(|at| (at, factor(at))).collect())
}

/// A rate times a factor that changes in steps.
pub(in crate::demand) struct Product<F> {
    base: Pieces,
    /// Instants in order, each with the factor from there on.
    factors: F,
    /// What is left of the current piece of the base.
    rest: Option<Piece>,
    factor: f64,
    next: Option<(SimDuration, f64)>,
}

impl<F: Iterator<Item = (SimDuration, f64)>> Product<F> {
    /// The factor is 1 before the first of `factors`.
    pub(in crate::demand) fn new(base: Pieces, mut factors: F) -> Self {
        let next = factors.next();
        Self { base, factors, rest: None, factor: 1.0, next }
    }
}

impl<F: Iterator<Item = (SimDuration, f64)>> Iterator for Product<F> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let piece = self.rest.take().or_else(|| self.base.next())?;
        while let Some((_, factor)) = self.next.filter(|(since, _)| *since <= piece.since) {
            self.factor = factor;
            self.next = self.factors.next();
        }
        let cut = self.next.map(|(since, _)| since).filter(|at| piece.until.is_none_or(|until| *at < until));
        // Zero stays zero: such a piece needs no cuts, and one without end ends the matter.
        match cut.filter(|_| !piece.is_zero()) {
            Some(at) => {
                let (head, rest) = piece.split(at);
                self.rest = Some(rest);
                Some(head.scaled(self.factor))
            }
            None => Some(piece.scaled(self.factor)),
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

    #[test]
    fn overlapping_spikes_multiply() {
        let base = Rate::new(vec![(s(0), 2.0), (s(40), 0.0), (s(60), 1.0)]).unwrap();
        let spikes = [
            Spike { at: s(10), lasts: s(20), factor: 3.0 },
            Spike { at: s(20), lasts: s(30), factor: 0.5 },
            Spike { at: s(70), lasts: s(10), factor: 7.0 },
        ];
        let seen: Vec<(u64, f64)> = Rate::spiked(base, &spikes)
            .unwrap()
            .pieces()
            .map(|piece| (piece.since.as_ps() / 1_000_000_000_000, piece.from))
            .collect();
        let expected =
            [(0, 2.0), (10, 6.0), (20, 3.0), (30, 1.0), (40, 0.0), (60, 1.0), (70, 7.0), (80, 1.0)];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_spike_upon_a_ramp_is_as_steep_as_its_factor_makes_it() {
        let base = Rate::ramp(vec![(s(0), 0.0), (s(100), 100.0)]).unwrap();
        let rate = Rate::spiked(base, &[Spike { at: s(25), lasts: s(50), factor: 2.0 }]).unwrap();
        let ends: Vec<(f64, f64)> = rate.pieces().map(|piece| (piece.from, piece.to)).collect();
        assert_eq!(ends, [(0.0, 25.0), (50.0, 150.0), (75.0, 100.0), (100.0, 100.0)]);
    }
}
