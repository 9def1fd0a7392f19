//! Which block holds which content.

use super::BlockId;
use crate::content::BlockHash;
use rustc_hash::FxHashMap;

/// Stands for "none" in links: the null block is never cached.
const NONE: BlockId = 0;

/// From hashes to the blocks that carry them. The same content may sit in several; the oldest is the one that is found.
#[derive(Clone, Debug)]
pub(super) struct PrefixCache {
    /// The oldest and the newest block of each hash.
    by_hash: FxHashMap<BlockHash, (BlockId, BlockId)>,
    by_block: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    hash: Option<BlockHash>,
    /// Neighbours among the blocks with the same hash.
    older: BlockId,
    newer: BlockId,
}

impl PrefixCache {
    /// Nothing cached in the blocks 1 to `usable`.
    pub(super) fn new(usable: u32) -> Self {
        Self { by_hash: FxHashMap::default(), by_block: vec![Entry::default(); usable as usize + 1] }
    }

    /// The oldest block with this content.
    pub(super) fn get(&self, hash: &BlockHash) -> Option<BlockId> {
        self.by_hash.get(hash).map(|blocks| blocks.0)
    }

    pub(super) fn is_cached(&self, block: BlockId) -> bool {
        self.by_block.get(block as usize).is_some_and(|entry| entry.hash.is_some())
    }

    /// The block holds this content from now on; one that carries a hash keeps it.
    pub(super) fn insert(&mut self, block: BlockId, hash: BlockHash) {
        if self.is_cached(block) || block as usize >= self.by_block.len() {
            return;
        }
        let (_, newest) = self.by_hash.entry(hash).or_insert((block, NONE));
        let older = std::mem::replace(newest, block);
        self.by_block[block as usize] = Entry { hash: Some(hash), older, newer: NONE };
        if older != NONE {
            self.by_block[older as usize].newer = block;
        }
    }

    /// The block is taken for something else.
    pub(super) fn remove(&mut self, block: BlockId) {
        let Some(entry) = self.by_block.get_mut(block as usize).map(std::mem::take) else { return };
        let Some(hash) = entry.hash else { return };
        if entry.older != NONE {
            self.by_block[entry.older as usize].newer = entry.newer;
        }
        if entry.newer != NONE {
            self.by_block[entry.newer as usize].older = entry.older;
        }
        if entry.older == NONE && entry.newer == NONE {
            self.by_hash.remove(&hash);
        } else if let Some(blocks) = self.by_hash.get_mut(&hash) {
            if blocks.0 == block {
                blocks.0 = entry.newer;
            }
            if blocks.1 == block {
                blocks.1 = entry.older;
            }
        }
    }

    /// How many hashes lead to a block, for checks.
    #[cfg(test)]
    pub(super) fn num_hashes(&self) -> usize {
        self.by_hash.len()
    }
}
