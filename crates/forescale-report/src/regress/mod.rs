//! What a regression gate has found: as text, JSON, Markdown, JUnit, SARIF and annotations of GitHub.

mod annotations;
mod gate;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;
mod unjudged;
mod update;
mod words;

#[cfg(test)]
mod tests;

pub use annotations::regress_annotations;
pub use gate::{Gate, Gates};
#[cfg(test)]
pub(crate) use json::Document;
pub use json::regress_json;
pub use junit::regress_junit;
pub use markdown::regress_markdown;
pub use sarif::regress_sarif;
pub use text::regress_text;
pub use unjudged::{Flaw, Obstacle, Unjudged};
pub use update::baseline_text;
