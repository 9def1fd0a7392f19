//! A level of load: the workload that makes it.

use forescale_core::demand::{
    Arrivals, Lengths, Rate, Sessions, Source, TraceRow, TraceRows, TraceSource, Turns, Users, Workload,
};
use forescale_core::dist::Dist;
use forescale_kernel::{SimDuration, random};

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Users who each have one request open, always: a closed loop without think time.
    Concurrency,
    /// Requests per second of a Poisson process: an open loop.
    Rate,
}

impl By {
    /// The unit of a load.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Concurrency => "users",
            Self::Rate => "requests/s",
        }
    }
}

/// What requests are like: the lengths that are drawn, or the rows of a trace.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Drawn(Lengths),
    Sessions(Lengths, Turns),
    Trace(TraceSource),
}

/// So many rows later each further seed begins in a trace, so that seeds see other rows.
const ROWS_BETWEEN_SEEDS: usize = 997;

impl Content {
    /// That of a workload; of its first stage, where it has stages.
    pub(super) fn of(workload: &Workload) -> Option<Self> {
        let arrivals = match &workload.source {
            Source::Users(Users { lengths, turns: Some(turns), .. }) => {
                return Some(Self::Sessions(lengths.clone(), turns.clone()));
            }
            Source::Sessions(Sessions { arrivals, turns, .. }) => {
                return Some(Self::Sessions(arrivals.lengths()?.clone(), turns.clone()));
            }
            Source::Users(users) => return Some(Self::Drawn(users.lengths.clone())),
            Source::Open(arrivals) => arrivals,
            Source::Stages(stages) => &stages.stages.first()?.0,
        };
        Some(match arrivals {
            Arrivals::Trace(source) => Self::Trace(source.clone()),
            drawn => Self::Drawn(drawn.lengths()?.clone()),
        })
    }

    /// So many users, who come one after another within `ramp`.
    pub(super) fn users(&self, base: &Workload, users: u32, ramp: SimDuration, place: usize) -> Workload {
        let mut workload = bare(base);
        match self {
            Self::Drawn(lengths) | Self::Sessions(lengths, _) => {
                let turns = match self {
                    Self::Sessions(_, turns) => Some(turns.clone()),
                    _ => None,
                };
                let users = vec![(SimDuration::ZERO, users)];
                let (think, lengths) = (Dist::Constant(0.0), lengths.clone());
                workload.source = Source::Users(Users { users, ramp, think, lengths, turns });
            }
            Self::Trace(trace) => {
                let step = ramp.as_ps() / u64::from(users.max(1));
                let users = u64::from(users);
                let at = move |index: u64| SimDuration::from_ps(step * index.min(users));
                workload.client.max_in_flight = Some(u32::try_from(users).unwrap_or(u32::MAX).max(1));
                workload.source = Source::Open(Arrivals::Trace(rows(trace, place, move || at)));
            }
        }
        workload
    }

    /// So many requests per second; `None` where that is no rate.
    pub(super) fn rate(&self, base: &Workload, rate: f64, seed: u64, place: usize) -> Option<Workload> {
        let mut workload = bare(base);
        let poisson = |rate: f64, lengths: &Lengths| {
            Some(Arrivals::Poisson(Rate::constant(rate).ok()?, lengths.clone()))
        };
        workload.source = match self {
            Self::Drawn(lengths) => Source::Open(poisson(rate, lengths)?),
            // Turns follow each other without a pause, and all of them count as requests.
            Self::Sessions(lengths, turns) => Source::Sessions(Sessions {
                arrivals: poisson(rate / turns.turns.mean().max(1.0), lengths)?,
                think: Dist::Constant(0.0),
                turns: turns.clone(),
            }),
            Self::Trace(trace) => {
                let gap = Dist::Exponential { mean: 1.0 / rate };
                let clock = move || {
                    let mut stream = random::stream(seed, "knee/arrivals", 0);
                    let (gap, mut at) = (gap.clone(), 0.0);
                    move |_| {
                        at += gap.sample(&mut stream);
                        SimDuration::from_secs_f64(at)
                    }
                };
                Source::Open(Arrivals::Trace(rows(trace, place, clock)))
            }
        };
        Some(workload)
    }
}

/// The workload from the start of the run to its end, without a cap of its own.
fn bare(base: &Workload) -> Workload {
    let mut workload = base.clone();
    workload.from = SimDuration::ZERO;
    (workload.until, workload.requests) = (None, None);
    workload.client.max_in_flight = None;
    workload.client.cancel_at_end = false;
    workload
}

/// The rows of a trace in their order, over and over, at the times of a clock that is asked for each row in turn.
fn rows<C>(trace: &TraceSource, place: usize, clock: impl Fn() -> C + Send + Sync + 'static) -> TraceSource
where
    C: FnMut(u64) -> SimDuration + Send + 'static,
{
    let trace = trace.clone();
    TraceSource::new(move |seed| {
        let again = trace.clone();
        let mut rows: TraceRows = trace.open(seed)?;
        let mut is_fresh = true;
        let endless = std::iter::from_fn(move || {
            loop {
                match rows.next() {
                    // A trace without rows has none the second time.
                    None if is_fresh => return None,
                    None => match again.open(seed) {
                        Ok(from_the_beginning) => (rows, is_fresh) = (from_the_beginning, true),
                        Err(error) => return Some(Err(error)),
                    },
                    row => {
                        is_fresh = false;
                        return row;
                    }
                }
            }
        });
        let mut clock = clock();
        let timed = endless.skip(place * ROWS_BETWEEN_SEEDS).zip(0..);
        let timed = timed.map(move |(row, index)| row.map(|row| TraceRow { at: clock(index), ..row }));
        Ok(Box::new(timed) as TraceRows)
    })
}
