//! The coefficients of a step time in words and in JSON.

use super::time;
use forescale::core::replica::GpuTime;
use serde_json::{Value, json};

/// What a coefficient is per, and its time; knees stand in the words.
pub(super) fn lines(gpu: &GpuTime) -> Vec<(String, String)> {
    let ps = |ps: u64| time(ps as f64);
    // A million pairs are two million half pairs of so many femtoseconds.
    let pairs = |half_pair_fs: u64| time(half_pair_fs as f64 * 2000.0);
    let line = |what: &str, time: String| (what.to_owned(), time);
    match gpu {
        GpuTime::Piecewise(p) => vec![
            line("fixed", ps(p.fixed_ps)),
            (format!("per batch token up to {}", p.knee_low_tokens), ps(p.below_ps)),
            (format!("per batch token above {}", p.knee_high_tokens), ps(p.above_ps)),
            line("per token of decode context", ps(p.context_ps)),
            line("per million pairs of prefill attention", pairs(p.half_pair_fs)),
        ],
        GpuTime::Affine(a) => vec![
            line("fixed", ps(a.fixed_ps)),
            line("per prompt token", ps(a.prefill_token_ps)),
            line("per decoding sequence", ps(a.seq_ps)),
            line("per token of decode context", ps(a.context_ps)),
            line("per million pairs of prefill attention", pairs(a.half_pair_fs)),
        ],
        GpuTime::Table(_) => vec![line("a table of measured points", "in the file".to_owned())],
    }
}

/// As a program reads them: integers, with their units in their names.
pub(super) fn to_json(gpu: &GpuTime) -> Value {
    match gpu {
        GpuTime::Piecewise(p) => {
            json!({ "form": "piecewise", "fixed_ps": p.fixed_ps, "knee_low_tokens": p.knee_low_tokens,
            "per_token_below_ps": p.below_ps, "knee_high_tokens": p.knee_high_tokens, "per_token_above_ps": p.above_ps,
            "per_context_token_ps": p.context_ps, "per_half_pair_fs": p.half_pair_fs })
        }
        GpuTime::Affine(a) => {
            json!({ "form": "affine", "fixed_ps": a.fixed_ps, "per_prefill_token_ps": a.prefill_token_ps,
            "per_sequence_ps": a.seq_ps, "per_context_token_ps": a.context_ps, "per_half_pair_fs": a.half_pair_fs })
        }
        GpuTime::Table(_) => json!({ "form": "table" }),
    }
}
