//! What a trace is like: rate, burstiness, lengths. Memory stays the same, however many rows there are.

mod counts;
mod moments;
mod rates;
mod stamps;
mod tokens;

pub use counts::CountStatistics;
pub use rates::{RateBin, Rates};
pub use stamps::Stamps;
pub use tokens::TokenStatistics;

use super::requests::TraceRequest;
use forescale_kernel::SimDuration;
use moments::{Moments, Pairs};

/// Statistics of requests in order of time.
#[derive(Clone, Debug)]
pub struct TraceStatistics {
    rows: u64,
    last: SimDuration,
    gaps: Moments,
    pairs: Pairs,
    /// Requests per 1 s, 15 s and 60 s.
    pub counts: [CountStatistics; 3],
    /// Lengths of prompts.
    pub prompt_tokens: TokenStatistics,
    /// Lengths of outputs.
    pub output_tokens: TokenStatistics,
    /// How finely requests are stamped.
    pub stamps: Stamps,
    /// Requests and tokens over time.
    pub rates: Rates,
    /// Rows that carry hash ids.
    hashed: u64,
    /// Rows of an access log that do not say how long the request is.
    without_tokens: u64,
}

impl Default for TraceStatistics {
    fn default() -> Self {
        Self {
            rows: 0,
            last: SimDuration::ZERO,
            gaps: Moments::default(),
            pairs: Pairs::default(),
            counts: [1, 15, 60].map(|s| CountStatistics::new(SimDuration::from_secs(s))),
            prompt_tokens: TokenStatistics::default(),
            output_tokens: TokenStatistics::default(),
            stamps: Stamps::default(),
            rates: Rates::default(),
            hashed: 0,
            without_tokens: 0,
        }
    }
}

impl TraceStatistics {
    /// Takes in a request, not before the one before it.
    pub fn add(&mut self, request: &TraceRequest) {
        let (prompt, output) = (request.prompt_tokens, request.output_tokens);
        if self.rows > 0 {
            self.gaps.add(request.at.saturating_sub(self.last).as_secs_f64());
        }
        self.rows += 1;
        self.last = request.at;
        self.hashed += u64::from(!request.hash_ids.is_empty());
        self.counts.iter_mut().for_each(|counts| counts.add(request.at));
        if prompt > 0 && output > 0 {
            self.pairs.add(f64::from(prompt), f64::from(output));
        } else {
            self.without_tokens += 1;
        }
        [(&mut self.prompt_tokens, prompt), (&mut self.output_tokens, output)]
            .into_iter()
            .filter(|(_, tokens)| *tokens > 0)
            .for_each(|(statistics, tokens)| statistics.add(tokens));
        self.stamps.add(request.at);
        self.rates.add(request.at, prompt, output);
    }

    /// How many requests there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many of them carry hash ids of their prompts' blocks.
    pub fn rows_with_hash_ids(&self) -> u64 {
        self.hashed
    }

    /// How many of them, of an access log, do not say how long they are.
    pub fn rows_without_tokens(&self) -> u64 {
        self.without_tokens
    }

    /// From the first request to the last.
    pub fn duration(&self) -> SimDuration {
        self.last
    }

    /// Requests per second; `None` where the trace has no duration.
    pub fn rate(&self) -> Option<f64> {
        let seconds = self.last.as_secs_f64();
        (seconds > 0.0).then(|| self.rows as f64 / seconds)
    }

    /// Standard deviation over mean of the gaps between requests, which is 1 for a Poisson process; `None` where there is no gap.
    pub fn gap_cv(&self) -> Option<f64> {
        let mean = self.gaps.mean().filter(|mean| *mean > 0.0)?;
        self.gaps.variance().map(|variance| variance.sqrt() / mean)
    }

    /// Correlation of prompt and output lengths; `None` where one of both is always the same.
    pub fn correlation(&self) -> Option<f64> {
        self.pairs.correlation()
    }
}
