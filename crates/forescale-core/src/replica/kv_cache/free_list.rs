//! The order in which free blocks are taken.

use super::BlockId;

/// The null block closes the ring: its next is the front, its previous the tail.
const NULL: BlockId = 0;

/// A double-ended list of the blocks 1 to `usable` from whose middle blocks can be removed.
#[derive(Clone, Debug)]
pub(super) struct FreeList {
    /// Previous and next of each block; meaningless for one that is not in the list.
    links: Vec<(BlockId, BlockId)>,
    len: u32,
}

impl FreeList {
    /// All blocks, in the order of their numbers.
    pub(super) fn new(usable: u32) -> Self {
        let next = |block: u32| if block == usable { NULL } else { block + 1 };
        let previous = |block: u32| if block == NULL { usable } else { block - 1 };
        Self { links: (0..=usable).map(|block| (previous(block), next(block))).collect(), len: usable }
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn pop_front(&mut self) -> Option<BlockId> {
        let front = self.next(NULL);
        (front != NULL).then(|| {
            self.remove(front);
            front
        })
    }

    pub(super) fn push_back(&mut self, block: BlockId) {
        let tail = self.links.get(NULL as usize).map_or(NULL, |links| links.0);
        self.insert_after(tail, block);
    }

    /// Puts a block to the front, behind those of its group that `last_of_group` ends; the null block for none.
    pub(super) fn push_front(&mut self, last_of_group: BlockId, block: BlockId) {
        self.insert_after(last_of_group, block);
    }

    /// Takes a block that is in the list out of it.
    pub(super) fn remove(&mut self, block: BlockId) {
        let Some(&(previous, next)) = self.links.get(block as usize) else { return };
        self.set_next(previous, next);
        self.set_previous(next, previous);
        self.len -= 1;
    }

    fn insert_after(&mut self, previous: BlockId, block: BlockId) {
        let next = self.next(previous);
        self.set_next(previous, block);
        self.set_previous(next, block);
        self.set_next(block, next);
        self.set_previous(block, previous);
        self.len += 1;
    }

    fn next(&self, block: BlockId) -> BlockId {
        self.links.get(block as usize).map_or(NULL, |links| links.1)
    }

    fn set_next(&mut self, block: BlockId, next: BlockId) {
        if let Some(links) = self.links.get_mut(block as usize) {
            links.1 = next;
        }
    }

    fn set_previous(&mut self, block: BlockId, previous: BlockId) {
        if let Some(links) = self.links.get_mut(block as usize) {
            links.0 = previous;
        }
    }

    /// The blocks from the front to the tail, for checks.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = BlockId> + '_ {
        std::iter::successors(Some(self.next(NULL)), |block| Some(self.next(*block)))
            .take_while(|block| *block != NULL)
    }
}
