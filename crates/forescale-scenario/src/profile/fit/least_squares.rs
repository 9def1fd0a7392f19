//! From observations to coefficients.

use super::FitOptions;
use super::nnls::nnls;
use super::rows::Observation;
use forescale_core::replica::{Affine, GpuTime, Piecewise};

/// The form of a step time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One slope per prompt token, one per decoding sequence.
    Affine,
    /// One slope per batch token below a knee, one above it.
    Piecewise,
}

/// How good a fit is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Observations: rows, and times to first token of rows without waiting.
    pub observations: usize,
    /// Mean absolute error, in percent.
    pub mape_percent: f64,
    /// The 90th percentile of the absolute error, in percent.
    pub p90_percent: f64,
    /// The share of the variance that is explained, at most 1; below 0 is worse than the mean.
    pub r2: f64,
}

/// What came out.
pub(super) struct Solution {
    pub(super) gpu: GpuTime,
    pub(super) quality: Quality,
    pub(super) zeros: Vec<(&'static str, &'static str)>,
    pub(super) per_request_ms: Option<f64>,
}

/// Batch tokens at which the slope may change.
const KNEES: [f64; 11] = [16.0, 32.0, 64.0, 96.0, 128.0, 192.0, 256.0, 320.0, 384.0, 512.0, 768.0];

/// With fewer observations a knee would follow the noise.
const ENOUGH_FOR_A_KNEE: usize = 10;

/// How columns are made of observations.
#[derive(Clone, Copy)]
enum Shape {
    Affine,
    Piecewise(f64, f64),
}

impl Shape {
    fn columns(self, of: &Observation, with_requests: bool) -> Vec<f64> {
        let tokens = of.prefill + of.seqs;
        let (first, second) = match self {
            Self::Affine => (of.prefill, of.seqs),
            Self::Piecewise(low, high) => (tokens.min(low), (tokens - high).max(0.0)),
        };
        let requests = if with_requests { of.requests } else { 0.0 };
        vec![1.0, first, second, of.context, of.pairs, requests]
    }

    fn names(self) -> [&'static str; 5] {
        match self {
            Self::Affine => [
                "fixed",
                "per prompt token",
                "per decoding sequence",
                "per token of context",
                "per million pairs",
            ],
            Self::Piecewise(..) => [
                "fixed",
                "per batch token below the knee",
                "per batch token above the knee",
                "per token of context",
                "per million pairs",
            ],
        }
    }

    fn gpu_time(self, x: &[f64]) -> GpuTime {
        let ps = |at: usize| (x.get(at).copied().unwrap_or_default() * 1e9).round() as u64;
        let half_pair_fs = (x.get(4).copied().unwrap_or_default() * 1e12 / 2.0).round() as u64;
        match self {
            Self::Affine => GpuTime::Affine(Affine {
                fixed_ps: ps(0),
                prefill_token_ps: ps(1),
                seq_ps: ps(2),
                context_ps: ps(3),
                half_pair_fs,
            }),
            Self::Piecewise(low, high) => GpuTime::Piecewise(Piecewise {
                fixed_ps: ps(0),
                knee_low_tokens: low as u64,
                below_ps: ps(1),
                knee_high_tokens: high as u64,
                above_ps: ps(2),
                context_ps: ps(3),
                half_pair_fs,
            }),
        }
    }
}

/// A shape with its best coefficients.
struct Candidate {
    shape: Shape,
    x: Vec<f64>,
    /// The sum of squares of relative errors.
    squares: f64,
}

fn candidate(observations: &[(Observation, f64)], shape: Shape, with_requests: bool) -> Candidate {
    let columns = |of: &Observation| shape.columns(of, with_requests);
    let rows: Vec<Vec<f64>> = observations
        .iter()
        .map(|(of, ms)| columns(of).into_iter().map(|value| value / ms).collect())
        .collect();
    let x = nnls(&rows, &vec![1.0; rows.len()]);
    let error = |row: &Vec<f64>| row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() - 1.0;
    let squares = rows.iter().map(|row| error(row).powi(2)).sum();
    Candidate { shape, x, squares }
}

