//! The KV cache as the scheduler sees it: blocks for the tokens that it schedules, and what earlier requests left in them.

mod block_pool;
mod block_table;
mod free_list;
mod prefix_cache;
#[cfg(test)]
mod tests;

pub(super) use block_table::BlockTable;

use crate::content::BlockChain;
use block_pool::BlockPool;

/// A block's number; 0 is the null block, which is never used.
type BlockId = u32;

/// What a waiting request would find in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hit {
    /// Blocks of its beginning that are there.
    pub(super) blocks: u32,
    /// How many of them nobody holds: they are among the free ones, and would leave them.
    pub(super) unreferenced: u32,
}

/// `vllm:kv_cache_usage_perc`: the share of the usable blocks that requests hold, 0 to 1; 0 where there are none (`BlockPool.get_usage`,
/// vLLM 0.33).
pub(super) fn kv_cache_usage(free_blocks: u32, usable_blocks: u32) -> f64 {
    if usable_blocks == 0 {
        return 0.0;
    }
    1.0 - f64::from(free_blocks) / f64::from(usable_blocks)
}

/// vLLM's KV cache manager for one group of full attention.
///
/// With prefix caching off the identity of a block has no effect, so blocks are a count.
#[derive(Clone, Debug)]
pub(super) struct KvCacheManager {
    block_size: u32,
    max_model_len: u32,
    usable: u32,
    blocks: Blocks,
}

#[derive(Clone, Debug)]
enum Blocks {
    /// So many are free.
    Counted(u32),
    Named(BlockPool),
}

impl KvCacheManager {
    /// `num_gpu_blocks` counts the null block.
    pub(super) fn new(
        num_gpu_blocks: u32,
        block_size: u32,
        max_model_len: u32,
        enable_prefix_caching: bool,
    ) -> Self {
        let usable = num_gpu_blocks.saturating_sub(1);
        let blocks = match enable_prefix_caching {
            true => Blocks::Named(BlockPool::new(usable)),
            false => Blocks::Counted(usable),
        };
        Self { block_size: block_size.max(1), max_model_len, usable, blocks }
    }

    pub(super) fn block_size(&self) -> u32 {
        self.block_size
    }

    pub(super) fn caches_prefixes(&self) -> bool {
        matches!(self.blocks, Blocks::Named(_))
    }

    /// Blocks that a request could take now; those that are cached and that nobody holds are among them.
    pub(super) fn num_free_blocks(&self) -> u32 {
        match &self.blocks {
            Blocks::Counted(free) => *free,
            Blocks::Named(pool) => pool.num_free(),
        }
    }

    /// Blocks that requests hold.
    pub(super) fn num_used_blocks(&self) -> u32 {
        self.usable - self.num_free_blocks()
    }

    /// Share of the usable blocks that requests hold, 0 to 1.
    pub(super) fn usage(&self) -> f64 {
        kv_cache_usage(self.num_free_blocks(), self.usable)
    }

    /// Blocks that hold so many tokens of one request.
    pub(super) fn blocks_for(&self, tokens: u32) -> u32 {
        tokens.min(self.max_model_len).div_ceil(self.block_size)
    }

    /// How much of a request with `num_tokens` known tokens is cached, from its beginning on; at least its last token is left to compute.
    pub(super) fn find_longest_hit(&self, chain: &BlockChain, num_tokens: u32) -> Hit {
        let mut hit = Hit::default();
        let Blocks::Named(pool) = &self.blocks else { return hit };
        let most = num_tokens.saturating_sub(1) / self.block_size;
        for hash in chain.hashes().iter().take(most as usize) {
            let Some(block) = pool.cached(hash) else { break };
            hit.blocks += 1;
            hit.unreferenced += u32::from(pool.is_free(block));
        }
        hit
    }

    /// Gives a request that holds nothing the blocks of its hit.
    pub(super) fn take_hit(&mut self, table: &mut BlockTable, chain: &BlockChain, hit: Hit) {
        let Blocks::Named(pool) = &mut self.blocks else { return };
        for hash in chain.hashes().iter().take(hit.blocks as usize) {
            let Some(block) = pool.cached(hash) else { break };
            pool.touch(block);
            table.push_named(block);
        }
        table.set_hashed(table.len());
    }

    /// Gives a request the blocks that it lacks for its first `tokens` tokens; `false`, and nothing, where too few are free.
    pub(super) fn allocate(&mut self, table: &mut BlockTable, tokens: u32) -> bool {
        let wanted = self.blocks_for(tokens).saturating_sub(table.len());
        if wanted > self.num_free_blocks() {
            return false;
        }
        match &mut self.blocks {
            Blocks::Counted(free) => {
                *free -= wanted;
                table.push_counted(wanted);
            }
            Blocks::Named(pool) => {
                (0..wanted).filter_map(|_| pool.take()).for_each(|block| table.push_named(block))
            }
        }
        true
    }

    /// From now on others find the request's full blocks up to its token `tokens`.
    pub(super) fn cache_blocks(&mut self, table: &mut BlockTable, chain: &BlockChain, tokens: u32) {
        let Blocks::Named(pool) = &mut self.blocks else { return };
        let full = (tokens / self.block_size) as usize;
        let known = table.ids().iter().zip(chain.hashes()).take(full);
        let mut hashed = table.hashed();
        for (block, hash) in known.skip(hashed as usize) {
            pool.cache(*block, *hash);
            hashed += 1;
        }
        table.set_hashed(hashed);
    }

    /// Takes all blocks from a request, its last first.
    pub(super) fn free(&mut self, table: &mut BlockTable) {
        match &mut self.blocks {
            Blocks::Counted(free) => *free += table.len(),
            Blocks::Named(pool) => pool.free(table.ids()),
        }
        table.clear();
    }
}
