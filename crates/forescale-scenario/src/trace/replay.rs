//! A trace as a run meets it: a window of it, at a rate of its own, thinned, repeated.

use super::format::TraceFormat;
use super::lines::nowhere;
use super::requests::{TraceFile, TraceRequest, TraceRequests};
use forescale_core::demand::{HashIds, Lengths, TraceDefect, TraceError, TraceRow, TraceRows, TraceSource};
use forescale_core::dist::Dist;
use forescale_kernel::SimDuration;
use forescale_kernel::random::{self, Stream};
use rand::RngExt;

/// How a trace is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// Arrival times are divided by this; above 0.
    pub rate_scale: f64,
    /// Only rows from the first instant up to the second, counted from the first row; the replay starts at the first.
    pub window: Option<(SimDuration, SimDuration)>,
    /// The share of requests that stays, drawn for each by itself; above 0, at most 1.
    pub thin: f64,
    /// For so long the window is sent again and again, and no longer. A round is as long as the window, or, where the trace ends before
    /// that, up to its last request and a mean gap. A trace of one instant is not repeated.
    pub repeat: Option<SimDuration>,
}

impl Default for Replay {
    /// The whole trace as it was.
    fn default() -> Self {
        Self { rate_scale: 1.0, window: None, thin: 1.0, repeat: None }
    }
}

/// A trace file that each run of a workload of this name opens anew. Lengths that the file does not say are drawn.
pub(crate) fn source(file: TraceFile, replay: Replay, lengths: Option<Lengths>, name: &str) -> TraceSource {
    let name = name.to_owned();
    TraceSource::new(move |seed| {
        let stream = |purpose: &str| random::stream(seed, &format!("workload.{name}/{purpose}"), 0);
        let (mut prompts, mut outputs) = (stream("prompt_tokens"), stream("output_tokens"));
        let (lengths, path) = (lengths.clone(), file.path.clone());
        let block_tokens = file.format.and_then(TraceFormat::block_tokens);
        let rows = Replayed::open(file.clone(), replay, stream("thin"))?.map(move |request| {
            let TraceRequest { at, prompt_tokens, output_tokens, hash_ids } = request?;
            let drawn = |tokens: u32, dist: Option<&Dist>, stream: &mut Stream| match (tokens, dist) {
                (0, Some(dist)) => Ok(dist.sample_tokens(stream)),
                (0, None) => Err(nowhere(&path, TraceDefect::Row, NO_LENGTHS.to_owned())),
                (tokens, _) => Ok(tokens),
            };
            let lengths = lengths.as_ref();
            let prompt_tokens = drawn(prompt_tokens, lengths.map(|of| &of.prompt_tokens), &mut prompts)?;
            let output_tokens = drawn(output_tokens, lengths.map(|of| &of.output_tokens), &mut outputs)?;
            let hash_ids =
                block_tokens.filter(|_| !hash_ids.is_empty()).map(|tokens| HashIds::new(tokens, hash_ids));
            Ok(TraceRow { at, prompt_tokens, output_tokens, hash_ids })
        });
        Ok(Box::new(rows) as TraceRows)
    })
}

/// What is wrong where neither the log nor the workload says how long requests are.
pub(crate) const NO_LENGTHS: &str =
    "this log does not say how long a request is; the workload's `prompt_tokens` and `output_tokens` would";

/// The requests of a window, at another rate.
pub struct Replayed {
    file: TraceFile,
    requests: TraceRequests,
    /// The first round, once another one is read.
    first: Option<TraceRequests>,
    replay: Replay,
    random: Stream,
    /// When the current round begins, in times of the trace.
    offset: SimDuration,
    /// Rows of the current round, and when the first and the last of them arrived after its start.
    round: (u64, SimDuration, SimDuration),
    is_over: bool,
}

impl Replayed {
    /// Opens a file; `random` draws which requests stay.
    ///
    /// # Errors
    /// A [`TraceError`] where the file cannot be read, or its header is another one.
    pub fn open(file: TraceFile, replay: Replay, random: Stream) -> Result<Self, TraceError> {
        let requests = file.open()?;
        let (offset, round) = (SimDuration::ZERO, (0, SimDuration::ZERO, SimDuration::ZERO));
        Ok(Self { file, requests, first: None, replay, random, offset, round, is_over: false })
    }

    /// The trace under it, with what it knows of itself.
    pub fn requests(&self) -> &TraceRequests {
        self.first.as_ref().unwrap_or(&self.requests)
    }

    /// Goes back to the start of the window; false where the replay is over. `is_cut` says that the window ended before the trace.
    fn again(&mut self, is_cut: bool) -> Result<bool, TraceError> {
        let (rows, first, last) = self.round;
        let span = last.saturating_sub(first).as_ps();
        let length = match self.replay.window.filter(|_| is_cut) {
            Some((from, until)) => until.saturating_sub(from),
            None => last + SimDuration::from_ps(span.checked_div(rows.saturating_sub(1)).unwrap_or(0)),
        };
        if self.replay.repeat.is_none() || rows == 0 || length.is_zero() {
            return Ok(false);
        }
        if !self.file.path.is_file() {
            let message = "a pipe can be read only once, so it cannot be repeated".to_owned();
            return Err(nowhere(&self.file.path, TraceDefect::Unreadable, message));
        }
        let read = std::mem::replace(&mut self.requests, self.file.open()?);
        self.first.get_or_insert(read);
        self.offset += length;
        self.round = (0, SimDuration::ZERO, SimDuration::ZERO);
        Ok(true)
    }

    /// The instant of a request that arrived so long after the start of the window; `None` beyond the end of the replay.
    fn when(&mut self, since: SimDuration) -> Option<SimDuration> {
        let (rows, first, _) = self.round;
        self.round = (rows + 1, if rows == 0 { since } else { first }, since);
        let since = self.offset + since;
        let at = match self.replay.rate_scale {
            1.0 => since,
            scale => SimDuration::from_secs_f64(since.as_secs_f64() / scale),
        };
        self.replay.repeat.is_none_or(|end| at < end).then_some(at)
    }
}

impl Iterator for Replayed {
    type Item = Result<TraceRequest, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (from, until) = self.replay.window.unwrap_or((SimDuration::ZERO, SimDuration::MAX));
        while !self.is_over {
            let request = match self.requests.next() {
                Some(Ok(request)) => Some(request).filter(|request| request.at < until).ok_or(true),
                Some(Err(error)) => return Some(Err(error)),
                None => Err(false),
            };
            let request = match request {
                Ok(request) => request,
                Err(is_cut) => match self.again(is_cut) {
                    Ok(is_on) => {
                        self.is_over = !is_on;
                        continue;
                    }
                    Err(error) => return Some(Err(error)),
                },
            };
            if request.at < from {
                continue;
            }
            let Some(at) = self.when(request.at.saturating_sub(from)) else {
                self.is_over = true;
                continue;
            };
            if self.replay.thin >= 1.0 || self.random.random::<f64>() < self.replay.thin {
                return Some(Ok(TraceRequest { at, ..request }));
            }
        }
        None
    }
}
