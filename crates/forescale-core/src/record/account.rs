//! The account: each request in one line, none lost.

use super::Counts;
use crate::outcome::Outcome;
use forescale_kernel::SimTime;

/// How many requests there are, and how long they were in the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    counts: Counts,
    /// By HTTP status, ascending.
    http: Vec<(u16, u64)>,
    /// By outcome and HTTP status, ascending.
    answers: Vec<((Outcome, u16), u64)>,
    in_flight: u64,
    /// The integral of the number in the system over time, up to `last`, in request-picoseconds.
    number_ps: u128,
    last: SimTime,
    /// The time in the system of all that have ended, in picoseconds.
    time_ps: u128,
}

/// The account does not add up: a bug of the simulator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Requests appeared or vanished.
    #[error("{arrived} requests arrived, but {ended} ended and {in_flight} are in flight")]
    Lost {
        /// Arrived.
        arrived: u64,
        /// Ended.
        ended: u64,
        /// In flight.
        in_flight: u64,
    },
    /// Little's law does not hold.
    #[error(
        "the number in the system integrates to {number_ps} request-ps, the times in the system sum up to {time_ps} ps"
    )]
    Little {
        /// The integral.
        number_ps: u128,
        /// The sum.
        time_ps: u128,
    },
    /// GPUs computed, or started, for longer than they were held.
    #[error(
        "GPUs were held for {allocated_ps} ps, but started for {starting_ps} ps and computed for {busy_ps} ps"
    )]
    Gpu {
        /// Held.
        allocated_ps: u128,
        /// Started.
        starting_ps: u128,
        /// Computed.
        busy_ps: u128,
    },
}

impl Account {
    pub(crate) fn arrived(&mut self, now: SimTime) {
        self.advance(now);
        self.counts.arrived += 1;
        self.in_flight += 1;
    }

    pub(crate) fn ended(&mut self, now: SimTime, arrival: SimTime, outcome: Outcome, http: u16) {
        self.advance(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.time_ps += u128::from(now.since(arrival).as_ps());
        self.counts.ended(outcome);
        match self.http.binary_search_by_key(&http, |(status, _)| *status) {
            Ok(at) => self.http[at].1 += 1,
            Err(at) => self.http.insert(at, (http, 1)),
        }
        match self.answers.binary_search_by_key(&(outcome, http), |(answer, _)| *answer) {
            Ok(at) => self.answers[at].1 += 1,
            Err(at) => self.answers.insert(at, ((outcome, http), 1)),
        }
    }

    /// Closes the account at the end of the run with the arrivals of what is still in flight, and checks it.
    ///
    /// # Errors
    /// An [`AccountError`] where requests were lost, or where Little's law does not hold to the picosecond.
    pub(crate) fn close(
        &mut self,
        now: SimTime,
        in_flight: impl Iterator<Item = SimTime>,
    ) -> Result<(), AccountError> {
        self.advance(now);
        let mut counted = 0;
        for arrival in in_flight {
            counted += 1;
            self.time_ps += u128::from(now.since(arrival).as_ps());
        }
        self.check(counted)?;
        match self.number_ps == self.time_ps {
            true => Ok(()),
            false => Err(AccountError::Little { number_ps: self.number_ps, time_ps: self.time_ps }),
        }
    }

    /// Checks that `arrived = ended + in flight`, where `in_flight` was counted elsewhere.
    ///
    /// # Errors
    /// [`AccountError::Lost`] where it is not.
    pub(crate) fn check(&self, in_flight: u64) -> Result<(), AccountError> {
        let (arrived, ended) = (self.arrivals(), self.all_ended());
        match arrived == ended + in_flight && self.in_flight == in_flight {
            true => Ok(()),
            false => Err(AccountError::Lost { arrived, ended, in_flight }),
        }
    }

    /// Requests by how they ended.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Requests that arrived.
    pub fn arrivals(&self) -> u64 {
        self.counts.arrivals()
    }

    /// Requests that ended with this outcome.
    pub fn with(&self, outcome: Outcome) -> u64 {
        self.counts.with(outcome)
    }

    /// Requests that ended in any way.
    pub fn all_ended(&self) -> u64 {
        self.counts.all_ended()
    }

    /// Requests that ended without being finished.
    pub fn lost(&self) -> u64 {
        self.counts.lost()
    }

    /// Requests still in the system: censored at the end of the run.
    pub fn in_flight(&self) -> u64 {
        self.in_flight
    }

    /// How many requests were answered with each HTTP status, ascending.
    pub fn by_http(&self) -> &[(u16, u64)] {
        &self.http
    }

    /// How many requests with this outcome were answered with each HTTP status, ascending.
    pub fn http_of(&self, outcome: Outcome) -> impl Iterator<Item = (u16, u64)> {
        let of = self.answers.iter().filter(move |((with, _), _)| *with == outcome);
        of.map(|((_, http), count)| (*http, *count))
    }

    /// The time in the system summed over all requests, in picoseconds; equal to the integral of the number in the system.
    pub fn time_in_system_ps(&self) -> u128 {
        self.time_ps
    }

    fn advance(&mut self, now: SimTime) {
        self.number_ps += u128::from(self.in_flight) * u128::from(now.since(self.last).as_ps());
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_vanishes_is_noticed() {
        let at = SimTime::from_ps;
        let mut account = Account::default();
        account.arrived(at(3));
        account.arrived(at(5));
        account.ended(at(9), at(3), Outcome::Finished, 200);
        assert_eq!(account.http_of(Outcome::Finished).collect::<Vec<_>>(), [(200, 1)]);
        let mut whole = account.clone();
        assert_eq!(whole.close(at(20), [at(5)].into_iter()), Ok(()));
        assert_eq!(whole.time_in_system_ps(), 6 + 15);
        assert!(matches!(account.clone().close(at(20), std::iter::empty()), Err(AccountError::Lost { .. })));
        assert!(matches!(account.close(at(20), [at(6)].into_iter()), Err(AccountError::Little { .. })));
    }
}
