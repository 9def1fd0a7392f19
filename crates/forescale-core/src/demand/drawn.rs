//! Requests of an arrival process with drawn lengths.

use super::arrivals::Instants;
use super::trace::HashIds;
use super::workload::Lengths;
use forescale_kernel::SimTime;
use forescale_kernel::random::Stream;

/// Gives the random stream of a purpose and an entity.
pub(super) type Streams = Box<dyn Fn(&str, u64) -> Stream + Send>;

/// A request before it has a number.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) at: SimTime,
    /// Prompt tokens; those of a prefix or of earlier turns are not among them.
    pub(super) prompt_tokens: u32,
    pub(super) output_tokens: u32,
    /// What its whole prompt consists of, where a trace knows.
    pub(super) hash_ids: Option<HashIds>,
}

/// Draws one request after the other.
pub(super) struct Drawn {
    instants: Instants,
    last: SimTime,
    lengths: Lengths,
    prompt_tokens: Stream,
    output_tokens: Stream,
}

impl Drawn {
    /// Requests at `instants`. `stream` has the streams by their purpose.
    pub(super) fn new(instants: Instants, lengths: &Lengths, stream: impl Fn(&str) -> Stream) -> Self {
        Self {
            instants,
            last: SimTime::ZERO,
            lengths: lengths.clone(),
            prompt_tokens: stream("prompt_tokens"),
            output_tokens: stream("output_tokens"),
        }
    }

    /// The next one; `None` once there are no more.
    pub(super) fn next(&mut self) -> Option<Arrival> {
        // Where a rate is steep, its inverse may step back by a rounding.
        self.last = self.instants.next()?.max(self.last);
        Some(Arrival {
            at: self.last,
            prompt_tokens: self.lengths.prompt_tokens.sample_tokens(&mut self.prompt_tokens),
            output_tokens: self.lengths.output_tokens.sample_tokens(&mut self.output_tokens),
            hash_ids: None,
        })
    }
}
