//! The sequences that decode one token in every batch, as sums.

/// All of them together: how many they are, what they hold in context, when they need their next KV blocks.
///
/// A sequence that completes its prompt of `known` tokens in batch `p` has `known + (b − p)` tokens computed after batch `b`. So
/// `offset = known − p` is all that has to be known of it, and sums over offsets say what any later batch costs.
#[derive(Clone, Debug)]
pub(super) struct Decoders {
    block_size: u64,
    count: u32,
    /// The sum of the offsets.
    offsets: i64,
    /// How many of them take a block in the batches of each residue modulo the block size.
    residues: Vec<u32>,
}

impl Decoders {
    pub(super) fn new(block_size: u32) -> Self {
        let block_size = block_size.max(1);
        Self { block_size: block_size.into(), count: 0, offsets: 0, residues: vec![0; block_size as usize] }
    }

    pub(super) fn add(&mut self, offset: i64) {
        let residue = self.residue(offset);
        self.count += 1;
        self.offsets = self.offsets.wrapping_add(offset);
        self.residues[residue] += 1;
    }

    pub(super) fn remove(&mut self, offset: i64) {
        let residue = self.residue(offset);
        self.count -= 1;
        self.offsets = self.offsets.wrapping_sub(offset);
        self.residues[residue] -= 1;
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Tokens in context of batch `batch`, its own included.
    pub(super) fn context(&self, batch: u64) -> u64 {
        (self.offsets as u64).wrapping_add(batch.wrapping_mul(self.count.into()))
    }

    /// KV blocks that batch `batch` takes: those of sequences for which it computes the first token of a block.
    pub(super) fn blocks(&self, batch: u64) -> u32 {
        self.residues[(batch % self.block_size) as usize]
    }

    /// KV blocks that the `count` batches from `batch` on take.
    pub(super) fn blocks_of_run(&self, batch: u64, count: u64) -> u64 {
        blocks_of_run(&self.residues, self.count, batch, count)
    }

    /// How many of the `most` batches from `batch` on find blocks among `free` ones.
    pub(super) fn batches_within(&self, batch: u64, free: u32, most: u64) -> u64 {
        let (each, mut left) = (u64::from(self.count), u64::from(free));
        if each == 0 || each.saturating_mul(most / self.block_size + 1) <= left {
            return most;
        }
        let rounds = left / each;
        let mut batches = (rounds * self.block_size).min(most);
        left -= self.blocks_of_run(batch, batches).min(left);
        while batches < most {
            let Some(rest) = left.checked_sub(self.blocks(batch + batches).into()) else { break };
            left = rest;
            batches += 1;
        }
        batches
    }

    pub(super) fn residues(&self) -> &[u32] {
        &self.residues
    }

    /// The computed tokens of such a sequence after batch `b` are `offset + b`; it needs a block when that is 1 modulo the block size.
    fn residue(&self, offset: i64) -> usize {
        (1_i64.wrapping_sub(offset)).rem_euclid(self.block_size as i64) as usize
    }
}

/// KV blocks that the `count` batches from `batch` on take, by residues of `each` sequences.
pub(in crate::replica) fn blocks_of_run(residues: &[u32], each: u32, batch: u64, count: u64) -> u64 {
    let size = residues.len().max(1) as u64;
    let (rounds, rest, first) = (count / size, count % size, batch % size);
    // Beyond the rounds a stretch from `first` on, which may go on at the beginning.
    let (front, back) = residues.split_at((first as usize).min(residues.len()));
    let rest = back.iter().chain(front).take(rest as usize).map(|blocks| u64::from(*blocks));
    rounds * u64::from(each) + rest.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_what_each_sequence_needs(
            block_size in 1u32..20,
            sequences in proptest::collection::vec((1u64..200, 0u64..150), 0..12),
            first in 150u64..300,
            count in 0u64..90,
            free in 0u32..60,
        ) {
            let mut decoders = Decoders::new(block_size);
            for (known, completed_in) in &sequences {
                decoders.add(*known as i64 - *completed_in as i64);
            }
            // One that comes and goes leaves no trace.
            decoders.add(3 - 77);
            decoders.remove(3 - 77);
            let computed = |batch: u64| sequences.iter().map(move |(known, p)| known + batch - p);
            let taken = |batch: u64| computed(batch).filter(|c| (c - 1) % u64::from(block_size) == 0).count() as u64;
            let (mut blocks, mut within) = (0, 0);
            for batch in first..first + count {
                prop_assert_eq!(decoders.context(batch), computed(batch).sum::<u64>());
                prop_assert_eq!(u64::from(decoders.blocks(batch)), taken(batch));
                blocks += taken(batch);
                within += u64::from(blocks <= u64::from(free));
                prop_assert_eq!(decoders.blocks_of_run(first, batch + 1 - first), blocks);
            }
            prop_assert_eq!(decoders.batches_within(first, free, count), within);
        }
    }
}
