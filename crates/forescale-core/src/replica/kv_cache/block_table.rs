//! The blocks that one request holds.

use super::BlockId;

/// A request's blocks, in the order of its tokens.
#[derive(Clone, Debug, Default)]
pub(in crate::replica) struct BlockTable {
    len: u32,
    /// How many of them, from the first on, carry a hash.
    hashed: u32,
    /// Which they are; empty while blocks are only counted.
    ids: Vec<BlockId>,
}

impl BlockTable {
    pub(in crate::replica) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn ids(&self) -> &[BlockId] {
        &self.ids
    }

    pub(in crate::replica) fn hashed(&self) -> u32 {
        self.hashed
    }

    pub(super) fn set_hashed(&mut self, hashed: u32) {
        self.hashed = hashed;
    }

    pub(super) fn push_named(&mut self, block: BlockId) {
        self.ids.push(block);
        self.len += 1;
    }

    pub(super) fn push_counted(&mut self, blocks: u32) {
        self.len += blocks;
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.hashed = 0;
        self.ids.clear();
    }
}
