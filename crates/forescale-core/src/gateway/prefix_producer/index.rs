//! Which pods were sent which blocks of prompts.

use crate::content::BlockHash;
use crate::ids::PodId;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The index of `approx-prefix-cache-producer`: for each block the pods that are believed to cache it, and for each pod its blocks in order of
/// use, of which it forgets the oldest.
///
/// Only an insertion makes a block young again. As in the EPP, a prompt with more blocks than a pod may have leaves its first blocks
/// listed though the pod has forgotten them; nothing takes them off the list until the pod has and forgets them anew.
#[derive(Clone, Debug, Default)]
pub(super) struct PrefixIndex {
    pods_of: FxHashMap<BlockHash, Vec<PodId>>,
    recent: FxHashMap<PodId, Recent>,
}

/// The blocks of a pod in order of use.
#[derive(Clone, Debug)]
struct Recent {
    capacity: usize,
    clock: u64,
    by_age: BTreeMap<u64, BlockHash>,
    ages: FxHashMap<BlockHash, u64>,
}

impl PrefixIndex {
    /// The pods that are believed to cache a block; none twice.
    pub(super) fn pods(&self, block: &BlockHash) -> &[PodId] {
        self.pods_of.get(block).map_or(&[], Vec::as_slice)
    }

    /// A pod is sent a prompt of these blocks; `capacity` is how many it may have, if it has none yet.
    pub(super) fn insert(&mut self, pod: PodId, blocks: &[BlockHash], capacity: usize) {
        let recent = self.recent.entry(pod).or_insert_with(|| Recent::new(capacity));
        for block in blocks {
            if let Some(forgotten) = recent.insert(*block) {
                unlist(&mut self.pods_of, &forgotten, pod);
            }
        }
        for block in blocks {
            let pods = self.pods_of.entry(*block).or_default();
            if !pods.contains(&pod) {
                pods.push(pod);
            }
        }
    }

    /// Forgets what a pod has.
    pub(super) fn remove(&mut self, pod: PodId) {
        let Some(recent) = self.recent.remove(&pod) else { return };
        for block in recent.by_age.values() {
            unlist(&mut self.pods_of, block, pod);
        }
    }

    /// How many blocks a pod has.
    pub(super) fn len(&self, pod: PodId) -> usize {
        self.recent.get(&pod).map_or(0, |recent| recent.ages.len())
    }
}

/// Takes a pod off the list of a block.
fn unlist(pods_of: &mut FxHashMap<BlockHash, Vec<PodId>>, block: &BlockHash, pod: PodId) {
    let Some(pods) = pods_of.get_mut(block) else { return };
    pods.retain(|listed| *listed != pod);
    if pods.is_empty() {
        pods_of.remove(block);
    }
}

impl Recent {
    fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), clock: 0, by_age: BTreeMap::new(), ages: FxHashMap::default() }
    }

    /// The block is the youngest now. Returns which one is forgotten for it.
    fn insert(&mut self, block: BlockHash) -> Option<BlockHash> {
        self.clock += 1;
        if let Some(age) = self.ages.insert(block, self.clock) {
            self.by_age.remove(&age);
        }
        self.by_age.insert(self.clock, block);
        if self.by_age.len() <= self.capacity {
            return None;
        }
        let (_, oldest) = self.by_age.pop_first()?;
        self.ages.remove(&oldest);
        Some(oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{BlockChain, Segment, TokenStream};
    use crate::ids::WorkloadId;

    /// The hashes of a text of so many blocks.
    fn blocks(text: u64, count: u32) -> Vec<BlockHash> {
        let mut chain = BlockChain::new(4);
        chain.push(Segment { stream: TokenStream::Shared(WorkloadId(0), text), start: 0, len: 4 * count });
        chain.hashes().to_vec()
    }

    #[test]
    fn a_pod_forgets_its_oldest_blocks() {
        let mut index = PrefixIndex::default();
        let (old, new) = (blocks(1, 2), blocks(2, 2));
        index.insert(PodId(0), &old, 3);
        index.insert(PodId(1), &old, 3);
        index.insert(PodId(0), &new, 3);
        assert_eq!(index.pods(&old[0]), [PodId(1)]);
        assert_eq!(index.pods(&old[1]), [PodId(0), PodId(1)]);
        assert_eq!((index.len(PodId(0)), index.len(PodId(1))), (3, 2));
        index.remove(PodId(1));
        assert!(index.pods(&old[0]).is_empty() && index.len(PodId(1)) == 0);
    }

    /// The recorded EPP lists all blocks of a prompt after it has forgotten the first of them.
    #[test]
    fn a_prompt_beyond_the_capacity_leaves_its_beginning_listed() {
        let mut index = PrefixIndex::default();
        let long = blocks(1, 5);
        index.insert(PodId(0), &long, 3);
        assert!(long.iter().all(|block| index.pods(block) == [PodId(0)]));
        assert_eq!(index.len(PodId(0)), 3);
        index.remove(PodId(0));
        assert_eq!(
            long.iter().filter(|block| !index.pods(block).is_empty()).count(),
            2,
            "they stay for ever"
        );
    }
}
