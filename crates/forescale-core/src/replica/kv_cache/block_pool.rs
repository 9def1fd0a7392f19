//! The blocks with their holders, and the order in which they are taken.

use super::BlockId;
use super::free_list::FreeList;
use super::prefix_cache::PrefixCache;
use crate::content::BlockHash;

/// vLLM's block pool: a block that nobody holds is free, whatever it still caches.
#[derive(Clone, Debug)]
pub(super) struct BlockPool {
    free: FreeList,
    /// How many requests hold each block.
    references: Vec<u32>,
    cache: PrefixCache,
}

impl BlockPool {
    /// The blocks 1 to `usable`, all free, in this order.
    pub(super) fn new(usable: u32) -> Self {
        Self {
            free: FreeList::new(usable),
            references: vec![0; usable as usize + 1],
            cache: PrefixCache::new(usable),
        }
    }

    pub(super) fn num_free(&self) -> u32 {
        self.free.len()
    }

    /// The oldest block with this content.
    pub(super) fn cached(&self, hash: &BlockHash) -> Option<BlockId> {
        self.cache.get(hash)
    }

    pub(super) fn is_free(&self, block: BlockId) -> bool {
        self.references.get(block as usize) == Some(&0)
    }

    /// The front of the free blocks, for one request; what it cached is gone.
    pub(super) fn take(&mut self) -> Option<BlockId> {
        let block = self.free.pop_front()?;
        self.cache.remove(block);
        self.references[block as usize] = 1;
        Some(block)
    }

    /// One more request holds a cached block.
    pub(super) fn touch(&mut self, block: BlockId) {
        if self.is_free(block) {
            self.free.remove(block);
        }
        self.references[block as usize] += 1;
    }

    /// The block holds this content from now on.
    pub(super) fn cache(&mut self, block: BlockId, hash: BlockHash) {
        self.cache.insert(block, hash);
    }

    /// A request that held these lets them go, the last first. Those that nobody holds then are free: with a hash at the tail in
    /// this order, so that the end of a sequence is evicted before its beginning; without one at the front, as a group in this order.
    pub(super) fn free(&mut self, blocks: &[BlockId]) {
        let mut last_of_group = 0;
        for &block in blocks.iter().rev() {
            let references = &mut self.references[block as usize];
            *references -= 1;
            if *references > 0 {
                continue;
            }
            if self.cache.is_cached(block) {
                self.free.push_back(block);
            } else {
                self.free.push_front(last_of_group, block);
                last_of_group = block;
            }
        }
    }

    /// The free blocks from the front to the tail, for checks.
    #[cfg(test)]
    pub(super) fn free_blocks(&self) -> Vec<BlockId> {
        self.free.iter().collect()
    }

    /// How many requests hold a block, for checks.
    #[cfg(test)]
    pub(super) fn references(&self, block: BlockId) -> u32 {
        self.references[block as usize]
    }

    /// How many hashes lead to a block, for checks.
    #[cfg(test)]
    pub(super) fn num_hashes(&self) -> usize {
        self.cache.num_hashes()
    }
}
