//! Arrival rates that change in steps.

use forescale_kernel::{SimDuration, SimTime};

/// A step function of time: requests per second from each instant on, counted from the workload's own start.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    steps: Vec<(SimDuration, f64)>,
}

/// Why steps are no rate.
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
    /// A rate that is negative, infinite, not a number or beyond any use.
    #[error("a rate must be between 0 and 1,000,000 requests per second")]
    Value,
}

impl Rate {
    /// A rate from its steps.
    ///
    /// # Errors
    /// A [`RateError`] where the steps are not in order from 0 or a value is out of range.
    pub fn new(steps: Vec<(SimDuration, f64)>) -> Result<Self, RateError> {
        match steps.first() {
            None => return Err(RateError::Empty),
            Some((start, _)) if !start.is_zero() => return Err(RateError::Start),
            Some(_) => {}
        }
        if let Some(at) = steps.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
            return Err(RateError::Order(at + 2));
        }
        if steps.iter().any(|(_, value)| !(0.0..=1e6).contains(value)) {
            return Err(RateError::Value);
        }
        Ok(Self { steps })
    }

    /// The same rate always.
    ///
    /// # Errors
    /// [`RateError::Value`] where it is out of range.
    pub fn constant(value: f64) -> Result<Self, RateError> {
        Self::new(vec![(SimDuration::ZERO, value)])
    }

    /// The steps.
    pub fn steps(&self) -> &[(SimDuration, f64)] {
        &self.steps
    }
}

/// Turns unit-rate arrivals into arrivals at a rate: the inverse of the rate's integral.
///
/// The draws of an arrival process stay the same when only the rate changes; the clock changes.
#[derive(Clone, Debug)]
pub(super) struct RateClock {
    rate: Rate,
    start: SimTime,
    step: usize,
    /// The rate's integral up to the current step.
    area: f64,
}

impl RateClock {
    pub(super) fn new(rate: Rate, start: SimTime) -> Self {
        Self { rate, start, step: 0, area: 0.0 }
    }

    /// The instant at which the integral reaches `area`, which must not decrease from call to call; `None` if it never does.
    pub(super) fn when(&mut self, area: f64) -> Option<SimTime> {
        loop {
            let (since, rate) = *self.rate.steps.get(self.step)?;
            let next = self.rate.steps.get(self.step + 1);
            let missing = (area - self.area).max(0.0);
            let reach = next.map(|(until, _)| until.saturating_sub(since).as_secs_f64() * rate);
            match reach {
                // An arrival at the very end of a step belongs to it, unless nothing arrives in the step.
                Some(reach) if reach < missing || rate <= 0.0 => {
                    self.area += reach;
                    self.step += 1;
                }
                _ if rate > 0.0 => {
                    return Some(self.start + since + SimDuration::from_secs_f64(missing / rate));
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    #[test]
    fn the_clock_runs_by_the_area_under_the_rate() {
        let rate = Rate::new(vec![(s(0), 2.0), (s(10), 0.0), (s(20), 4.0)]).unwrap();
        let mut clock = RateClock::new(rate, SimTime::ZERO + s(100));
        let mut when = |area| clock.when(area).unwrap().as_secs_f64();
        assert_eq!([when(1.0), when(20.0), when(21.0), when(24.0)], [100.5, 110.0, 120.25, 121.0]);
    }

    #[test]
    fn a_rate_that_ends_at_zero_never_reaches_more() {
        let rate = Rate::new(vec![(s(0), 1.0), (s(10), 0.0)]).unwrap();
        let mut clock = RateClock::new(rate, SimTime::ZERO);
        assert_eq!([clock.when(10.0), clock.when(11.0)], [Some(SimTime::ZERO + s(10)), None]);
    }

    #[test]
    fn wrong_steps_are_named() {
        assert_eq!(Rate::new(vec![]), Err(RateError::Empty));
        assert_eq!(Rate::new(vec![(s(1), 1.0)]), Err(RateError::Start));
        assert_eq!(Rate::new(vec![(s(0), 1.0), (s(5), 1.0), (s(5), 2.0)]), Err(RateError::Order(3)));
        assert_eq!(Rate::constant(f64::NAN), Err(RateError::Value));
        assert_eq!(Rate::constant(-1.0), Err(RateError::Value));
    }
}
