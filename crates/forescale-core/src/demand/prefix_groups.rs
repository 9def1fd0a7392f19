//! Groups of requests whose prompts begin alike.

use super::drawn::Streams;
use super::workload::PrefixGroups;
use crate::content::{Prefix, Segment, TokenStream};
use crate::ids::WorkloadId;
use forescale_kernel::random::Stream;
use rand::RngExt;
use rand_distr::{Distribution, Zipf};

/// The groups of a workload, with the prefixes of those that were drawn already.
pub(super) struct Groups {
    workload: WorkloadId,
    config: PrefixGroups,
    /// Draws the group; `None` where all are alike.
    zipf: Option<Zipf<f64>>,
    random: Stream,
    stream: Streams,
    prefixes: Vec<Option<Prefix>>,
}

impl Groups {
    /// `stream` has the random streams by purpose and entity.
    pub(super) fn new(
        workload: WorkloadId,
        config: &PrefixGroups,
        stream: impl Fn(&str, u64) -> Stream + Send + 'static,
    ) -> Self {
        let zipf = Zipf::new(f64::from(config.groups), config.zipf).ok().filter(|_| config.zipf > 0.0);
        Self {
            workload,
            config: config.clone(),
            zipf,
            random: stream("prefix_group", 0),
            stream: Box::new(stream),
            prefixes: vec![None; config.groups as usize],
        }
    }

    /// The prefix of one more request.
    pub(super) fn draw(&mut self) -> Prefix {
        let group = match &self.zipf {
            // Ranks are whole numbers from 1 on.
            Some(zipf) => zipf.sample(&mut self.random) as usize - 1,
            None => self.random.random_range(0..self.prefixes.len().max(1)),
        };
        let Some(slot) = self.prefixes.get_mut(group) else { return Prefix::default() };
        let prefix = slot.get_or_insert_with(|| {
            let stream = TokenStream::Shared(self.workload, group as u64);
            let len = self.config.tokens.sample_tokens(&mut (self.stream)("prefix_tokens", group as u64));
            Prefix::new(&[Segment { stream, start: 0, len }])
        });
        prefix.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Dist;
    use forescale_kernel::random;
    use std::collections::BTreeMap;

    fn drawn(zipf: f64) -> Vec<(u32, f64)> {
        let tokens = Dist::Uniform { min: 10.0, max: 1000.0 };
        let config = PrefixGroups { groups: 4, tokens, zipf };
        let mut groups =
            Groups::new(WorkloadId(2), &config, |purpose, entity| random::stream(1, purpose, entity));
        let mut counts: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
        for _ in 0..40_000 {
            let prefix = groups.draw();
            let [Segment { stream: TokenStream::Shared(WorkloadId(2), group), start: 0, len }] =
                *prefix.segments()
            else {
                panic!("{prefix:?}")
            };
            let (known, count) = counts.entry(group).or_insert((len, 0));
            assert_eq!(*known, len, "a group has one prefix");
            *count += 1;
        }
        counts.into_values().map(|(len, count)| (len, f64::from(count) / 40_000.0)).collect()
    }

    /// Zipf's law with exponent 1 over four ranks: 12, 6, 4 and 3 of 25.
    #[test]
    fn groups_are_drawn_by_zipfs_law() {
        for (zipf, shares) in [(0.0, [0.25; 4]), (1.0, [0.48, 0.24, 0.16, 0.12])] {
            let drawn = drawn(zipf);
            assert!(
                drawn.iter().zip(shares).all(|((_, is), wanted)| (is - wanted).abs() < 0.01),
                "{drawn:?}"
            );
            assert!(drawn[0].0 != drawn[1].0, "each group draws its own length");
        }
    }
}
