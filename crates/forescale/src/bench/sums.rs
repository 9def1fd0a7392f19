//! What the loops leave behind.

/// Counts and sums over all requests that finished: enough for means, and for two loops to be compared to the picosecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Requests that finished.
    pub requests: u64,
    /// Requests that ended otherwise.
    pub lost: u64,
    /// Their output tokens.
    pub tokens: u64,
    /// Arrival to first token, in picoseconds.
    pub ttft_ps: u128,
    /// Arrival to last token, in picoseconds.
    pub e2e_ps: u128,
}

impl Sums {
    /// Mean time to first token, in seconds.
    pub fn mean_ttft(&self) -> f64 {
        seconds(self.ttft_ps, self.requests)
    }

    /// Mean time between the tokens of a request, over tokens, in seconds.
    pub fn mean_itl(&self) -> f64 {
        seconds(self.e2e_ps.saturating_sub(self.ttft_ps), self.tokens.saturating_sub(self.requests))
    }

    /// Mean time from arrival to last token, in seconds.
    pub fn mean_e2e(&self) -> f64 {
        seconds(self.e2e_ps, self.requests)
    }
}

fn seconds(ps: u128, count: u64) -> f64 {
    ps as f64 / 1e12 / count.max(1) as f64
}
