//! Requests that come when they come, whatever becomes of those before.

use super::arrivals::{FixedCount, Gap, Instants};
use super::drawn::{Arrival, Drawn};
use super::rate::{Rate, RateClock};
use super::trace::{TraceDefect, TraceError, TraceRows};
use super::workload::{Arrivals, Lengths};
use forescale_kernel::SimTime;
use forescale_kernel::random::Stream;

/// An open source: its next request is known beforehand.
pub(super) struct Open {
    from: SimTime,
    until: SimTime,
    process: Process,
    last: SimTime,
    next: Option<Arrival>,
}

/// Boxed, since the two kinds differ much in size.
enum Process {
    Drawn(Box<Drawn>),
    Trace(TraceRows),
}

impl Open {
    /// The requests of `arrivals` from `from` on that come before `until`. `stream` has the random streams of the run with
    /// this seed by their purpose.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be opened or its first row is wrong.
    pub(super) fn new(
        arrivals: &Arrivals,
        seed: u64,
        from: SimTime,
        until: SimTime,
        stream: impl Fn(&str) -> Stream,
    ) -> Result<Self, TraceError> {
        let gaps = || stream("arrivals");
        let clock = |rate: &Rate| RateClock::new(rate.pieces(), from);
        let drawn = |instants: Instants, lengths: &Lengths| {
            Process::Drawn(Box::new(Drawn::new(instants, lengths, &stream)))
        };
        let renewal =
            |gap: Gap, clock: RateClock, lengths: &Lengths| drawn(Instants::renewal(gap, clock), lengths);
        let process = match arrivals {
            Arrivals::Constant(rate, lengths) => renewal(Gap::Equal, clock(rate), lengths),
            Arrivals::Poisson(rate, lengths) => renewal(Gap::Exponential(gaps()), clock(rate), lengths),
            Arrivals::Gamma(rate, cv, lengths) => renewal(Gap::gamma(*cv, gaps()), clock(rate), lengths),
            Arrivals::Weibull(rate, cv, lengths) => renewal(Gap::weibull(*cv, gaps()), clock(rate), lengths),
            Arrivals::Mmpp(rate, modulation, lengths) => {
                let pieces = modulation.pieces(rate.pieces(), stream("states"));
                renewal(Gap::Exponential(gaps()), RateClock::new(pieces, from), lengths)
            }
            Arrivals::FixedCount(rate, cv, lengths) => {
                let fixed = FixedCount::new(rate.pieces(), from, until.since(from), *cv, gaps());
                drawn(Instants::FixedCount(fixed), lengths)
            }
            Arrivals::Trace(source) => Process::Trace(source.open(seed)?),
        };
        let mut open = Self { from, until, process, last: SimTime::ZERO, next: None };
        open.advance()?;
        Ok(open)
    }

    /// When the next request is due; `None` once there are no more.
    pub(super) fn next_at(&self) -> Option<SimTime> {
        self.next.as_ref().map(|next| next.at)
    }

    /// Takes the next request.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on.
    pub(super) fn take(&mut self) -> Result<Option<Arrival>, TraceError> {
        let next = self.next.take();
        if next.is_some() {
            self.advance()?;
        }
        Ok(next)
    }

    fn advance(&mut self) -> Result<(), TraceError> {
        let next = match &mut self.process {
            Process::Drawn(drawn) => drawn.next(),
            Process::Trace(rows) => {
                let row = rows.next().transpose()?;
                row.map(|row| Arrival {
                    at: self.from + row.at,
                    prompt_tokens: row.prompt_tokens,
                    output_tokens: row.output_tokens,
                    hash_ids: row.hash_ids,
                })
            }
        };
        if next.as_ref().is_some_and(|arrival| arrival.at < self.last) {
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
        self.last = next.as_ref().map_or(self.last, |arrival| arrival.at);
        self.next = next.filter(|arrival| arrival.at < self.until);
        Ok(())
    }
}
