//! A trace as a run meets it: a window of it, at a rate of its own.

use super::requests::{TraceFile, TraceRequest, TraceRequests};
use forescale_core::demand::{TraceError, TraceRow, TraceRows, TraceSource};
use forescale_kernel::SimDuration;

/// How a trace is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// Arrival times are divided by this; above 0.
    pub rate_scale: f64,
    /// Only rows from the first instant up to the second, counted from the first row; the replay starts at the first.
    pub window: Option<(SimDuration, SimDuration)>,
}

impl Default for Replay {
    /// The whole trace as it was.
    fn default() -> Self {
        Self { rate_scale: 1.0, window: None }
    }
}

/// A trace file that each run opens anew.
pub(crate) fn source(file: TraceFile, replay: Replay) -> TraceSource {
    TraceSource::new(move || {
        let rows = Replayed::new(file.open()?, replay).map(|request| {
            let TraceRequest { at, prompt_tokens, output_tokens, hash_ids: _ } = request?;
            Ok(TraceRow { at, prompt_tokens, output_tokens })
        });
        Ok(Box::new(rows) as TraceRows)
    })
}

/// The requests of a window, at another rate.
pub struct Replayed {
    requests: TraceRequests,
    replay: Replay,
}

impl Replayed {
    /// The requests as `replay` says.
    pub fn new(requests: TraceRequests, replay: Replay) -> Self {
        Self { requests, replay }
    }

    /// The trace under it, with what it knows of itself.
    pub fn requests(&self) -> &TraceRequests {
        &self.requests
    }
}

impl Iterator for Replayed {
    type Item = Result<TraceRequest, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (from, until) = self.replay.window.unwrap_or((SimDuration::ZERO, SimDuration::MAX));
        loop {
            let request = match self.requests.next()? {
                Ok(request) => request,
                Err(error) => return Some(Err(error)),
            };
            if request.at >= until {
                return None;
            }
            if request.at >= from {
                let since = request.at.saturating_sub(from);
                let at = match self.replay.rate_scale {
                    1.0 => since,
                    scale => SimDuration::from_secs_f64(since.as_secs_f64() / scale),
                };
                return Some(Ok(TraceRequest { at, ..request }));
            }
        }
    }
}
