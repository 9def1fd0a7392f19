//! A Markov chain that modulates a rate.

use crate::demand::rate::{HIGHEST, Pieces, Product};
use forescale_kernel::SimDuration;
use forescale_kernel::random::Stream;
use rand::RngExt;
use rand_distr::{Distribution, Exp1};
use std::sync::Arc;

/// No state lasts less in the mean.
const SHORTEST: SimDuration = SimDuration::from_ms(10);

/// A state of a Markov-modulated process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// What the rate is multiplied by, at least 0.
    pub factor: f64,
    /// How long it lasts in the mean, at least 10 ms; each stay is exponential.
    pub mean: SimDuration,
}

/// The states of a Markov-modulated process, which follow each other in order, the first one after the last.
///
/// The share of time in a state is its mean over the sum of all means. The chain begins in a state drawn by these shares, so it is
/// stationary from the start; the mean factor is the one weighted by them.
#[derive(Clone, Debug, PartialEq)]
pub struct Modulation(Arc<[State]>);

/// Why states do not modulate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModulationError {
    /// Nothing to change to.
    #[error("at least two states are needed")]
    States,
    /// A factor that is negative, infinite or not a number.
    #[error("the factor of state {0} must be between 0 and 1,000,000")]
    Factor(usize),
    /// Nothing would ever arrive.
    #[error("the factor of at least one state must be above 0")]
    Zero,
    /// A state that hardly lasts.
    #[error("the mean of state {0} must be at least {SHORTEST}")]
    Mean(usize),
}

impl Modulation {
    /// Checks the states.
    ///
    /// # Errors
    /// The first [`ModulationError`] found.
    pub fn new(states: &[State]) -> Result<Self, ModulationError> {
        if states.len() < 2 {
            return Err(ModulationError::States);
        }
        for (index, state) in states.iter().enumerate() {
            if !(0.0..=HIGHEST).contains(&state.factor) {
                return Err(ModulationError::Factor(index + 1));
            }
            if state.mean < SHORTEST {
                return Err(ModulationError::Mean(index + 1));
            }
        }
        match states.iter().any(|state| state.factor > 0.0) {
            true => Ok(Self(states.into())),
            false => Err(ModulationError::Zero),
        }
    }

    /// The states.
    pub fn states(&self) -> &[State] {
        &self.0
    }

    /// The mean of the factor over a long time.
    pub fn mean_factor(&self) -> f64 {
        let total: f64 = self.0.iter().map(|state| state.mean.as_secs_f64()).sum();
        self.0.iter().map(|state| state.factor * state.mean.as_secs_f64() / total).sum()
    }

    /// The pieces of a rate times the factor of the state, with stays from `stream`.
    pub(in crate::demand) fn pieces(&self, base: Pieces, mut stream: Stream) -> Pieces {
        let states = Arc::clone(&self.0);
        let mut index = stationary(&states, &mut stream);
        let mut since = SimDuration::ZERO;
        let factors = std::iter::from_fn(move || {
            let state = states.get(index)?;
            let entered = (since, state.factor);
            let unit: f64 = Exp1.sample(&mut stream);
            since += SimDuration::from_secs_f64(unit * state.mean.as_secs_f64());
            index = (index + 1) % states.len();
            Some(entered)
        });
        Box::new(Product::new(base, factors))
    }
}

/// A state, drawn by the shares of time.
fn stationary(states: &[State], stream: &mut Stream) -> usize {
    let total: f64 = states.iter().map(|state| state.mean.as_secs_f64()).sum();
    let mut left = total * stream.random::<f64>();
    let drawn = states.iter().position(|state| {
        left -= state.mean.as_secs_f64();
        left < 0.0
    });
    drawn.unwrap_or(states.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_states_are_named() {
        let state = State { factor: 1.0, mean: SimDuration::from_secs(1) };
        for (wrong, error) in [
            (vec![state], ModulationError::States),
            (vec![state, State { factor: f64::NAN, ..state }], ModulationError::Factor(2)),
            (vec![State { mean: SimDuration::from_ms(9), ..state }, state], ModulationError::Mean(1)),
            (vec![State { factor: 0.0, ..state }; 2], ModulationError::Zero),
        ] {
            assert_eq!(Modulation::new(&wrong), Err(error));
        }
        let modulation = Modulation::new(&[state, State { factor: 4.0, mean: SimDuration::from_secs(2) }]);
        assert_eq!(modulation.unwrap().mean_factor(), 3.0);
    }
}
