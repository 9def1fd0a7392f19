//! The bare loop: the least work that gives the latencies of a synchronous vLLM engine without prefix caching.
//!
//! Prefill in chunks and decode share a step; runs of decode steps are summed up in closed form. It has neither KV blocks nor gauges,
//! gateway, telemetry or autoscaler, and no configuration to look at: it is a yardstick, not an engine.

use super::Sums;
use crate::core::demand::TraceRow;
use crate::core::replica::{EngineConfig, GpuTime, Piecewise};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Never.
const NEVER: u64 = u64::MAX;

/// Serves the requests by replicas in turn, until all have finished. Whatever happens, happens in the order of time over all replicas, as
/// it must where somebody looks at them.
///
/// Instants beyond the end of simulated time never come. Exact for piecewise step times, as long as KV blocks suffice and no request is
/// longer than the model takes.
pub fn bare_loop(requests: impl Iterator<Item = TraceRow>, replicas: u32, engine: &EngineConfig) -> Sums {
    let mut sums = Sums::default();
    let mut servers: Vec<Server> = (0..replicas.max(1)).map(|_| Server::new(engine)).collect();
    // Wakes that were put forward leave their old entries behind, which are skipped.
    let mut calendar: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut requests = requests.map(|row| Request {
        arrival: row.at.as_ps(),
        prompt: row.prompt_tokens.max(1).into(),
        computed: 0,
        output: row.output_tokens.max(1).into(),
    });
    let (mut arriving, mut turn) = (requests.next(), 0);
    loop {
        let next = calendar.peek().map(|Reverse(entry)| *entry);
        if let Some((at, server)) = next
            && arriving.as_ref().is_none_or(|request| at <= request.arrival)
        {
            calendar.pop();
            if servers[server].wake_at == at {
                servers[server].wake(&mut sums);
                if servers[server].wake_at < NEVER {
                    calendar.push(Reverse((servers[server].wake_at, server)));
                }
            }
            continue;
        }
        let Some(request) = arriving.take() else { break };
        let wake_at = servers[turn].wake_at;
        servers[turn].submit(request);
        if servers[turn].wake_at < wake_at {
            calendar.push(Reverse((servers[turn].wake_at, turn)));
        }
        turn = if turn + 1 == servers.len() { 0 } else { turn + 1 };
        arriving = requests.next();
    }
    sums
}

/// A request whose prompt is not computed yet, at least not all of it.
struct Request {
    arrival: u64,
    prompt: u64,
    computed: u64,
    output: u64,
}

/// When a request ends, counted in steps of its replica.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct End {
    step: u64,
    arrival: u64,
    /// Prompt and output: what it adds to the context when it goes.
    context: u64,
}

/// Steps that nothing interrupts.
enum Run {
    Nothing,
    /// One step, in which so many prompts are completed.
    Prefill(usize),
    /// Decode steps.
    Decode {
        steps: u64,
        /// What the first of them costs.
        first: u64,
        /// What each further one costs more.
        growth: u64,
    },
}

struct Server {
    fixed: u64,
    below: u64,
    knee_low: u64,
    above: u64,
    knee_high: u64,
    per_context: u64,
    half_pair_fs: u64,
    seats: usize,
    budget: u64,
    /// The steps that are under way, and when they began.
    under_way: Run,
    began: u64,
    /// When they end, in picoseconds; `NEVER` while there is nothing to do.
    wake_at: u64,
    /// Steps that are over.
    steps: u64,
    decoding: u64,
    /// What a step of decodes reads, in tokens.
    context: u64,
    ends: BinaryHeap<Reverse<End>>,
    waiting: VecDeque<Request>,
}

impl Server {
    fn new(engine: &EngineConfig) -> Self {
        let step = match engine.step_time.gpu {
            GpuTime::Piecewise(piecewise) => piecewise,
            GpuTime::Affine(_) | GpuTime::Table(_) => Piecewise::default(),
        };
        Self {
            fixed: engine.step_time.host.per_step_ps.saturating_add(step.fixed_ps),
            below: step.below_ps,
            knee_low: step.knee_low_tokens,
            above: step.above_ps,
            knee_high: step.knee_high_tokens,
            per_context: step.context_ps,
            half_pair_fs: step.half_pair_fs,
            seats: engine.max_num_seqs as usize,
            budget: engine.max_num_batched_tokens.into(),
            under_way: Run::Nothing,
            began: 0,
            wake_at: NEVER,
            steps: 0,
            decoding: 0,
            context: 0,
            ends: BinaryHeap::new(),
            waiting: VecDeque::new(),
        }
    }

