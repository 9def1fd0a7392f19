//! Sessions: people who come, hold a conversation, and go.

use super::drawn::{Arrival, Streams};
use super::open::Open;
use super::trace::TraceError;
use super::workload::{Lengths, Sessions};
use forescale_kernel::random::Stream;
use forescale_kernel::{SimDuration, SimTime, Timers};
use std::collections::BTreeMap;

/// The sessions of a workload.
pub(super) struct SessionLoop {
    config: Sessions,
    starts: Open,
    stream: Streams,
    begun: u64,
    /// Those that are under way.
    open: BTreeMap<u64, Draws>,
    /// Who asks next, and when.
    ready: Timers<u64>,
}

/// A session's own streams, so that the answers to others change nothing in what it asks.
struct Draws {
    think: Stream,
    prompt_tokens: Stream,
    output_tokens: Stream,
}

impl SessionLoop {
    /// The sessions that begin at the arrivals of `starts`, of which each brings its first turn. `stream` has the random streams by purpose and session.
    pub(super) fn new(
        config: &Sessions,
        starts: Open,
        stream: impl Fn(&str, u64) -> Stream + Send + 'static,
    ) -> Self {
        Self {
            config: config.clone(),
            starts,
            stream: Box::new(stream),
            begun: 0,
            open: BTreeMap::new(),
            ready: Timers::default(),
        }
    }

    /// When the next request is due.
    pub(super) fn next_at(&self) -> Option<SimTime> {
        [self.ready.next(), self.starts.next_at()].into_iter().flatten().min()
    }

    /// What is due by `now`, and in which session: a further turn before a new session.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on.
    pub(super) fn take(&mut self, now: SimTime) -> Result<Option<(u64, Arrival)>, TraceError> {
        while let Some((at, session)) = self.ready.pop_due(now) {
            let Some(draws) = self.open.get_mut(&session) else { continue };
            let Some(lengths) = self.config.arrivals.lengths() else { break };
            let Lengths { prompt_tokens, output_tokens } = lengths;
            let arrival = Arrival {
                at,
                prompt_tokens: prompt_tokens.sample_tokens(&mut draws.prompt_tokens),
                output_tokens: output_tokens.sample_tokens(&mut draws.output_tokens),
                hash_ids: None,
            };
            return Ok(Some((session, arrival)));
        }
        let Some(first) = self.starts.take()? else { return Ok(None) };
        let session = self.begun;
        self.begun += 1;
        let stream = |purpose: &str| (self.stream)(purpose, session);
        let draws = Draws {
            think: stream("think"),
            prompt_tokens: stream("turn_prompt_tokens"),
            output_tokens: stream("turn_output_tokens"),
        };
        self.open.insert(session, draws);
        Ok(Some((session, first)))
    }

    /// What a session asked has ended for good.
    pub(super) fn ended(&mut self, now: SimTime, session: u64, goes_on: bool) {
        if !goes_on {
            self.open.remove(&session);
        } else if let Some(draws) = self.open.get_mut(&session) {
            let thought = SimDuration::from_secs_f64(self.config.think.sample(&mut draws.think));
            self.ready.set(session, now + thought);
        }
    }
}
