//! The piecewise linear step time: two slopes with a knee between them.

use super::{DecodeTime, StepLoad, half_pairs_ps, product, saturated};

/// `t = fixed + below·min(M, knee_low) + above·max(0, M − knee_high) + context·K + half_pair·A` with `M` the tokens of the batch, `K` the
/// decode context and `A` the half pairs of prefill attention.
///
/// This is the piecewise GEMM model "B" of the calibration table: reading the weights bounds small batches, arithmetic the large ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Piecewise {
    /// Cost of any step, in picoseconds: weights read once, launches.
    pub fixed_ps: u64,
    /// Batch tokens up to which the memory-bound slope applies.
    pub knee_low_tokens: u64,
    /// Cost per batch token below the first knee, in picoseconds.
    pub below_ps: u64,
    /// Batch tokens from which the compute-bound slope applies.
    pub knee_high_tokens: u64,
    /// Cost per batch token above the second knee, in picoseconds.
    pub above_ps: u64,
    /// Cost per token of decode context, in picoseconds.
    pub context_ps: u64,
    /// Cost per half pair of prefill attention, in femtoseconds.
    pub half_pair_fs: u64,
}

impl Piecewise {
    pub(super) fn ps(&self, load: &StepLoad) -> u128 {
        self.linear_ps(load.tokens())
            .saturating_add(product(self.context_ps, load.decode_context))
            .saturating_add(half_pairs_ps(self.half_pair_fs, load.prefill_half_pairs))
    }

    pub(super) fn decode(&self, seqs: u64) -> DecodeTime {
        DecodeTime { base_ps: saturated(self.linear_ps(seqs)), per_context_ps: self.context_ps }
    }

    /// What depends on the batch's tokens alone.
    fn linear_ps(&self, tokens: u64) -> u128 {
        u128::from(self.fixed_ps)
            .saturating_add(product(self.below_ps, tokens.min(self.knee_low_tokens)))
            .saturating_add(product(self.above_ps, tokens.saturating_sub(self.knee_high_tokens)))
    }
}
