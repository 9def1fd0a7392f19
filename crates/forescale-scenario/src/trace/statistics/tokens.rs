//! Lengths of prompts or outputs: exact quantiles in bounded memory.

use std::collections::BTreeMap;

/// Lengths below this are counted one by one.
const EXACT: u32 = 1 << 20;
/// Longer ones are told apart to one part in a thousand: by their leading bits.
const LEADING_BITS: u32 = 11;

/// How often each length occurs. Grows with the greatest length, not with the number of rows.
#[derive(Clone, Debug, Default)]
pub struct TokenStatistics {
    exact: Vec<u64>,
    /// By the least length of each group, from [`EXACT`] on.
    coarse: BTreeMap<u32, u64>,
    count: u64,
    sum: u128,
    bounds: Option<(u32, u32)>,
}

impl TokenStatistics {
    pub(super) fn add(&mut self, tokens: u32) {
        self.count += 1;
        self.sum += u128::from(tokens);
        let (least, most) = self.bounds.unwrap_or((tokens, tokens));
        self.bounds = Some((least.min(tokens), most.max(tokens)));
        if tokens >= EXACT {
            let shift = u32::BITS - tokens.leading_zeros() - LEADING_BITS;
            *self.coarse.entry(tokens >> shift << shift).or_default() += 1;
            return;
        }
        let at = tokens as usize;
        if self.exact.len() <= at {
            self.exact.resize(at + 1, 0);
        }
        if let Some(count) = self.exact.get_mut(at) {
            *count += 1;
        }
    }

    /// The mean length; `None` without a row.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The least length.
    pub fn min(&self) -> Option<u32> {
        self.bounds.map(|(least, _)| least)
    }

    /// The greatest length.
    pub fn max(&self) -> Option<u32> {
        self.bounds.map(|(_, most)| most)
    }

    /// The quantile `q`, from 0 to 1, between two neighbouring lengths on the straight line; exact below 1,048,576 tokens, to one part in a
    /// thousand above. `None` without a row.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let place = q.clamp(0.0, 1.0) * last as f64;
        let below = place.floor() as u64;
        let (low, high) = (self.nth(below)?, self.nth((below + 1).min(last))?);
        Some(low + (high - low) * (place - below as f64))
    }

    /// How many lengths are in each tenth of a decade, from the least to the greatest: the least length of a range, the least above it, the
    /// count. Tenths without a whole number are not there.
    pub fn histogram(&self) -> Vec<(u32, u32, u64)> {
        let Some((least, most)) = self.bounds else { return Vec::new() };
        let mut edges: Vec<u32> =
            (0..=97).map(|tenth| 10_f64.powf(f64::from(tenth) / 10.0).ceil() as u32).collect();
        edges.dedup();
        let mut bins: Vec<(u32, u32, u64)> = edges.windows(2).map(|pair| (pair[0], pair[1], 0)).collect();
        let exact = (0u32..).zip(self.exact.iter().copied());
        let coarse = self.coarse.iter().map(|(tokens, count)| (*tokens, *count));
        for (tokens, count) in exact.chain(coarse).filter(|(_, count)| *count > 0) {
            let above = edges.partition_point(|edge| *edge <= tokens);
            if let Some(bin) = above.checked_sub(1).and_then(|index| bins.get_mut(index)) {
                bin.2 += count;
            }
        }
        bins.retain(|(from, until, _)| *until > least && *from <= most);
        bins
    }

    /// The length with so many lengths before it in order.
    fn nth(&self, number: u64) -> Option<f64> {
        let exact = (0u32..).zip(&self.exact);
        let coarse = self.coarse.iter().map(|(tokens, count)| (*tokens, count));
        let mut before = 0;
        for (tokens, count) in exact.chain(coarse) {
            before += count;
            if before > number {
                return Some(f64::from(tokens));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_lie_on_the_line_between_neighbours() {
        let mut tokens = TokenStatistics::default();
        assert_eq!((tokens.mean(), tokens.quantile(0.5), tokens.min()), (None, None, None));
        [10, 20, 30, 40].iter().for_each(|length| tokens.add(*length));
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|q| tokens.quantile(q).unwrap()), [10.0, 25.0, 38.5, 40.0]);
        assert_eq!((tokens.mean(), tokens.min(), tokens.max()), (Some(25.0), Some(10), Some(40)));
    }

    #[test]
    fn a_histogram_has_all_lengths_in_tenths_of_decades() {
        let mut tokens = TokenStatistics::default();
        assert_eq!(tokens.histogram(), []);
        [9, 10, 12, 13, 20, 5_000_000].iter().for_each(|length| tokens.add(*length));
        let bins = tokens.histogram();
        assert_eq!(bins[..3], [(8, 10, 1), (10, 13, 2), (13, 16, 1)]);
        assert!(bins.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!((bins.iter().map(|bin| bin.2).sum::<u64>(), bins.last().map(|bin| bin.2)), (6, Some(1)));
    }

    proptest! {
        #[test]
        fn lengths_are_right_to_a_thousandth(lengths in proptest::collection::vec(0..=u32::MAX, 1..40), q in 0.0..=1.0f64) {
            let mut tokens = TokenStatistics::default();
            lengths.iter().for_each(|length| tokens.add(*length));
            let mut sorted = lengths.clone();
            sorted.sort_unstable();
            let place = q * (sorted.len() - 1) as f64;
            let low = f64::from(sorted[place.floor() as usize]);
            let high = f64::from(sorted[place.ceil() as usize]);
            let found = tokens.quantile(q).unwrap();
            prop_assert!(found >= low * 0.998 - 1e-6 && found <= high * 1.001 + 1e-6, "{low} {found} {high}");
        }
    }
}
