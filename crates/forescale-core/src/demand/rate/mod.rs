//! Arrival rates: straight lines in pieces, with jumps.

mod clock;
mod diurnal;
mod piece;
mod spikes;

pub(super) use clock::RateClock;
pub use diurnal::Diurnal;
pub use piece::Piece;
pub(super) use spikes::Product;
pub use spikes::Spike;

use forescale_kernel::SimDuration;
use std::sync::Arc;

/// Requests per second, beyond any use above that.
pub(super) const HIGHEST: f64 = 1e6;

/// The pieces of a rate, each from where the one before it ends.
pub type Pieces = Box<dyn Iterator<Item = Piece> + Send>;

/// Requests per second as a function of time, which counts from the workload's own start.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate(Form);

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Pieces(Arc<[Piece]>),
    Diurnal(Diurnal),
    /// A rate, and the factor upon it from each instant on.
    Spiked(Arc<Rate>, Arc<[(SimDuration, f64)]>),
}

/// Why something is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// No step at all.
    #[error("a rate needs at least one step")]
    Empty,
    /// The first step does not start at 0.
    #[error("the first step of a rate must start at \"0s\"")]
    Start,
    /// A step does not start after the one before it.
    #[error("step {0} of the rate does not start after the step before it")]
    Order(usize),
    /// Too few points for a line.
    #[error("a ramp needs at least two points")]
    Points,
    /// The first point is not at 0.
    #[error("the first point of a ramp must be at \"0s\"")]
    RampStart,
    /// A point is not after the one before it.
    #[error("point {0} of the ramp is not after the point before it")]
    RampOrder(usize),
    /// The mean of a diurnal rate.
    #[error("the mean of a diurnal rate must be above 0 requests per second")]
    Mean,
    /// The peak of a diurnal rate.
    #[error(
        "the peak of a diurnal rate must be from its mean to twice its mean (its lowest rate is 2 × mean − peak)"
    )]
    Peak,
    /// The period of a diurnal rate.
    #[error("the period of a diurnal rate must be at least 1m")]
    Period,
    /// A spike without a duration.
    #[error("spike {0} of the rate must last longer than \"0s\"")]
    SpikeLength(usize),
    /// A factor that is negative, infinite or not a number.
    #[error("the factor of spike {0} must be between 0 and 1,000,000")]
    SpikeFactor(usize),
    /// A product beyond any use.
    #[error("with its spikes the rate is above 1,000,000 requests per second")]
    Spiked,
    /// A rate that is negative, infinite, not a number or beyond any use.
    #[error("a rate must be between 0 and 1,000,000 requests per second")]
    Value,
}

impl Rate {
    /// A rate that changes in steps, each from its instant on.
    ///
    /// # Errors
    /// A [`RateError`] where the steps are not in order from 0 or a value is out of range.
    pub fn new(steps: Vec<(SimDuration, f64)>) -> Result<Self, RateError> {
        match steps.first() {
            None => return Err(RateError::Empty),
            Some((start, _)) if !start.is_zero() => return Err(RateError::Start),
            Some(_) => {}
        }
        ordered(&steps, RateError::Order)?;
        Ok(Self::of(&steps, |value, _| value))
    }

    /// The same rate always.
    ///
    /// # Errors
    /// [`RateError::Value`] where it is out of range.
    pub fn constant(value: f64) -> Result<Self, RateError> {
        Self::new(vec![(SimDuration::ZERO, value)])
    }

    /// Straight lines from point to point; the rate of the last one holds from there on.
    ///
    /// # Errors
    /// A [`RateError`] where the points are not in order from 0, or a value is out of range.
    pub fn ramp(points: Vec<(SimDuration, f64)>) -> Result<Self, RateError> {
        match points.as_slice() {
            [] | [_] => return Err(RateError::Points),
            [(start, _), ..] if !start.is_zero() => return Err(RateError::RampStart),
            _ => {}
        }
        ordered(&points, RateError::RampOrder)?;
        Ok(Self::of(&points, |value, next| next.unwrap_or(value)))
    }

    /// Up and down once a day.
    ///
    /// # Errors
    /// A [`RateError`] where one of the values is out of range.
    pub fn diurnal(diurnal: Diurnal) -> Result<Self, RateError> {
        diurnal.check()?;
        Ok(Self(Form::Diurnal(diurnal)))
    }

    /// A rate with spikes upon it; where they overlap, their factors are multiplied.
    ///
    /// # Errors
    /// A [`RateError`] where a spike lasts no time, a factor is out of range, or the greatest factor takes the highest rate out of range.
    pub fn spiked(base: Self, spikes: &[Spike]) -> Result<Self, RateError> {
        let factors = spikes::factors(spikes)?;
        let rate = Self(Form::Spiked(Arc::new(base), factors.into()));
        if rate.highest() <= HIGHEST { Ok(rate) } else { Err(RateError::Spiked) }
    }

