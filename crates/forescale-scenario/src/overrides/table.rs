//! The keys of a TOML table as paths and values.

use super::Override;
use crate::codes;
use crate::context::Context;
use forescale_document::{Diagnostic, Entry, Node, Path, Report, Span, Step, Value};

/// The values of a table with the paths to them. A table in `{ … }` is a value; one with a header, or of dotted keys, is a part of the path.
/// A key in quotation marks at the beginning is a path.
///
/// Paths that cannot be read are told and left out.
pub(crate) fn assignments(context: &mut Context, entries: &[Entry]) -> Vec<Override> {
    let mut found = Vec::new();
    for entry in entries {
        if let Some(path) = path_of(context, entry) {
            leaves(&context.report, entry, &path, &|_: &Entry| false, &mut found);
        }
    }
    let one = |leaf: Leaf<'_>| {
        let (span, value) = (leaf.span(&context.report), Some(leaf.entry.node.clone()));
        Some(Override::new(context, leaf.path, value, span).ok()?.with_places(leaf.places))
    };
    found.into_iter().filter_map(one).collect()
}

/// A key at the beginning of a path, which may be a whole path in quotation marks.
pub(crate) fn path_of(context: &mut Context, entry: &Entry) -> Option<Path> {
    match Path::parse(&entry.key) {
        Ok(path) => Some(path),
        Err(error) => {
            let message = format!("`{}` is no path: {}", entry.key, error.message);
            context.report.push(Diagnostic::error(codes::NO_SUCH_PATH, entry.key_span, message));
            None
        }
    }
}

/// An entry with a value, and the way to it.
pub(crate) struct Leaf<'a> {
    pub(crate) path: Path,
    /// The places of the path's steps.
    pub(crate) places: Vec<Span>,
    pub(crate) entry: &'a Entry,
}

impl Leaf<'_> {
    /// The place of the path, as far as it stands in the line of its end.
    pub(crate) fn span(&self, report: &Report) -> Span {
        let end = self.entry.key_span;
        let whole = |start: &&Span| {
            let span = Span { start: start.start, ..end };
            start.source == end.source
                && start.start <= end.start
                && !report.sources.slice(span).contains('\n')
        };
        self.places.iter().find(whole).map_or(end, |start| Span { start: start.start, ..end })
    }
}

/// The entries below an entry that are values; `is_value` tells of tables that are values however they are written.
pub(crate) fn leaves<'a>(
    report: &Report,
    entry: &'a Entry,
    path: &Path,
    is_value: &dyn Fn(&Entry) -> bool,
    found: &mut Vec<Leaf<'a>>,
) {
    let places = vec![entry.key_span; path.0.len()];
    let mut open = vec![Leaf { path: path.clone(), places, entry }];
    // Depth first, in the order of the file.
    while let Some(leaf) = open.pop() {
        if !is_open(report, &leaf.entry.node) || is_value(leaf.entry) {
            found.push(leaf);
            continue;
        }
        open.extend(leaf.entry.node.entries().iter().rev().map(|entry| {
            let step = Step::Key(entry.key.clone());
            Leaf {
                path: Path(leaf.path.0.iter().cloned().chain([step]).collect()),
                places: leaf.places.iter().copied().chain([entry.key_span]).collect(),
                entry,
            }
        }));
    }
}

/// Whether it is a table with a header of its own, or made of dotted keys.
fn is_open(report: &Report, node: &Node) -> bool {
    matches!(node.value, Value::Table(_)) && !report.sources.slice(node.span).starts_with('{')
}
