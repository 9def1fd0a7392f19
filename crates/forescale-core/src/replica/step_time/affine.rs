//! The affine step time.

use super::{DecodeTime, StepLoad, half_pairs_ps, product, saturated};

/// `t = fixed + prefill_token·P + seq·D + context·K + half_pair·A` with `P` the prompt tokens, `D` the decoding sequences, `K` their context
/// and `A` the half pairs of prefill attention.
///
/// This is the affine model "A" of the calibration table, and the form in which most simulators and papers publish coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Affine {
    /// Cost of any step, in picoseconds.
    pub fixed_ps: u64,
    /// Cost per prompt token, in picoseconds.
    pub prefill_token_ps: u64,
    /// Cost per decoding sequence, in picoseconds.
    pub seq_ps: u64,
    /// Cost per token of decode context, in picoseconds.
    pub context_ps: u64,
    /// Cost per half pair of prefill attention, in femtoseconds.
    pub half_pair_fs: u64,
}

impl Affine {
    pub(super) fn ps(&self, load: &StepLoad) -> u128 {
        u128::from(self.fixed_ps)
            .saturating_add(product(self.prefill_token_ps, load.prefill_tokens))
            .saturating_add(product(self.seq_ps, load.decode_seqs))
            .saturating_add(product(self.context_ps, load.decode_context))
            .saturating_add(half_pairs_ps(self.half_pair_fs, load.prefill_half_pairs))
    }

    pub(super) fn decode(&self, seqs: u64) -> DecodeTime {
        let base = u128::from(self.fixed_ps).saturating_add(product(self.seq_ps, seqs));
        DecodeTime { base_ps: saturated(base), per_context_ps: self.context_ps }
    }
}
