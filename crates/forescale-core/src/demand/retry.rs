//! Retries: when an attempt is repeated, and how long the client waits before it does.

use super::request::Answer;
use crate::outcome::Outcome;
use forescale_kernel::SimDuration;
use forescale_kernel::random::Stream;
use rand::RngExt;

/// A retry policy: exponential back-off with jitter.
///
/// An attempt whose stream has begun is not repeated: its user has seen tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts in all, the first included; at least 1.
    pub max_attempts: u32,
    /// The wait before the second attempt.
    pub initial: SimDuration,
    /// By how much the wait grows from attempt to attempt; at least 1.
    pub factor: f64,
    /// The longest wait.
    pub max: SimDuration,
    /// A wait is shortened by a share drawn uniformly from 0 to this, 0 to 1: 1 is "full jitter".
    pub jitter: f64,
    /// The HTTP statuses after which an attempt is repeated.
    pub statuses: Vec<u16>,
    /// Whether it is repeated after a time-out of the client.
    pub on_timeout: bool,
    /// A `Retry-After` up to this is waited in place of the back-off; a longer one is ignored. Zero ignores all.
    pub max_retry_after: SimDuration,
}

impl Retry {
    /// What OpenAI's Python client does: two retries, 0.5 s doubled up to 8 s and shortened by up to a quarter, after 408, 409, 429, 5xx,
    /// lost connections and time-outs; a `Retry-After` of up to a minute is heeded.
    pub fn openai_python() -> Self {
        Self {
            max_attempts: 3,
            initial: SimDuration::from_ms(500),
            factor: 2.0,
            max: SimDuration::from_secs(8),
            jitter: 0.25,
            statuses: vec![408, 409, 429, 500, 502, 503, 504],
            on_timeout: true,
            max_retry_after: SimDuration::from_secs(60),
        }
    }

    /// Whether an attempt that ended so is repeated.
    pub(super) fn repeats(&self, attempt: u32, answer: &Answer) -> bool {
        let is_reason = match answer.outcome {
            Outcome::Finished | Outcome::Cancelled => false,
            Outcome::TimedOut => self.on_timeout,
            _ => self.statuses.contains(&answer.http),
        };
        is_reason && !answer.began && attempt < self.max_attempts
    }

    /// How long the client waits after its `attempt`th attempt.
    pub(super) fn wait(
        &self,
        attempt: u32,
        retry_after: Option<SimDuration>,
        random: &mut Stream,
    ) -> SimDuration {
        if let Some(told) = retry_after.filter(|told| *told <= self.max_retry_after) {
            return told;
        }
        let longest = self.max.as_secs_f64();
        let mut full = self.initial.as_secs_f64();
        for _ in 1..attempt {
            if full >= longest || self.factor <= 1.0 {
                break;
            }
            full *= self.factor;
        }
        full = full.min(longest);
        SimDuration::from_secs_f64(full * (1.0 - self.jitter * random.random::<f64>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RequestId, WorkloadId};
    use forescale_kernel::random;

    fn answer(outcome: Outcome, http: u16, began: bool) -> Answer {
        let (request, workload) = (RequestId(0), WorkloadId(0));
        Answer { request, workload, outcome, http, began, retry_after: None }
    }

    #[test]
    fn what_may_succeed_later_is_repeated_as_long_as_attempts_are_left() {
        let retry = Retry::openai_python();
        let full = answer(Outcome::RejectedCapacity, 429, false);
        assert!(retry.repeats(1, &full) && retry.repeats(2, &full) && !retry.repeats(3, &full));
        assert!(retry.repeats(1, &answer(Outcome::TimedOut, 499, false)));
        for last in [
            answer(Outcome::Finished, 200, true),
            answer(Outcome::EngineError, 400, false),
            answer(Outcome::LostOnKill, 200, true),
            answer(Outcome::TimedOut, 200, true),
            answer(Outcome::Cancelled, 499, false),
        ] {
            assert!(!retry.repeats(1, &last), "{last:?}");
        }
    }

    #[test]
    fn waits_grow_up_to_the_longest_and_are_shortened_by_the_jitter() {
        let retry = Retry { max: SimDuration::from_secs(3), ..Retry::openai_python() };
        let mut random = random::stream(1, "retry", 0);
        for (attempt, full) in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 3.0), (400, 3.0)] {
            let waits: Vec<f64> =
                (0..2000).map(|_| retry.wait(attempt, None, &mut random).as_secs_f64()).collect();
            let (least, most) = waits.iter().fold((f64::MAX, 0.0_f64), |(l, m), w| (l.min(*w), m.max(*w)));
            assert!(least >= 0.75 * full && least < 0.76 * full, "{attempt}: {least}");
            assert!(most <= full && most > 0.99 * full, "{attempt}: {most}");
        }
        let mut told = |seconds| retry.wait(1, Some(SimDuration::from_secs(seconds)), &mut random);
        assert_eq!(told(60), SimDuration::from_secs(60));
        assert!(told(61) <= SimDuration::from_ms(500));
    }
}
