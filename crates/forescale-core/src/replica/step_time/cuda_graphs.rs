//! The batch sizes that an engine has captured as CUDA graphs, and pads to.

use super::StepLoad;
use std::sync::Arc;

/// The sizes of captured CUDA graphs, in tokens; a batch is padded to the next one that it fits, and computes for as long as that.
///
/// A batch of decodes alone takes a full graph, or a piecewise one where none is large enough; any other batch a piecewise one. Above
/// the largest size nothing is padded. Padding costs what tokens cost, not what their context does: rows of a decode batch are padded
/// with sequences without context, other batches with prompt tokens without attention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CudaGraphs {
    full: Arc<[u32]>,
    piecewise: Arc<[u32]>,
}

impl CudaGraphs {
    /// No graphs, no padding.
    pub fn none() -> Self {
        Self::default()
    }

    /// Graphs of these sizes, in any order; zeros are left out.
    pub fn new(full: &[u32], piecewise: &[u32]) -> Self {
        let sorted = |sizes: &[u32]| {
            let mut sizes: Vec<u32> = sizes.iter().copied().filter(|size| *size > 0).collect();
            sizes.sort_unstable();
            sizes.dedup();
            Arc::from(sizes)
        };
        Self { full: sorted(full), piecewise: sorted(piecewise) }
    }

    /// What vLLM captures in its mode `FULL_AND_PIECEWISE`: 1, 2, 4, from 8 by 8, from 256 by 16, up to the smallest of `largest` (512; 1024 on
    /// Blackwell's data-centre GPUs), twice `max_num_seqs` and `max_num_batched_tokens`; the last of these too where it is the smallest.
    pub fn vllm(max_num_seqs: u32, max_num_batched_tokens: u32, largest: u32) -> Self {
        let most = max_num_seqs.saturating_mul(2).min(largest).min(max_num_batched_tokens);
        let fine = (8..256).step_by(8);
        let coarse = (256..=most).step_by(16);
        let sizes = [1, 2, 4].into_iter().chain(fine).chain(coarse).filter(|size| *size <= most);
        let last = (most == max_num_batched_tokens).then_some(most);
        let piecewise: Vec<u32> = sizes.chain(last).collect();
        let full: Vec<u32> = piecewise.iter().copied().filter(|size| *size <= max_num_seqs).collect();
        Self::new(&full, &piecewise)
    }

    /// Sizes of graphs for batches of decodes alone, in tokens, ascending.
    pub fn full(&self) -> &[u32] {
        &self.full
    }

    /// Sizes of graphs for any batch, in tokens, ascending.
    pub fn piecewise(&self) -> &[u32] {
        &self.piecewise
    }

    pub(super) fn padded_decode(&self, seqs: u64) -> u64 {
        next(&self.full, seqs).or_else(|| next(&self.piecewise, seqs)).unwrap_or(seqs)
    }

    pub(super) fn pad(&self, load: &StepLoad) -> StepLoad {
        if load.prefill_tokens == 0 {
            return StepLoad { decode_seqs: self.padded_decode(load.decode_seqs), ..*load };
        }
        let tokens = load.tokens();
        let more = next(&self.piecewise, tokens).map_or(0, |size| size - tokens);
        StepLoad { prefill_tokens: load.prefill_tokens.saturating_add(more), ..*load }
    }
}

/// The smallest size that holds so many tokens; nothing is padded to a graph of no tokens.
fn next(sizes: &[u32], tokens: u64) -> Option<u64> {
    let at = sizes.partition_point(|size| u64::from(*size) < tokens);
    sizes.get(at).filter(|_| tokens > 0).map(|size| u64::from(*size))
}