/// The best coefficients, or why there are none.
pub(super) fn solve(observations: &[Observation], options: &FitOptions) -> Result<Solution, String> {
    let host_ms = options.host.as_secs_f64() * 1e3;
    let observations: Vec<(Observation, f64)> =
        observations.iter().map(|of| (*of, of.ms - host_ms)).collect();
    if observations.len() < 3 {
        return Err(format!("{} rows with all numbers are too few to fit a step time", observations.len()));
    }
    if let Some((of, _)) = observations.iter().find(|(_, ms)| *ms <= 0.0) {
        return Err(format!("a step of {} ms is not longer than the host's time, {host_ms} ms", of.ms));
    }
    // One length of a prompt does not tell what it costs from what its request costs.
    let mut prompts: Vec<f64> =
        observations.iter().filter(|(of, _)| of.requests > 0.0).map(|(of, _)| of.prefill).collect();
    prompts.sort_by(f64::total_cmp);
    prompts.dedup();
    let with_requests = prompts.len() > 1;
    let affine = candidate(&observations, Shape::Affine, with_requests);
    let piecewise = || {
        let knees = KNEES.into_iter().flat_map(|low| KNEES.into_iter().map(move |high| (low, high)));
        knees
            .filter(|(low, high)| low <= high)
            .map(|(low, high)| candidate(&observations, Shape::Piecewise(low, high), with_requests))
            .min_by(|a, b| a.squares.total_cmp(&b.squares))
    };
    let best = match options.form {
        Some(Form::Affine) => affine,
        Some(Form::Piecewise) => piecewise().unwrap_or(affine),
        None if observations.len() < ENOUGH_FOR_A_KNEE => affine,
        None => match piecewise() {
            Some(piecewise) if piecewise.squares < 0.9 * affine.squares => piecewise,
            _ => affine,
        },
    };
    let is_used =
        |at: usize| observations.iter().any(|(of, _)| best.shape.columns(of, true).get(at) != Some(&0.0));
    let zeros = best.shape.names().into_iter().enumerate().filter(|(at, _)| best.x.get(*at) == Some(&0.0));
    let zeros = zeros.map(|(at, name)| match is_used(at) {
        true => (name, "the rows are explained without it"),
        false => (name, "no row has any"),
    });
    Ok(Solution {
        gpu: best.shape.gpu_time(&best.x),
        quality: quality(&observations, &best, with_requests),
        zeros: zeros.collect(),
        per_request_ms: best.x.get(5).copied().filter(|_| with_requests),
    })
}

fn quality(observations: &[(Observation, f64)], best: &Candidate, with_requests: bool) -> Quality {
    let n = observations.len() as f64;
    let predicted = |of: &Observation| {
        best.shape.columns(of, with_requests).iter().zip(&best.x).map(|(a, x)| a * x).sum::<f64>()
    };
    let mut errors: Vec<f64> =
        observations.iter().map(|(of, ms)| (predicted(of) / ms - 1.0).abs() * 100.0).collect();
    errors.sort_by(f64::total_cmp);
    let mean = observations.iter().map(|(_, ms)| ms).sum::<f64>() / n;
    let of_all: f64 = observations.iter().map(|(_, ms)| (ms - mean).powi(2)).sum();
    let left: f64 = observations.iter().map(|(of, ms)| (predicted(of) - ms).powi(2)).sum();
    let at = (0.9 * n) as usize;
    Quality {
        observations: observations.len(),
        mape_percent: errors.iter().sum::<f64>() / n,
        p90_percent: errors.get(at).or(errors.last()).copied().unwrap_or_default(),
        r2: if of_all > 0.0 { 1.0 - left / of_all } else { 1.0 },
    }
}
