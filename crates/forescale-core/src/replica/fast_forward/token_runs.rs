//! Inter-token latencies, gathered until somebody takes them.

use super::Progression;
use crate::replica::Output;
use forescale_kernel::SimDuration;

/// Runs of inter-token latencies; one that goes on where the last stopped is joined to it.
#[derive(Clone, Debug, Default)]
pub(in crate::replica) struct TokenRuns {
    runs: Vec<Run>,
}

/// So many are told at once.
const MANY: usize = 64;

#[derive(Clone, Copy, Debug)]
struct Run {
    intervals: Progression,
    steps: u64,
    sequences: u32,
}

impl TokenRuns {
    /// So many sequences had this latency.
    pub(super) fn push(&mut self, interval: SimDuration, sequences: u32) {
        self.push_run(Progression { first: interval.as_ps(), increment: 0 }, 1, sequences);
    }

    /// So many sequences had these latencies one after the other.
    pub(super) fn push_run(&mut self, intervals: Progression, steps: u64, sequences: u32) {
        if steps == 0 || sequences == 0 {
            return;
        }
        let last = self.runs.last_mut().filter(|last| last.sequences == sequences);
        if let Some(last) = last
            && let Some(increment) = last.increment_to(intervals, steps)
        {
            last.intervals.increment = increment;
            last.steps += steps;
            return;
        }
        self.runs.push(Run { intervals, steps, sequences });
    }

    /// Takes over what another has gathered.
    pub(in crate::replica) fn append(&mut self, other: &mut Self) {
        self.runs.append(&mut other.runs);
    }

    /// Whether they may as well wait for more.
    pub(in crate::replica) fn are_few(&self) -> bool {
        self.runs.len() < MANY
    }

    /// Tells all of them.
    pub(in crate::replica) fn flush(&mut self, out: &mut Vec<Output>) {
        out.extend(self.runs.drain(..).map(|run| Output::Tokens {
            interval: SimDuration::from_ps(run.intervals.first),
            increment: SimDuration::from_ps(run.intervals.increment),
            steps: run.steps,
            sequences: run.sequences,
        }));
    }
}

impl Run {
    /// The increment of this run with the next joined to it, if that is one run.
    fn increment_to(&self, next: Progression, steps: u64) -> Option<u64> {
        let increment = match self.steps {
            1 => next.first.checked_sub(self.intervals.first)?,
            _ => self.intervals.increment,
        };
        let is_next = self.intervals.first.checked_add(increment.checked_mul(self.steps)?)? == next.first;
        (is_next && (steps == 1 || next.increment == increment)).then_some(increment)
    }
}