    /// The request joins the first step that begins after its arrival; decode steps end there.
    fn submit(&mut self, request: Request) {
        let now = request.arrival;
        self.waiting.push_back(request);
        match &mut self.under_way {
            Run::Nothing => self.begin(now),
            Run::Decode { steps, first, growth } if *steps > 1 && self.waiting.len() == 1 => {
                *steps = steps_beyond(*first, *growth, now - self.began).min(*steps);
                self.wake_at = self.began.saturating_add(series(*first, *growth, *steps));
            }
            Run::Decode { .. } | Run::Prefill(_) => {}
        }
    }

    /// Takes in the steps that are over, and begins the next.
    fn wake(&mut self, sums: &mut Sums) {
        let now = self.wake_at;
        let (steps, complete) = match self.under_way {
            Run::Nothing => return,
            Run::Prefill(complete) => (1, complete),
            Run::Decode { steps, .. } => (steps, 0),
        };
        self.steps += steps;
        self.context += self.decoding * steps;
        self.finish(now, sums);
        for request in self.waiting.drain(..complete) {
            sums.ttft_ps += u128::from(now - request.arrival);
            sums.tokens += request.output;
            self.decoding += 1;
            self.context += request.prompt + 1;
            self.ends.push(Reverse(End {
                step: self.steps + request.output - 1,
                arrival: request.arrival,
                context: request.prompt + request.output,
            }));
        }
        // Outputs of one token.
        self.finish(now, sums);
        self.begin(now);
    }

    fn begin(&mut self, now: u64) {
        self.began = now;
        if !self.waiting.is_empty() {
            self.begin_prefill();
        } else if let Some(Reverse(end)) = self.ends.peek() {
            let (steps, first) = (end.step - self.steps, self.cost(self.decoding, 0));
            let growth = self.per_context.saturating_mul(self.decoding);
            self.under_way = Run::Decode { steps, first, growth };
            self.wake_at = now.saturating_add(series(first, growth, steps));
        } else {
            self.under_way = Run::Nothing;
            self.wake_at = NEVER;
        }
    }

    /// One step that computes prompts, as far as seats and tokens go, and a token of each that decodes.
    fn begin_prefill(&mut self) {
        let (mut left, mut half_pairs, mut complete) = (self.budget.saturating_sub(self.decoding), 0, 0);
        for request in self.waiting.iter_mut().take(self.seats - self.decoding as usize) {
            let chunk = left.min(request.prompt - request.computed);
            half_pairs += chunk * (2 * request.computed + chunk);
            request.computed += chunk;
            left -= chunk;
            if request.computed < request.prompt {
                break;
            }
            complete += 1;
        }
        let tokens = self.budget.max(self.decoding) - left;
        self.wake_at = self.began.saturating_add(self.cost(tokens, half_pairs));
        self.under_way = Run::Prefill(complete);
    }

    fn finish(&mut self, now: u64, sums: &mut Sums) {
        while let Some(Reverse(first)) = self.ends.peek() {
            if first.step > self.steps {
                break;
            }
            self.decoding -= 1;
            self.context -= first.context;
            sums.requests += 1;
            sums.e2e_ps += u128::from(now - first.arrival);
            self.ends.pop();
        }
    }

    /// Picoseconds of a step over so many tokens.
    fn cost(&self, tokens: u64, half_pairs: u64) -> u64 {
        let fs = self.half_pair_fs.saturating_mul(half_pairs).saturating_add(500);
        self.fixed
            .saturating_add(self.below.saturating_mul(tokens.min(self.knee_low)))
            .saturating_add(self.above.saturating_mul(tokens.saturating_sub(self.knee_high)))
            .saturating_add(self.per_context.saturating_mul(self.context))
            .saturating_add(fs / 1000)
            .max(1)
    }
}

/// What `steps` steps cost of which the first costs `first` and each further one `growth` more.
fn series(first: u64, growth: u64, steps: u64) -> u64 {
    let pairs = steps.saturating_mul(steps.saturating_sub(1)) / 2;
    first.saturating_mul(steps).saturating_add(growth.saturating_mul(pairs))
}

/// The least number of steps that cost more than `room`.
fn steps_beyond(first: u64, growth: u64, room: u64) -> u64 {
    let (b, c) = (first as f64 - growth as f64 / 2.0, room as f64);
    // The root of the quadratic, in a form that does not cancel; floats may miss by a step.
    let root = 2.0 * c / (b + (b * b + 2.0 * growth as f64 * c).sqrt());
    let mut steps = root as u64 + 1;
    while series(first, growth, steps) <= room {
        steps += 1;
    }
    while steps > 1 && series(first, growth, steps - 1) > room {
        steps -= 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_step_that_an_arrival_joins_is_the_first_that_begins_after_it(
            first in 1u64..1 << 34, growth in 0u64..1 << 28, room in 0u64..1 << 44,
        ) {
            let steps = steps_beyond(first, growth, room);
            prop_assert!(series(first, growth, steps) > room);
            prop_assert!(series(first, growth, steps - 1) <= room);
        }
    }
}
