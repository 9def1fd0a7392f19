//! Text files as trees in which every key and value knows its place.
//!
//! A [`Report`] holds the texts that were read and what is wrong with them. [`toml::parse`] and [`yaml::parse`] make trees of
//! [`Node`]s; [`decode()`] makes typed values of a tree through serde, and finds *all* mistakes of a document in one pass: what is
//! wrong is told, taken out, and the rest is read on. [`Path`]s name places in a tree, so that a value can be replaced before it is
//! read. Nothing here knows what the files are about.
//!
//! ```
//! use forescale_document::{Report, Spanned, decode, toml};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Settings {
//!     replicas: Spanned<u32>,
//! }
//!
//! let mut report = Report::default();
//! let source = report.sources.add("settings.toml", "replicas = -1\nreplica = 2\n");
//! let tree = toml::parse(&mut report, source).expect("the syntax is fine");
//! assert!(decode::<Settings>(&tree, &mut report).is_none());
//! assert_eq!(report.errors().count(), 2);
//! let first = report.errors().next().expect("there are two");
//! assert_eq!(report.position(first).map(|at| (at.line, at.column)), Some((1, 12)));
//! ```

mod code;
mod decode;
mod diagnostic;
mod harmless;
mod names;
mod node;
mod path;
mod refusal;
mod report;
mod source;
mod spanned;
pub mod toml;
mod value_or;
pub mod yaml;

pub use code::Code;
pub use decode::decode;
pub use diagnostic::{Diagnostic, Severity};
pub use names::{did_you_mean, nearest, nearest_few};
pub use node::{Entry, Node, Value};
pub use path::{Path, PathError, Step, item_called, item_name};
pub use refusal::Refusal;
pub use report::Report;
pub use source::{Position, Source, SourceId, Sources, Span};
pub use spanned::Spanned;
pub use value_or::ValueOr;
