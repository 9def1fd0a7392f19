//! Latencies, kept as streaming summaries.

use forescale_kernel::SimDuration;
use hdrhistogram::Histogram;

/// A distribution of durations: exact count, mean and maximum, quantiles within 0.1 % (and a microsecond).
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
    sum_ps: u128,
    max: SimDuration,
}

/// Simulated time ends after 1.8e13 microseconds.
const LONGEST_US: u64 = 20_000_000_000_000;

impl Default for Latency {
    #[expect(clippy::expect_used, reason = "the bounds are constants within the histogram's range")]
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constant bounds");
        Self { histogram, sum_ps: 0, max: SimDuration::ZERO }
    }
}

impl Latency {
    /// Takes in `count` equal durations.
    pub fn record(&mut self, span: SimDuration, count: u64) {
        if count == 0 {
            return;
        }
        self.histogram.saturating_record_n(microseconds(span.as_ps()), count);
        self.sum_ps += u128::from(span.as_ps()) * u128::from(count);
        self.max = self.max.max(span);
    }

    /// Takes in all that another has: as if each of its durations had come here. The order does not matter.
    pub fn merge(&mut self, other: &Self) {
        let added = self.histogram.add(&other.histogram);
        debug_assert!(added.is_ok(), "all histograms have the same bounds");
        self.sum_ps += other.sum_ps;
        self.max = self.max.max(other.max);
    }

    /// Takes in the durations `first`, `first + increment`, …, `steps` of them, each `count` times.
    pub(crate) fn record_run(&mut self, first: SimDuration, increment: SimDuration, steps: u64, count: u64) {
        let Some(last) = steps.checked_sub(1) else { return };
        if last == 0 {
            return self.record(first, count);
        }
        if count == 0 {
            return;
        }
        let (first, increment) = (first.as_ps(), increment.as_ps());
        let term = |index: u64| first.saturating_add(increment.saturating_mul(index));
        let mut index = 0;
        while index < steps {
            // All that fall into the same place of the histogram are counted at once.
            let us = microseconds(term(index));
            let least_above =
                self.histogram.next_non_equivalent(us).saturating_mul(1_000_000).saturating_sub(500_000);
            let room = least_above.saturating_sub(term(index)).saturating_sub(1);
            let more = room.checked_div(increment).unwrap_or(u64::MAX).min(last - index);
            self.histogram.saturating_record_n(us, count.saturating_mul(more + 1));
            index += more + 1;
        }
        let pairs = u128::from(steps) * u128::from(last) / 2;
        let sum = u128::from(first) * u128::from(steps) + u128::from(increment) * pairs;
        self.sum_ps += sum * u128::from(count);
        self.max = self.max.max(SimDuration::from_ps(term(last)));
    }

    /// How many durations were taken in.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The mean in seconds, exact; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.sum_ps as f64 / 1e12 / self.count() as f64)
    }

    /// The quantile in seconds, `q` from 0 to 1: the smallest value that at least this share does not pass; `None` of nothing.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.at_rank(rank(q, self.count()))
    }

    /// The rank of a quantile among what was taken in, `q` from 0 to 1: `q · count` rounded up, at least 1, at most the count.
    pub fn rank(&self, q: f64) -> u64 {
        rank(q, self.count()).min(self.count())
    }

    /// The value of this rank in seconds, 1 for the least; `None` where there are fewer values.
    pub(super) fn at_rank(&self, rank: u64) -> Option<f64> {
        // Half a rank less keeps the rounding inside the histogram on the right side.
        let share = (rank as f64 - 0.5) / self.count() as f64;
        let value = || (self.histogram.value_at_quantile(share) as f64 / 1e6).min(self.max.as_secs_f64());
        (1..=self.count()).contains(&rank).then(value)
    }

    /// The greatest duration in seconds, exact; `None` of nothing.
    pub fn max(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.max.as_secs_f64())
    }

    /// The sum of all durations in picoseconds.
    pub(super) const fn sum_ps(&self) -> u128 {
        self.sum_ps
    }
}

