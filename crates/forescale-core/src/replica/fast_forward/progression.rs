//! Spans that grow evenly: the durations of decode steps while the batch stays the same.

/// The spans `first`, `first + increment`, `first + 2·increment`, … in picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::replica) struct Progression {
    pub(in crate::replica) first: u64,
    pub(in crate::replica) increment: u64,
}

impl Progression {
    /// The span of this index, counted from 0.
    pub(in crate::replica) fn term(self, index: u64) -> u64 {
        self.first.saturating_add(self.increment.saturating_mul(index))
    }

    /// The first `count` spans together: `count·first + increment·count·(count − 1)/2`.
    pub(in crate::replica) fn sum(self, count: u64) -> u64 {
        // Seconds, growing by milliseconds, for tens of thousands of steps: no product leaves 64 bits.
        if count < 1 << 16 && self.first < 1 << 46 && self.increment < 1 << 31 {
            return self.first * count + self.increment * (count * count.saturating_sub(1) / 2);
        }
        let pairs = u128::from(count) * u128::from(count.saturating_sub(1)) / 2;
        let grown = u128::from(self.increment).saturating_mul(pairs);
        let sum = (u128::from(self.first) * u128::from(count)).saturating_add(grown);
        u64::try_from(sum).unwrap_or(u64::MAX)
    }

    /// How many of the first `most` spans fit into `span` one after the other.
    pub(in crate::replica) fn count_within(self, span: u64, most: u64) -> u64 {
        if most == 0 || self.first > span {
            return 0;
        }
        if self.sum(most) <= span {
            return most;
        }
        // The root of the quadratic, close enough for a step or two to put it right.
        let (first, increment, span_f) = (self.first as f64, self.increment as f64, span as f64);
        let root = if self.increment == 0 {
            span_f / first.max(1.0)
        } else {
            let half = first - increment / 2.0;
            // The same as (−half + √…)/increment without its cancellation.
            2.0 * span_f / (half + (half * half + 2.0 * increment * span_f).sqrt())
        };
        let mut count = (root as u64).min(most);
        while self.sum(count) > span {
            count -= 1;
        }
        while count < most && self.sum(count + 1) <= span {
            count += 1;
        }
        count
    }

    /// The same spans without the first `count`.
    pub(in crate::replica) fn skip(self, count: u64) -> Self {
        Self { first: self.term(count), increment: self.increment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn closed_forms_are_the_loop(first in 0u64..50, increment in 0u64..9, most in 0u64..60, span in 0u64..4000) {
            let spans = Progression { first, increment };
            let (mut sum, mut fitting) = (0, 0);
            for index in 0..most {
                prop_assert_eq!(spans.sum(index), sum);
                prop_assert_eq!(spans.skip(index).first, first + increment * index);
                sum += spans.term(index);
                fitting += u64::from(sum <= span);
            }
            prop_assert_eq!(spans.count_within(span, most), fitting);
        }

        #[test]
        fn the_count_is_exact_at_any_size(first in 1u64..1 << 40, increment in 0u64..1 << 24, span: u64, most in 0u64..1 << 24) {
            let spans = Progression { first, increment };
            let count = spans.count_within(span, most);
            prop_assert!(count <= most && (count == 0 || spans.sum(count) <= span));
            prop_assert!(count == most || spans.sum(count + 1) > span);
        }
    }
}
