//! What a sweep of load has shown: as text, JSON, CSV and a picture.

mod csv;
mod json;
mod sentences;
mod tables;
mod text;

pub use crate::picture::knee_svg;
pub use csv::knee_csv;
pub use json::knee_json;
pub use text::knee_text;

pub(crate) use sentences::verdict;

use crate::number;
use forescale_core::record::Objective;
use forescale_experiment::Estimate;

/// `1.41 ±0.02`, with as many digits for the interval as for the mean.
fn plus_minus(estimate: Estimate) -> String {
    let mean = number::significant(estimate.mean, 3);
    let places = mean.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match estimate.half_width {
        Some(half) if estimate.mean.is_finite() => format!("{mean} ±{half:.places$}"),
        _ => mean,
    }
}

/// `TTFT p95 3 s`
fn objective(objective: &Objective) -> String {
    let name = objective.measure.name().to_uppercase();
    format!("{name} {} {}", number::quantile(objective.quantile), number::span(objective.limit))
}
