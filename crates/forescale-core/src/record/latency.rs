//! Latencies, kept as streaming summaries.

use forescale_kernel::SimDuration;
use hdrhistogram::Histogram;

/// A distribution of durations: exact count and mean, quantiles within 0.1 % (and a microsecond).
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
    sum_ps: u128,
}

/// Simulated time ends after 1.8e13 microseconds.
const LONGEST_US: u64 = 20_000_000_000_000;

impl Default for Latency {
    #[expect(clippy::expect_used, reason = "the bounds are constants within the histogram's range")]
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constant bounds");
        Self { histogram, sum_ps: 0 }
    }
}

impl Latency {
    /// Takes in `count` equal durations.
    pub(crate) fn record(&mut self, span: SimDuration, count: u64) {
        let us = (span.as_ps() + 500_000) / 1_000_000;
        self.histogram.saturating_record_n(us, count);
        self.sum_ps += u128::from(span.as_ps()) * u128::from(count);
    }

    /// How many durations were taken in.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The mean in seconds, exact; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.sum_ps as f64 / 1e12 / self.count() as f64)
    }

    /// The quantile in seconds, `q` from 0 to 1; `None` of nothing.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        (self.count() > 0).then(|| self.histogram.value_at_quantile(q) as f64 / 1e6)
    }

    /// The greatest duration in seconds; `None` of nothing.
    pub fn max(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.histogram.max() as f64 / 1e6)
    }

    /// How many durations were at most `seconds`, within the histogram's resolution.
    pub fn count_within(&self, seconds: f64) -> u64 {
        // The cast saturates.
        self.histogram.count_between(0, (seconds * 1e6).round() as u64)
    }
}
