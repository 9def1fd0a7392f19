//! A histogram with fixed buckets.

use crate::views::HistogramView;

/// Counts per bucket and the exact sum, as a Prometheus client keeps them; nothing overflows, it stays at its maximum.
///
/// A value belongs to the first bucket whose bound it does not exceed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    bounds: &'static [u64],
    /// Per bucket alone, the last one without a bound.
    counts: Box<[u64]>,
    sum: u128,
}

impl Histogram {
    /// Nothing observed yet. `bounds` ascend.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1].into(), sum: 0 }
    }

    /// One value.
    pub fn observe(&mut self, value: u64) {
        self.observe_n(value, 1);
    }

    /// `n` times one value.
    pub fn observe_n(&mut self, value: u64, n: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        self.add(bucket, n);
        self.sum = self.sum.saturating_add(u128::from(value) * u128::from(n));
    }

    /// The `steps` values `first`, `first + increment`, `first + 2 · increment`, …, each `weight` times. Costs as much as it touches
    /// buckets, however many steps there are.
    pub fn observe_run(&mut self, first: u64, increment: u64, steps: u64, weight: u64) {
        if steps == 0 || weight == 0 {
            return;
        }
        let mut bucket = self.bounds.partition_point(|bound| *bound < first);
        let mut seen = 0;
        while seen < steps {
            // All values up to the bound of this bucket.
            let end = match (self.bounds.get(bucket), increment) {
                (Some(bound), 1..) => ((bound - first) / increment).saturating_add(1).min(steps),
                _ => steps,
            };
            self.add(bucket, (end - seen).saturating_mul(weight));
            seen = end;
            bucket += 1;
        }
        let (first, increment) = (u128::from(first), u128::from(increment));
        let (steps, weight) = (u128::from(steps), u128::from(weight));
        // Of two neighbours one is even; the product has 127 bits at most.
        let pairs = steps * (steps - 1) / 2;
        let of_one = (first * steps).saturating_add(increment.saturating_mul(pairs));
        self.sum = self.sum.saturating_add(of_one.saturating_mul(weight));
    }

    /// As it stands.
    pub fn view(&self) -> HistogramView<'_> {
        HistogramView { bounds: self.bounds, counts: &self.counts, sum: self.sum }
    }

    fn add(&mut self, bucket: usize, n: u64) {
        if let Some(count) = self.counts.get_mut(bucket) {
            *count = count.saturating_add(n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static BOUNDS: [u64; 4] = [0, 3, 10, u64::MAX - 1];

    #[test]
    fn a_value_on_a_bound_is_below_it() {
        let mut histogram = Histogram::new(&BOUNDS);
        [0, 1, 3, 4, 10, 11, u64::MAX].into_iter().for_each(|value| histogram.observe(value));
        let view = histogram.view();
        assert_eq!(view.counts, [1, 2, 2, 1, 1]);
        assert_eq!((0..5).map(|bucket| view.at_most(bucket)).collect::<Vec<_>>(), [1, 3, 5, 6, 7]);
        assert_eq!((view.count(), view.sum), (7, 29 + u128::from(u64::MAX)));
    }

    #[test]
    fn too_much_stays_at_the_maximum() {
        let mut histogram = Histogram::new(&BOUNDS);
        for _ in 0..3 {
            histogram.observe_run(u64::MAX, u64::MAX, u64::MAX, u64::MAX);
            histogram.observe_n(5, u64::MAX);
        }
        assert_eq!(histogram.view().counts, [0, 0, u64::MAX, 0, u64::MAX]);
        assert_eq!((histogram.view().sum, histogram.view().count()), (u128::MAX, u64::MAX));
    }

    /// Small numbers meet the bounds, large ones the edge of 64 bits.
    fn any_number() -> impl Strategy<Value = u64> {
        prop_oneof![0u64..15, (u64::MAX - 15)..=u64::MAX, any::<u64>()]
    }

    proptest! {
        #[test]
        fn a_run_is_its_values_one_by_one(
            before in any_number(), first in any_number(), increment in any_number(), steps in 0u64..40,
            weight in prop_oneof![0u64..4, any_number()],
        ) {
            let mut run = Histogram::new(&BOUNDS);
            run.observe(before);
            let mut loops = run.clone();
            run.observe_run(first, increment, steps, weight);
            for step in 0..steps {
                let value = u128::from(first) + u128::from(step) * u128::from(increment);
                let bucket = BOUNDS.partition_point(|bound| u128::from(*bound) < value);
                loops.counts[bucket] = loops.counts[bucket].saturating_add(weight);
                loops.sum = loops.sum.saturating_add(value.saturating_mul(weight.into()));
            }
            prop_assert_eq!(&run, &loops);
            let mut values = Histogram::new(&BOUNDS);
            values.observe(before);
            let fits = |step| u64::try_from(u128::from(first) + u128::from(step) * u128::from(increment)).ok();
            if let Some(all) = (0..steps).map(fits).collect::<Option<Vec<u64>>>() {
                all.into_iter().for_each(|value| values.observe_n(value, weight));
                prop_assert_eq!(&run, &values);
            }
        }
    }
}
