//! What a trace is like, for programs.

use super::inspect::Inspected;
use forescale::scenario::{CountStatistics, TokenStatistics, TraceStatistics};
use serde_json::{Value, json};

pub(super) fn document(inspected: &Inspected) -> Value {
    let statistics = &inspected.statistics;
    let repairs = inspected.repairs.as_ref().map(|repairs| {
        json!({ "moved": repairs.moved, "defective": repairs.defective, "too_late": repairs.too_late })
    });
    let stamps = &statistics.stamps;
    let bins = statistics.rates.bins();
    json!({
        "schema": 1,
        "file": inspected.file.display().to_string(),
        "format": inspected.format.name(),
        "rows": statistics.rows(),
        "failures_left_out": inspected.failures,
        "others_left_aside": inspected.others,
        "rows_without_tokens": statistics.rows_without_tokens(),
        "repairs": repairs,
        "rows_with_hash_ids": statistics.rows_with_hash_ids(),
        "duration_s": statistics.duration().as_secs_f64(),
        "rate_per_s": statistics.rate(),
        "gaps": { "cv": statistics.gap_cv(), "zero_share": stamps.zero_gaps() },
        "counts": statistics.counts.iter().map(|of| counts(of, statistics)).collect::<Vec<_>>(),
        "prompt_tokens": tokens(&statistics.prompt_tokens),
        "output_tokens": tokens(&statistics.output_tokens),
        "correlation": statistics.correlation(),
        "stamps": {
            "distinct": stamps.distinct(),
            "grid_s": stamps.grid().as_secs_f64(),
            "mean_distance_s": stamps.mean_distance().map(|distance| distance.as_secs_f64()),
            "quantised": stamps.are_quantised(),
        },
        "rates": {
            "bin_s": statistics.rates.bin().as_secs_f64(),
            "requests": bins.iter().map(|bin| bin.requests).collect::<Vec<_>>(),
            "prompt_tokens": bins.iter().map(|bin| bin.prompt_tokens).collect::<Vec<_>>(),
            "output_tokens": bins.iter().map(|bin| bin.output_tokens).collect::<Vec<_>>(),
        },
    })
}

fn counts(counts: &CountStatistics, statistics: &TraceStatistics) -> Value {
    json!({
        "bin_s": counts.bin().as_secs_f64(),
        "peak": counts.peak(),
        "peak_over_mean": statistics.rate().and_then(|rate| counts.peak_over_mean(rate)),
        "index_of_dispersion": counts.dispersion(),
        "index_of_dispersion_with_last_bin": counts.dispersion_with_last(),
    })
}

fn tokens(tokens: &TokenStatistics) -> Value {
    json!({
        "mean": tokens.mean(),
        "min": tokens.min(),
        "p50": tokens.quantile(0.5),
        "p95": tokens.quantile(0.95),
        "p99": tokens.quantile(0.99),
        "max": tokens.max(),
    })
}
