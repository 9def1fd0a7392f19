//! What one engine step costs.

use forescale_kernel::SimDuration;

/// What a step computes, summed over its batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepLoad {
    /// Prompt tokens computed (recomputed ones after a preemption too).
    pub prefill_tokens: u64,
    /// Half pairs of prefill attention: the sum of `p·(2c + p)` over chunks of `p` tokens after `c` computed ones.
    pub prefill_half_pairs: u64,
    /// Sequences that decode one token.
    pub decode_seqs: u64,
    /// Tokens in context, summed over the decoding sequences.
    pub decode_context: u64,
}

/// How long a step computes, as a piecewise linear function of its load with integer coefficients, and how long the host needs for it.
///
/// `t = fixed + below·min(M, knee_low) + above·max(0, M − knee_high) + context·K + half_pair·A` with `M` the tokens in
/// the batch, `K` the decode context and `A` the half pairs of prefill attention. The form is the piecewise GEMM
/// model "B" of the calibration table: one memory-bound slope, a flat knee, one compute-bound slope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepTime {
    /// The host's time per step, in picoseconds, before the step can begin: scheduling, making the batch ready. Hidden behind the step
    /// before while two are in flight.
    pub host_ps: u64,
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

impl StepLoad {
    /// A sequence with `context` computed tokens decodes one more.
    pub(super) fn of_decode(context: u32) -> Self {
        Self { decode_seqs: 1, decode_context: u64::from(context) + 1, ..Self::default() }
    }

    /// A chunk of `tokens` after `context` computed ones.
    pub(super) fn of_prefill(context: u32, tokens: u32) -> Self {
        let (context, tokens) = (u64::from(context), u64::from(tokens));
        Self {
            prefill_tokens: tokens,
            prefill_half_pairs: tokens * (2 * context + tokens),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.prefill_tokens += other.prefill_tokens;
        self.prefill_half_pairs += other.prefill_half_pairs;
        self.decode_seqs += other.decode_seqs;
        self.decode_context += other.decode_context;
    }
}

impl StepTime {
    /// The host's time per step.
    pub fn host(&self) -> SimDuration {
        SimDuration::from_ps(self.host_ps)
    }

    /// How long a step computes, rounded to the nearest picosecond once; at least 1 ps, so that time always moves.
    pub fn of(&self, load: &StepLoad) -> SimDuration {
        let tokens = load.prefill_tokens.saturating_add(load.decode_seqs);
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        // Each product is below 2^128 / 8 for coefficients below 2^61; sums saturate rather than wrap.
        let ps = u128::from(self.fixed_ps)
            .saturating_add(product(self.below_ps, tokens.min(self.knee_low_tokens)))
            .saturating_add(product(self.above_ps, tokens.saturating_sub(self.knee_high_tokens)))
            .saturating_add(product(self.context_ps, load.decode_context));
        let fs = product(self.half_pair_fs, load.prefill_half_pairs);
        let total = ps.saturating_add(fs.saturating_add(500) / 1000);
        SimDuration::from_ps(u64::try_from(total).unwrap_or(u64::MAX).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Llama-3.1-8B on H100 with the coefficients of the calibration table.
    const LLAMA: StepTime = StepTime {
        host_ps: 300_000_000,
        fixed_ps: 6_434_000_000,
        knee_low_tokens: 256,
        below_ps: 11_480_000,
        knee_high_tokens: 384,
        above_ps: 20_920_000,
        context_ps: 43_000,
        half_pair_fs: 347_000,
    };

    #[test]
    fn the_pieces_add_up() {
        let decode = StepLoad { decode_seqs: 64, decode_context: 64 * 1024, ..StepLoad::default() };
        assert_eq!(LLAMA.of(&decode).as_ps(), 6_434_000_000 + 64 * 11_480_000 + 65_536 * 43_000);
        // A prompt of 2048 in one chunk: 2048² half pairs.
        let prefill =
            StepLoad { prefill_tokens: 2048, prefill_half_pairs: 2048 * 2048, ..StepLoad::default() };
        let expected = 6_434_000_000 + 256 * 11_480_000 + 1664 * 20_920_000 + 2048 * 2048 * 347;
        assert_eq!(LLAMA.of(&prefill).as_ps(), expected);
    }

    #[test]
    fn half_a_picosecond_rounds_up() {
        let step = StepTime { fixed_ps: 10, half_pair_fs: 100, ..StepTime::default() };
        let of = |pairs| step.of(&StepLoad { prefill_half_pairs: pairs, ..StepLoad::default() }).as_ps();
        assert_eq!([of(4), of(5), of(14), of(15)], [10, 11, 11, 12]);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_stands_still(a: u64, b: u64, c: u64, d: u64, e: u64) {
            let step = StepTime { fixed_ps: a, below_ps: b, above_ps: c, context_ps: d, half_pair_fs: e, ..LLAMA };
            let load = StepLoad { prefill_tokens: a, prefill_half_pairs: b, decode_seqs: c, decode_context: d };
            prop_assert!(step.of(&load) > SimDuration::ZERO);
        }
    }
}
