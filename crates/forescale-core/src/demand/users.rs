//! A closed loop: users who ask, wait for the answer, think, and ask again.

use super::drawn::Arrival;
use super::workload::{Lengths, Users};
use forescale_kernel::random::Stream;
use forescale_kernel::{SimDuration, SimTime, Timers};

/// How soon a user asks again after a failure, at the earliest: a round trip of the network.
const FAILURE_PAUSE: SimDuration = SimDuration::from_ms(1);

/// The users of a workload.
pub(super) struct UserLoop {
    from: SimTime,
    config: Users,
    /// Who asks next, and when.
    ready: Timers<u32>,
    draws: Vec<Draws>,
}

/// A user's own streams, so that the answers to others change nothing in what one asks.
struct Draws {
    think: Stream,
    prompt_tokens: Stream,
    output_tokens: Stream,
}

impl UserLoop {
    /// The users of `config`, from `from` on. `stream` has the random streams by purpose and user.
    pub(super) fn new(config: &Users, from: SimTime, stream: impl Fn(&str, u64) -> Stream) -> Self {
        let most = config.users.iter().map(|(_, users)| *users).max().unwrap_or(0);
        let draws = |user: u32| Draws {
            think: stream("think", user.into()),
            prompt_tokens: stream("prompt_tokens", user.into()),
            output_tokens: stream("output_tokens", user.into()),
        };
        let mut users = Self {
            from,
            config: config.clone(),
            ready: Timers::default(),
            draws: (0..most).map(draws).collect(),
        };
        (0..most).for_each(|user| users.ask(user, from));
        users
    }

    /// When the next user is ready to ask.
    pub(super) fn next_at(&self) -> Option<SimTime> {
        self.ready.next()
    }

    /// What the next user asks, if one is ready.
    pub(super) fn take(&mut self, now: SimTime) -> Option<(u32, Arrival)> {
        let (_, user) = self.ready.pop_due(now)?;
        let Lengths { prompt_tokens, output_tokens } = &self.config.lengths;
        let draws = self.draws.get_mut(user as usize)?;
        let arrival = Arrival {
            at: now,
            prompt_tokens: prompt_tokens.sample_tokens(&mut draws.prompt_tokens),
            output_tokens: output_tokens.sample_tokens(&mut draws.output_tokens),
            hash_ids: None,
        };
        Some((user, arrival))
    }

    /// What a user asked has ended for good.
    pub(super) fn ended(&mut self, now: SimTime, user: u32, is_finished: bool) {
        let Some(draws) = self.draws.get_mut(user as usize) else { return };
        let thought = SimDuration::from_secs_f64(self.config.think.sample(&mut draws.think));
        let pause = if is_finished { thought } else { thought.max(FAILURE_PAUSE) };
        self.ask(user, now + pause);
    }

    /// Lets the user ask at `at`, or as soon as it is there.
    fn ask(&mut self, user: u32, at: SimTime) {
        if let Some(at) = self.there(user, at) {
            self.ready.set(user, at);
        }
    }

    /// The first instant from `at` on at which this user is there; `None` if it never is.
    ///
    /// A step from `a` users up to `b` spreads the comers evenly over the ramp.
    fn there(&self, user: u32, at: SimTime) -> Option<SimTime> {
        let steps = &self.config.users;
        let mut before = 0;
        for (index, (since, users)) in steps.iter().enumerate() {
            let until = steps.get(index + 1).map_or(SimTime::MAX, |(until, _)| self.from + *until);
            let mut comes = self.from + *since;
            if user >= before && user < *users {
                let share = f64::from(user - before) / f64::from(*users - before);
                comes += SimDuration::from_secs_f64(self.config.ramp.as_secs_f64() * share);
            }
            let comes = comes.max(at);
            if user < *users && comes < until {
                return Some(comes);
            }
            before = *users;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Dist;
    use forescale_kernel::random;

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    fn users(users: Vec<(SimDuration, u32)>, ramp: SimDuration, think: f64) -> UserLoop {
        let lengths = Lengths { prompt_tokens: Dist::Constant(8.0), output_tokens: Dist::Constant(2.0) };
        let config = Users { users, ramp, think: Dist::Constant(think), lengths, turns: None };
        UserLoop::new(&config, SimTime::ZERO, |purpose, user| random::stream(1, purpose, user))
    }

    /// The instants in seconds at which each of the next `n` asks, where each answer takes `service` seconds.
    fn asked(users: &mut UserLoop, n: usize, service: u64) -> Vec<(f64, u32)> {
        let mut asked = Vec::new();
        let mut open: Vec<(SimTime, u32)> = Vec::new();
        while asked.len() < n {
            let next_end = open.iter().min().copied();
            match (users.next_at(), next_end) {
                (Some(at), end) if end.is_none_or(|(end, _)| at < end) => {
                    let (user, _) = users.take(at).unwrap();
                    asked.push((at.as_secs_f64(), user));
                    open.push((at + s(service), user));
                }
                (_, Some((end, user))) => {
                    open.retain(|entry| *entry != (end, user));
                    users.ended(end, user, true);
                }
                _ => break,
            }
        }
        asked
    }

    #[test]
    fn each_user_asks_thinks_and_asks_again() {
        let mut users = users(vec![(s(0), 2)], s(4), 1.0);
        assert_eq!(asked(&mut users, 5, 4), [(0.0, 0), (2.0, 1), (5.0, 0), (7.0, 1), (10.0, 0)]);
    }

    #[test]
    fn users_come_and_go_with_the_steps() {
        let steps = vec![(s(0), 1), (s(10), 2), (s(20), 0), (s(30), 1)];
        let mut users = users(steps, s(0), 0.0);
        let before = [(0.0, 0), (4.0, 0), (8.0, 0), (10.0, 1), (12.0, 0), (14.0, 1), (16.0, 0), (18.0, 1)];
        assert_eq!(asked(&mut users, 10, 4), [&before[..], &[(30.0, 0), (34.0, 0)]].concat());
    }

    #[test]
    fn after_a_failure_a_user_asks_again_after_a_round_trip() {
        let mut users = users(vec![(s(0), 1)], s(0), 0.0);
        users.take(SimTime::ZERO).unwrap();
        users.ended(SimTime::ZERO, 0, false);
        assert_eq!(users.next_at(), Some(SimTime::ZERO + FAILURE_PAUSE));
    }
}