    /// Pieces from points; `end` has the rate at the end of a piece, from its beginning and the next piece's.
    fn of(points: &[(SimDuration, f64)], end: impl Fn(f64, Option<f64>) -> f64) -> Self {
        let piece = |index: usize, (since, from): (SimDuration, f64)| {
            let next = points.get(index + 1);
            let to = end(from, next.map(|(_, value)| *value));
            Piece { since, until: next.map(|(since, _)| *since), from, to }
        };
        Self(Form::Pieces(points.iter().enumerate().map(|(index, point)| piece(index, *point)).collect()))
    }

    /// No rate is higher. With spikes it may be less high: they need not meet the highest rate.
    pub fn highest(&self) -> f64 {
        match &self.0 {
            Form::Pieces(pieces) => pieces.iter().map(|piece| piece.from.max(piece.to)).fold(0.0, f64::max),
            Form::Diurnal(diurnal) => diurnal.peak,
            Form::Spiked(base, factors) => {
                base.highest() * factors.iter().map(|(_, factor)| *factor).fold(0.0, f64::max)
            }
        }
    }

    /// Its pieces in order of time, each from where the one before it ends. A diurnal rate has them without end.
    pub fn pieces(&self) -> Pieces {
        match &self.0 {
            Form::Pieces(pieces) => {
                let pieces = Arc::clone(pieces);
                Box::new((0..pieces.len()).map_while(move |index| pieces.get(index).copied()))
            }
            Form::Diurnal(diurnal) => Box::new(diurnal.pieces()),
            Form::Spiked(base, factors) => {
                let factors = Arc::clone(factors);
                let factors = (0..factors.len()).map_while(move |index| factors.get(index).copied());
                Box::new(Product::new(base.pieces(), factors))
            }
        }
    }
}

/// Checks the order of points and the range of their rates.
fn ordered(points: &[(SimDuration, f64)], order: impl Fn(usize) -> RateError) -> Result<(), RateError> {
    if let Some(at) = points.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
        return Err(order(at + 2));
    }
    match points.iter().all(|(_, value)| (0.0..=HIGHEST).contains(value)) {
        true => Ok(()),
        false => Err(RateError::Value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    #[test]
    fn wrong_steps_are_named() {
        assert_eq!(Rate::new(vec![]), Err(RateError::Empty));
        assert_eq!(Rate::new(vec![(s(1), 1.0)]), Err(RateError::Start));
        assert_eq!(Rate::new(vec![(s(0), 1.0), (s(5), 1.0), (s(5), 2.0)]), Err(RateError::Order(3)));
        assert_eq!(Rate::constant(f64::NAN), Err(RateError::Value));
        assert_eq!(Rate::constant(-1.0), Err(RateError::Value));
    }

    #[test]
    fn wrong_ramps_days_and_spikes_are_named() {
        assert_eq!(Rate::ramp(vec![(s(0), 1.0)]), Err(RateError::Points));
        assert_eq!(Rate::ramp(vec![(s(1), 1.0), (s(2), 1.0)]), Err(RateError::RampStart));
        assert_eq!(Rate::ramp(vec![(s(0), 1.0), (s(0), 2.0)]), Err(RateError::RampOrder(2)));
        assert_eq!(Rate::ramp(vec![(s(0), 1.0), (s(1), 2e6)]), Err(RateError::Value));
        let day = Diurnal { mean: 5.0, peak: 9.0, peak_at: s(0), period: s(86_400) };
        for (wrong, error) in [
            (Diurnal { mean: 0.0, ..day }, RateError::Mean),
            (Diurnal { mean: f64::NAN, ..day }, RateError::Mean),
            (Diurnal { peak: 10.1, ..day }, RateError::Peak),
            (Diurnal { peak: 4.0, ..day }, RateError::Peak),
            (Diurnal { mean: 9e5, peak: 1.1e6, ..day }, RateError::Value),
            (Diurnal { period: s(59), ..day }, RateError::Period),
        ] {
            assert_eq!(Rate::diurnal(wrong), Err(error));
        }
        let spike = Spike { at: s(1), lasts: s(1), factor: 2.0 };
        for (wrong, error) in [
            (Spike { lasts: s(0), ..spike }, RateError::SpikeLength(2)),
            (Spike { factor: -1.0, ..spike }, RateError::SpikeFactor(2)),
            (Spike { factor: f64::INFINITY, ..spike }, RateError::SpikeFactor(2)),
            (Spike { factor: 1e6, ..spike }, RateError::Spiked),
        ] {
            assert_eq!(Rate::spiked(Rate::constant(5.0).unwrap(), &[spike, wrong]), Err(error));
        }
    }
}