/// A few durations, kept one by one, with the quantiles that [`Latency`] would give.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    values: Vec<SimDuration>,
    /// Stays empty; knows which microseconds are one to it.
    scale: Latency,
}

impl Sample {
    pub(super) fn push(&mut self, span: SimDuration) {
        self.values.push(span);
    }

    /// As [`Latency::quantile`].
    pub(super) fn quantile(&mut self, q: f64) -> Option<f64> {
        let place = usize::try_from(rank(q, self.values.len() as u64)).ok()?.checked_sub(1)?;
        let max = *self.values.iter().max()?;
        if place >= self.values.len() {
            return None;
        }
        let (_, value, _) = self.values.select_nth_unstable(place);
        let us = self.scale.histogram.highest_equivalent(microseconds(value.as_ps()));
        Some((us as f64 / 1e6).min(max.as_secs_f64()))
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.values.clear();
    }
}

/// The nearest whole microsecond.
fn microseconds(ps: u64) -> u64 {
    ps.saturating_add(500_000) / 1_000_000
}

/// The rank of a quantile among `count` values: `q · count` rounded up, at least 1.
///
/// A share such as 0.999 is not exact in binary; a part in 10¹² less keeps a whole product whole.
pub(super) fn rank(q: f64, count: u64) -> u64 {
    ((q * count as f64 * (1.0 - 1e-12)).ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_run_is_its_durations_one_by_one(
            first in 0u64..50_000_000_000,
            increment in 0u64..30_000_000,
            steps in 0u64..300,
            count in 0u64..4,
        ) {
            let (mut run, mut each) = (Latency::default(), Latency::default());
            run.record_run(SimDuration::from_ps(first), SimDuration::from_ps(increment), steps, count);
            (0..steps).for_each(|step| each.record(SimDuration::from_ps(first + increment * step), count));
            proptest::prop_assert_eq!(&run.histogram, &each.histogram);
            proptest::prop_assert_eq!((run.sum_ps, run.max), (each.sum_ps, each.max));
        }
    }

    proptest::proptest! {
        #[test]
        fn merged_is_as_if_taken_in_here(
            spans in proptest::collection::vec((0u64..1 << 44, 1u64..5, proptest::bool::ANY), 0..60),
        ) {
            let (mut whole, mut parts) = (Latency::default(), [Latency::default(), Latency::default()]);
            for (ps, count, side) in spans {
                whole.record(SimDuration::from_ps(ps), count);
                parts[usize::from(side)].record(SimDuration::from_ps(ps), count);
            }
            let [mut first, second] = parts;
            first.merge(&second);
            proptest::prop_assert_eq!(&first.histogram, &whole.histogram);
            proptest::prop_assert_eq!((first.sum_ps, first.max), (whole.sum_ps, whole.max));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_sample_has_the_quantiles_of_the_histogram(
            spans in proptest::collection::vec(0u64..1 << 44, 0..60), q in 0.0f64..1.0,
        ) {
            let (mut sample, mut latency) = (Sample::default(), Latency::default());
            for span in spans.into_iter().map(SimDuration::from_ps) {
                sample.push(span);
                latency.record(span, 1);
            }
            for q in [q, 0.5, 0.99, 1.0] {
                proptest::prop_assert_eq!(sample.quantile(q), latency.quantile(q));
            }
        }
    }

    #[test]
    fn ranks_of_whole_products_are_not_rounded_up() {
        assert_eq!(
            [rank(99.9 / 100.0, 1000), rank(0.5, 29), rank(0.99, 100), rank(0.0, 7)],
            [999, 15, 99, 1]
        );
        let mut latency = Latency::default();
        for us in 1..=29 {
            latency.record(SimDuration::from_us(us), 1);
        }
        assert_eq!(latency.quantile(0.5), Some(15e-6));
        latency.record(SimDuration::from_secs(37), 1);
        assert_eq!([latency.max(), latency.quantile(1.0)], [Some(37.0); 2]);
        assert_eq!([latency.at_rank(29), latency.at_rank(31), latency.at_rank(0)], [Some(29e-6), None, None]);
    }
}
