//! What a sweep of load has shown: as text, JSON, CSV and a picture.

mod csv;
mod json;
mod sentences;
mod tables;
mod text;

pub use crate::picture::knee_svg;
pub use csv::knee_csv;
#[cfg(test)]
pub(crate) use json::Document;
pub use json::knee_json;
pub use text::knee_text;

pub(crate) use sentences::verdict;

use crate::number;
use forescale_core::record::Objective;

/// `TTFT p95 3 s`
fn objective(objective: &Objective) -> String {
    let name = objective.measure.name().to_uppercase();
    format!("{name} {} {}", number::quantile(objective.quantile), number::span(objective.limit))
}
