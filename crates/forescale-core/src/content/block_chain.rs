//! What a block of tokens holds, as a hash over all tokens from the beginning of its prompt.

use super::{Segment, TokenStream};

/// Identity of a block and everything before it. 128 bits: that two contents meet in one is not to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockHash([u64; 2]);

impl BlockHash {
    /// Before the first token.
    const ROOT: Self = Self([0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344]);

    /// The hash after one more word, each lane a multiplication of all bits by an odd constant folded upon itself.
    fn with(self, word: u64) -> Self {
        let fold = |lane: u64, odd: u64| {
            let product = u128::from(lane ^ word).wrapping_mul(u128::from(odd) << 1 | 1);
            let folded = (product >> 64) as u64 ^ product as u64;
            folded.rotate_left(23).wrapping_add(lane)
        };
        Self([fold(self.0[0], 0x9e37_79b9_7f4a_7c15), fold(self.0[1], 0xc2b2_ae3d_27d4_eb4f)])
    }

    fn with_segment(self, segment: Segment) -> Self {
        let (kind, number) = match segment.stream {
            TokenStream::Prompt(request) => (0, request.0),
            TokenStream::Output(request) => (1, request.0),
            TokenStream::Shared(workload, number) => (2 + u64::from(workload.0), number),
        };
        let place = u64::from(segment.start) << 32 | u64::from(segment.len);
        self.with(kind).with(number).with(place)
    }
}

/// The hashes of a text's full blocks, made as its tokens become known.
#[derive(Clone, Debug)]
pub struct BlockChain {
    block_size: u32,
    hashes: Vec<BlockHash>,
    /// The last full block and the ended runs of the one that fills.
    state: BlockHash,
    /// Tokens of the block that fills.
    filled: u32,
    /// The run of consecutive tokens at its end.
    run: Option<Segment>,
}

impl BlockChain {
    /// No tokens yet; so many are a block, at least 1.
    pub fn new(block_size: u32) -> Self {
        Self {
            block_size: block_size.max(1),
            hashes: Vec::new(),
            state: BlockHash::ROOT,
            filled: 0,
            run: None,
        }
    }

    /// No tokens yet, of a text that is different from those with other seeds.
    pub fn seeded(block_size: u32, seed: u64) -> Self {
        let chain = Self::new(block_size);
        Self { state: chain.state.with(seed), ..chain }
    }

    /// The hash of the block that fills, if it has a token.
    pub fn partial(&self) -> Option<BlockHash> {
        self.run.map(|run| self.state.with_segment(run))
    }

    /// The hashes of the full blocks.
    pub fn hashes(&self) -> &[BlockHash] {
        &self.hashes
    }

    /// The text goes on with these tokens. How they are cut into segments makes no difference.
    pub fn push(&mut self, mut segment: Segment) {
        while segment.len > 0 {
            let taken = segment.len.min(self.block_size - self.filled);
            match &mut self.run {
                Some(run)
                    if run.stream == segment.stream
                        && run.start.checked_add(run.len) == Some(segment.start) =>
                {
                    run.len += taken;
                }
                run => {
                    let next = Segment { len: taken, ..segment };
                    if let Some(ended) = run.replace(next) {
                        self.state = self.state.with_segment(ended);
                    }
                }
            }
            segment.start = segment.start.saturating_add(taken);
            segment.len -= taken;
            self.filled += taken;
            if self.filled == self.block_size {
                if let Some(ended) = self.run.take() {
                    self.state = self.state.with_segment(ended);
                }
                self.hashes.push(self.state);
                self.filled = 0;
            }
        }
    }
}
