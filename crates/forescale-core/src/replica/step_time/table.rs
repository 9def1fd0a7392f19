//! A step time through measured points.

use super::{DecodeTime, StepLoad, half_pairs_ps, product, saturated};

/// A step in which `seqs` sequences decoded with `context` tokens in sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodePoint {
    /// Sequences, 1 to 65,536.
    pub seqs: u64,
    /// Tokens of context, summed over the sequences, below 2^40.
    pub context: u64,
    /// How long it took on the GPU, in picoseconds, below 2^52 (75 minutes).
    pub ps: u64,
}

/// A step that computed one prompt of `tokens` from its first token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefillPoint {
    /// The prompt's length, below 2^32.
    pub tokens: u64,
    /// How long it took on the GPU, in picoseconds, below 2^52 (75 minutes).
    pub ps: u64,
}

/// Why points make no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No decode point.
    #[error("no point with decoding sequences")]
    NoDecode,
    /// Fewer than two prompt lengths.
    #[error("points with at least two lengths of a prompt are needed")]
    TooFewPrefills,
    /// A point, by its number from 0, is out of range, or there are more than 16,384.
    #[error("point {0} is out of range")]
    OutOfRange(usize),
}

/// The GPU's time by measured points.
///
/// *Decode.* For each measured batch size the line through its points over the context (least squares; one context alone gives a flat line).
/// Between two batch sizes both coefficients of the line go linearly, below the first they stay, above the last the base grows as it did between the
/// last two. All of it is in integers from the beginning.
///
/// *Prefill.* The time by the tokens of the batch, linearly from point to point, after the quadratic term was taken out; below the first point
/// it stays, above the last it goes on. A step with prompts and decodes takes this time for all its tokens, but no less than the
/// decodes alone, plus the decodes' context and the half pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// By batch size, from 0 to the last measured one.
    decode: Vec<DecodeTime>,
    /// Growth of the base per sequence above that, in picoseconds.
    more_seqs_ps: u64,
    /// Tokens and picoseconds, ascending in tokens, at least two.
    tokens: Vec<(u64, u64)>,
    half_pair_fs: u64,
}

const MOST_SEQS: u64 = 65_536;
const MOST_POINTS: usize = 16_384;
/// With these bounds the sums of least squares fit `i128`.
const MOST_CONTEXT: u64 = 1 << 40;
const MOST_TOKENS: u64 = 1 << 32;
const MOST_PS: u64 = 1 << 52;

impl Table {
    /// A table of measured points, in any order, with a cost per half pair of prefill attention in femtoseconds.
    ///
    /// # Errors
    /// Too few points, or one out of its range.
    pub fn new(
        decode: &[DecodePoint],
        prefill: &[PrefillPoint],
        half_pair_fs: u64,
    ) -> Result<Self, TableError> {
        let is_good = |point: &DecodePoint| {
            (1..=MOST_SEQS).contains(&point.seqs) && point.context < MOST_CONTEXT && point.ps < MOST_PS
        };
        let is_bad = |at: usize, good: bool| at >= MOST_POINTS || !good;
        if let Some(at) = (0..decode.len()).find(|at| is_bad(*at, is_good(&decode[*at]))) {
            return Err(TableError::OutOfRange(at));
        }
        let is_good = |point: &PrefillPoint| point.tokens < MOST_TOKENS && point.ps < MOST_PS;
        if let Some(at) = (0..prefill.len()).find(|at| is_bad(*at, is_good(&prefill[*at]))) {
            return Err(TableError::OutOfRange(at));
        }
        let knots = decode_knots(decode);
        let last = *knots.last().ok_or(TableError::NoDecode)?;
        let tokens = token_knots(prefill, half_pair_fs);
        if tokens.len() < 2 {
            return Err(TableError::TooFewPrefills);
        }
        let more_seqs_ps = match knots.as_slice() {
            [.., before, last] => last.1.base_ps.saturating_sub(before.1.base_ps) / (last.0 - before.0),
            _ => 0,
        };
        Ok(Self {
            decode: (0..=last.0).map(|seqs| between(&knots, seqs)).collect(),
            more_seqs_ps,
            tokens,
            half_pair_fs,
        })
    }

    pub(super) fn ps(&self, load: &StepLoad) -> u128 {
        let decode = self.decode(load.decode_seqs);
        if load.prefill_tokens == 0 {
            return decode.ps(load.decode_context);
        }
        self.tokens_ps(load.tokens())
            .max(u128::from(decode.base_ps))
            .saturating_add(product(decode.per_context_ps, load.decode_context))
            .saturating_add(half_pairs_ps(self.half_pair_fs, load.prefill_half_pairs))
    }

