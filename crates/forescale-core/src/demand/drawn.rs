//! Requests of an arrival process with drawn lengths.

use super::rate::{Rate, RateClock};
use super::workload::Lengths;
use forescale_kernel::SimTime;
use forescale_kernel::random::Stream;
use rand_distr::{Distribution, Exp1};

/// A request before it has a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) at: SimTime,
    pub(super) prompt_tokens: u32,
    pub(super) output_tokens: u32,
}

/// Draws one request after the other.
pub(super) struct Drawn {
    clock: RateClock,
    /// The integral of the rate at the last arrival.
    area: f64,
    /// `None` draws equal gaps.
    gaps: Option<Stream>,
    lengths: Lengths,
    prompt_tokens: Stream,
    output_tokens: Stream,
}

impl Drawn {
    /// Requests from `from` on at `rate`; with equal gaps where there is no stream of `gaps`. `stream` has the streams by their purpose.
    pub(super) fn new(
        rate: &Rate,
        from: SimTime,
        gaps: Option<Stream>,
        lengths: &Lengths,
        stream: impl Fn(&str) -> Stream,
    ) -> Self {
        Self {
            clock: RateClock::new(rate.clone(), from),
            area: 0.0,
            gaps,
            lengths: *lengths,
            prompt_tokens: stream("prompt_tokens"),
            output_tokens: stream("output_tokens"),
        }
    }

    /// The next one; `None` once there are no more.
    pub(super) fn next(&mut self) -> Option<Arrival> {
        self.area += match &mut self.gaps {
            Some(stream) => Exp1.sample(stream),
            None => 1.0,
        };
        Some(Arrival {
            at: self.clock.when(self.area)?,
            prompt_tokens: self.lengths.prompt_tokens.sample_tokens(&mut self.prompt_tokens),
            output_tokens: self.lengths.output_tokens.sample_tokens(&mut self.output_tokens),
        })
    }
}
