//! Demand: requests in order of time, made while the run goes on.
//!
//! It sees nothing of the system. Each workload draws arrivals, prompt lengths and output lengths from streams of its own, so
//! two variants of a scenario meet the same requests.

mod arrivals;
mod drawn;
mod rate;
mod trace;
mod workload;

pub use arrivals::{Modulation, ModulationError, State};
pub use rate::{Diurnal, Piece, Pieces, Rate, RateError, Spike};
pub use trace::{TraceDefect, TraceError, TraceRow, TraceRows, TraceSource};
pub use workload::{Arrivals, Lengths, Workload};

use crate::ids::{FlowId, RequestId, WorkloadId};
use arrivals::{FixedCount, Gap, Instants};
use drawn::{Arrival, Drawn};
use forescale_kernel::random;
use forescale_kernel::{SimDuration, SimTime};
use rate::RateClock;

/// Bytes of a request's body per prompt token; the EPP's own estimate of a token.
pub const BYTES_PER_TOKEN: u64 = 4;

/// A request as its client sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Numbered in order of arrival.
    pub id: RequestId,
    /// Where it comes from.
    pub workload: WorkloadId,
    /// The flow that it belongs to in the gateway.
    pub flow: FlowId,
    /// When it arrives.
    pub arrival: SimTime,
    /// Prompt tokens, at least 1.
    pub prompt_tokens: u32,
    /// Output tokens until its end, at least 1. Nobody but the engine may know.
    pub output_tokens: u32,
}

impl Request {
    /// Bytes of its body.
    pub fn body_bytes(&self) -> u64 {
        u64::from(self.prompt_tokens) * BYTES_PER_TOKEN
    }
}

/// All workloads of a run.
pub struct Demand {
    sources: Vec<Source>,
    sent: u64,
}

impl Demand {
    /// The workloads from their beginning.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be opened or its first row is wrong.
    pub fn new(workloads: &[Workload], seed: u64) -> Result<Self, TraceError> {
        let sources = workloads.iter().map(|workload| Source::new(workload, seed));
        Ok(Self { sources: sources.collect::<Result<_, _>>()?, sent: 0 })
    }

    /// When the next request arrives.
    pub fn next_wake(&self) -> Option<SimTime> {
        self.sources.iter().filter_map(|source| source.next.map(|next| next.at)).min()
    }

    /// Now it is: the requests that arrive by `now`, those of one instant in the order of the workloads.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on.
    pub fn wake(&mut self, now: SimTime, out: &mut Vec<Request>) -> Result<(), TraceError> {
        for (index, source) in self.sources.iter_mut().enumerate() {
            while let Some(arrival) = source.next.filter(|next| next.at <= now) {
                out.push(Request {
                    id: RequestId(self.sent),
                    workload: WorkloadId(index as u32),
                    flow: source.flow,
                    arrival: arrival.at,
                    prompt_tokens: arrival.prompt_tokens.max(1),
                    output_tokens: arrival.output_tokens.max(1),
                });
                self.sent += 1;
                source.advance()?;
            }
        }
        Ok(())
    }
}

struct Source {
    flow: FlowId,
    from: SimTime,
    until: SimTime,
    /// How many more requests it may send.
    left: u64,
    process: Process,
    last: SimTime,
    next: Option<Arrival>,
}

/// Boxed, since the two kinds differ much in size.
enum Process {
    Drawn(Box<Drawn>),
    Trace(TraceRows),
}

impl Source {
    fn new(workload: &Workload, seed: u64) -> Result<Self, TraceError> {
        let stream =
            |purpose: &str| random::stream(seed, &format!("workload.{}/{purpose}", workload.name), 0);
        let from = SimTime::ZERO + workload.from;
        let arrivals = || stream("arrivals");
        let clock = |rate: &Rate| RateClock::new(rate.pieces(), from);
        let drawn = |instants: Instants, lengths: &Lengths| {
            Process::Drawn(Box::new(Drawn::new(instants, lengths, stream)))
        };
        let renewal =
            |gap: Gap, clock: RateClock, lengths: &Lengths| drawn(Instants::renewal(gap, clock), lengths);
        let process = match &workload.arrivals {
            Arrivals::Constant(rate, lengths) => renewal(Gap::Equal, clock(rate), lengths),
            Arrivals::Poisson(rate, lengths) => renewal(Gap::Exponential(arrivals()), clock(rate), lengths),
            Arrivals::Gamma(rate, cv, lengths) => renewal(Gap::gamma(*cv, arrivals()), clock(rate), lengths),
            Arrivals::Weibull(rate, cv, lengths) => {
                renewal(Gap::weibull(*cv, arrivals()), clock(rate), lengths)
            }
            Arrivals::Mmpp(rate, modulation, lengths) => {
                let pieces = modulation.pieces(rate.pieces(), stream("states"));
                renewal(Gap::Exponential(arrivals()), RateClock::new(pieces, from), lengths)
            }
            Arrivals::FixedCount(rate, cv, lengths) => {
                let end = workload.until.unwrap_or(SimDuration::MAX).saturating_sub(workload.from);
                let fixed = FixedCount::new(rate.pieces(), from, end, *cv, arrivals());
                drawn(Instants::FixedCount(fixed), lengths)
            }
            Arrivals::Trace(source) => Process::Trace(source.open(seed)?),
        };
        let mut source = Self {
            flow: workload.flow,
            from,
            until: workload.until.map_or(SimTime::MAX, |until| SimTime::ZERO + until),
            left: workload.requests.unwrap_or(u64::MAX),
            process,
            last: SimTime::ZERO,
            next: None,
        };
        source.advance()?;
        Ok(source)
    }

    fn advance(&mut self) -> Result<(), TraceError> {
        self.next = None;
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        let arrival = match &mut self.process {
            Process::Drawn(drawn) => drawn.next(),
            Process::Trace(rows) => {
                let row = rows.next().transpose()?;
                row.map(|row| Arrival {
                    at: self.from + row.at,
                    prompt_tokens: row.prompt_tokens,
                    output_tokens: row.output_tokens,
                })
            }
        };
        if arrival.is_some_and(|arrival| arrival.at < self.last) {
            return Err(TraceError {
                defect: TraceDefect::Order,
                message: "the trace goes back in time".to_owned(),
                file: "trace".to_owned(),
                line: 1,
                column: 1,
                length: 0,
                text: String::new(),
            });
        }
        self.last = arrival.map_or(self.last, |arrival| arrival.at);
        self.next = arrival.filter(|arrival| arrival.at < self.until);
        if self.next.is_none() {
            self.left = 0;
        }
        Ok(())
    }
}