    pub(super) fn decode(&self, seqs: u64) -> DecodeTime {
        let measured = self.decode.len().saturating_sub(1) as u64;
        let Some(row) = self.decode.get(seqs.min(measured) as usize) else { return DecodeTime::default() };
        let more = product(self.more_seqs_ps, seqs.saturating_sub(measured));
        DecodeTime { base_ps: saturated(u128::from(row.base_ps).saturating_add(more)), ..*row }
    }

    /// The linear layers' time for a batch of so many tokens.
    fn tokens_ps(&self, tokens: u64) -> u128 {
        // The last segment goes on beyond its end.
        let at = self.tokens.partition_point(|knot| knot.0 < tokens).clamp(1, self.tokens.len() - 1);
        let (from, to) = (self.tokens[at - 1], self.tokens[at]);
        let rise =
            product(to.1.saturating_sub(from.1), tokens.saturating_sub(from.0)) / u128::from(to.0 - from.0);
        if to.1 >= from.1 {
            return u128::from(from.1).saturating_add(rise);
        }
        let fall = product(from.1 - to.1, tokens.saturating_sub(from.0).min(to.0 - from.0));
        u128::from(from.1) - fall / u128::from(to.0 - from.0)
    }
}

/// A line for each measured batch size, ascending.
fn decode_knots(points: &[DecodePoint]) -> Vec<(u64, DecodeTime)> {
    let mut points = points.to_vec();
    points.sort_unstable_by_key(|point| (point.seqs, point.context, point.ps));
    points.chunk_by(|a, b| a.seqs == b.seqs).map(|points| (points[0].seqs, line(points))).collect()
}

/// The line through points over the context, neither coefficient negative.
fn line(points: &[DecodePoint]) -> DecodeTime {
    let n = points.len() as i128;
    let sum = |f: fn(i128, i128) -> i128| {
        points.iter().map(|point| f(point.context.into(), point.ps.into())).sum::<i128>()
    };
    let (k, t) = (sum(|k, _| k), sum(|_, t| t));
    let (kk, kt) = (sum(|k, _| k * k), sum(|k, t| k * t));
    let slope = rounded(n * kt - k * t, n * kk - k * k).max(0);
    let base = rounded(t - slope * k, n);
    // A line through the origin where the free one would cross zero.
    let (base, slope) = if base < 0 { (0, rounded(kt, kk)) } else { (base, slope) };
    let coefficient = |value: i128| u64::try_from(value).unwrap_or(u64::MAX);
    DecodeTime { base_ps: coefficient(base), per_context_ps: coefficient(slope) }
}

/// A quotient to the nearest integer, half up; 0 of nothing.
fn rounded(a: i128, b: i128) -> i128 {
    if b == 0 { 0 } else { (2 * a + b).div_euclid(2 * b) }
}

/// The coefficients between two measured batch sizes.
fn between(knots: &[(u64, DecodeTime)], seqs: u64) -> DecodeTime {
    let at = knots.partition_point(|knot| knot.0 < seqs);
    let (Some(to), Some(from)) = (knots.get(at), knots.get(at.saturating_sub(1))) else {
        return knots.last().map(|knot| knot.1).unwrap_or_default();
    };
    if at == 0 {
        return to.1;
    }
    let mix = |from_ps: u64, to_ps: u64| {
        let rise = i128::from(to_ps) - i128::from(from_ps);
        let mixed =
            i128::from(from_ps) + rounded(rise * i128::from(seqs - from.0), i128::from(to.0 - from.0));
        u64::try_from(mixed).unwrap_or_default()
    };
    DecodeTime {
        base_ps: mix(from.1.base_ps, to.1.base_ps),
        per_context_ps: mix(from.1.per_context_ps, to.1.per_context_ps),
    }
}

/// The mean time of each length, without the quadratic term, ascending.
fn token_knots(points: &[PrefillPoint], half_pair_fs: u64) -> Vec<(u64, u64)> {
    let mut points = points.to_vec();
    points.sort_unstable_by_key(|point| (point.tokens, point.ps));
    let knot = |points: &[PrefillPoint]| {
        let tokens = points[0].tokens;
        let sum: u128 = points.iter().map(|point| u128::from(point.ps)).sum();
        let mean = sum / points.len() as u128;
        let pairs = half_pairs_ps(half_pair_fs, tokens.saturating_mul(tokens));
        (tokens, saturated(mean.saturating_sub(pairs)))
    };
    points.chunk_by(|a, b| a.tokens == b.tokens).map(knot).collect()
}
