//! A measured deployment on the simulated engine.

use super::choice::Case;
use super::load::Load;
use super::run::Client;
use forescale_core::content::{Prefix, Segment, TokenStream};
use forescale_core::ids::{RequestId, WorkloadId};
use forescale_core::replica::{EngineMode, Input, ModelServerConfig, Output, Prompt, Replica};
use forescale_core::views::HistogramFamilies;
use forescale_kernel::random::{Stream, stream};
use forescale_kernel::{SimDuration, SimTime};

/// Requests per user that are counted.
const ROUNDS: u32 = 10;
/// Requests per user before them where users begin in turn.
const WARM_UP_ROUNDS: u32 = 2;
/// Fewer users send more, up to so many requests.
const FEWEST: u32 = 40;
/// Requests at a constant rate: counted, and before them.
const OPEN: u32 = 2000;
const OPEN_WARM_UP: u32 = 300;

/// Means over requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// Time to first token, in ms.
    pub ttft_ms: f64,
    /// Time per output token after the first, in ms; for `benchmark_latency` the whole latency per token.
    pub tpot_ms: f64,
    /// Output tokens per second, from the first counted request to the end of the last.
    pub out_tok_s: f64,
}

/// What the simulated engine does under a measured load; `None` where not one request ended.
pub fn replay(case: &Case) -> Option<Times> {
    match case.load {
        Load::Closed { at_once: true, .. } | Load::Batch { .. } | Load::Constant { .. } => {
            pass(case, SimDuration::ZERO).times(case)
        }
        // Users in lockstep would all send at once for ever; so they begin in turn over the time that one request takes, which
        // is not known before: the first pass finds it.
        Load::Closed { .. } => {
            let first = pass(case, SimDuration::ZERO).mean_latency()?;
            let second = pass(case, first).mean_latency()?;
            pass(case, second).times(case)
        }
    }
}

/// One request.
#[derive(Clone, Copy, Debug)]
struct Sent {
    at: SimTime,
    output: u32,
    first: Option<SimTime>,
    end: Option<SimTime>,
}

struct Pass {
    server: Replica,
    outputs: Vec<Output>,
    sent: Vec<Sent>,
    /// How many are sent in all, and how many at the beginning are not counted.
    total: u32,
    warm_up: u32,
    random: Stream,
}

fn pass(case: &Case, ramp: SimDuration) -> Pass {
    let (arrivals, total, warm_up) = plan(case.load, ramp);
    let config = ModelServerConfig::Vllm(case.engine.clone());
    let mut outputs = Vec::new();
    let mut server =
        Replica::new(&config, EngineMode::default(), 0, SimDuration::from_ms(1), HistogramFamilies::NONE);
    server.submit(SimTime::ZERO, Input::Listen, &mut outputs);
    let random = stream(1, "measured/lengths", 0);
    let mut pass = Pass { server, outputs, sent: Vec::with_capacity(total as usize), total, warm_up, random };
    let follows = matches!(case.load, Load::Closed { .. });
    let mut arrivals = arrivals.into_iter().peekable();
    loop {
        let wake = pass.server.next_wake();
        let now = match (wake, arrivals.peek()) {
            (Some(wake), Some(&arrival)) if wake <= arrival => wake,
            (_, Some(&arrival)) => {
                arrivals.next();
                pass.send(arrival, case);
                pass.take_in(arrival, case, follows);
                continue;
            }
            (Some(wake), None) => wake,
            (None, None) => break pass,
        };
        pass.server.wake(now, &mut pass.outputs);
        pass.take_in(now, case, follows);
    }
}

/// When requests come that follow no other; how many there are with those that do, and how many of the first are not counted.
fn plan(load: Load, ramp: SimDuration) -> (Vec<SimTime>, u32, u32) {
    let evenly = |count: u32, step_ps: f64| {
        (0..count).map(|index| SimTime::from_ps((f64::from(index) * step_ps) as u64)).collect()
    };
    match load {
        Load::Closed { users, at_once } => {
            let warm_up = if at_once { 0 } else { users.saturating_mul(WARM_UP_ROUNDS) };
            let counted = users.saturating_mul(ROUNDS).max(if at_once { 0 } else { FEWEST });
            let step = ramp.as_ps() as f64 / f64::from(users.max(1));
            (evenly(users, step), counted.saturating_add(warm_up), warm_up)
        }
        Load::Constant { rate } => {
            (evenly(OPEN + OPEN_WARM_UP, 1e12 / rate), OPEN + OPEN_WARM_UP, OPEN_WARM_UP)
        }
        Load::Batch { requests } => (evenly(requests, 0.0), requests, 0),
    }
}

impl Pass {
    fn send(&mut self, now: SimTime, case: &Case) {
        if self.sent.len() >= self.total as usize {
            return;
        }
        let id = self.sent.len() as u64;
        let prompt = case.prompt.sample_tokens(&mut self.random);
        let output = case.output.sample_tokens(&mut self.random);
        let prefix = case.shared.map(|(texts, tokens)| {
            let stream = TokenStream::Shared(WorkloadId(0), id % texts.max(1));
            Prefix::new(&[Segment { stream, start: 0, len: tokens }])
        });
        self.sent.push(Sent { at: now, output, first: None, end: None });
        let prompt = Prompt { prefix, ..Prompt::new(RequestId(id), prompt, output) };
        self.server.submit(now, Input::Submit(prompt), &mut self.outputs);
    }

    fn take_in(&mut self, now: SimTime, case: &Case, follows: bool) {
        while !self.outputs.is_empty() {
            for output in std::mem::take(&mut self.outputs) {
                match output {
                    Output::FirstToken { request } => self.entry(request, |sent| sent.first = Some(now)),
                    Output::Finished { request } => {
                        self.entry(request, |sent| sent.end = Some(now));
                        if follows {
                            self.send(now, case);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn entry(&mut self, request: RequestId, change: impl FnOnce(&mut Sent)) {
        if let Some(sent) = self.sent.get_mut(request.0 as usize) {
            change(sent);
        }
    }

    /// Of counted requests that ended: sent, first token, end, output tokens.
    fn counted(&self) -> impl Iterator<Item = (SimTime, SimTime, SimTime, u32)> {
        self.sent
            .iter()
            .skip(self.warm_up as usize)
            .filter_map(|sent| Some((sent.at, sent.first?, sent.end?, sent.output)))
    }

    fn mean_latency(&self) -> Option<SimDuration> {
        let mean = mean(self.counted().map(|(at, _, end, _)| end.since(at).as_secs_f64()))?;
        Some(SimDuration::from_secs_f64(mean))
    }

    fn times(&self, case: &Case) -> Option<Times> {
        let ms = |duration: SimDuration| duration.as_secs_f64() * 1e3;
        let whole = case.client == Client::BenchmarkLatency;
        let per_token = |(at, first, end, output): (SimTime, SimTime, SimTime, u32)| match whole {
            true => Some(ms(end.since(at)) / f64::from(output)),
            // A single token has no time after the first.
            false => (output > 1).then(|| ms(end.since(first)) / f64::from(output - 1)),
        };
        let begin = self.counted().map(|(at, ..)| at).min()?;
        let end = self.counted().map(|(_, _, end, _)| end).max()?;
        let tokens: f64 = self.counted().map(|(.., output)| f64::from(output)).sum();
        Some(Times {
            ttft_ms: mean(self.counted().map(|(at, first, ..)| ms(first.since(at))))?,
            tpot_ms: mean(self.counted().filter_map(per_token))?,
            out_tok_s: tokens / end.since(begin).as_secs_f64(),
        })
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}
