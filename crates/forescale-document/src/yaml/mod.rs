//! YAML as trees, read as Kubernetes' tools read it.

mod patch;
mod reader;
mod scalar;
mod syntax;
#[cfg(test)]
mod tests;

pub use patch::patch;

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::node::{Node, Value};
use crate::report::Report;
use crate::source::{SourceId, Span};

/// Reads a text as YAML: its documents that have content, or `None` where the syntax is wrong or no document has content; the
/// report then says why.
pub fn parse(report: &mut Report, source: SourceId) -> Option<Vec<Node>> {
    let whole = Span { source, start: 0, end: report.sources.text(source).len() };
    let documents = parse_span(report, whole)?;
    if documents.is_empty() {
        report.push(Diagnostic::error(Code::EMPTY, Span::start_of(source), "the file has no content"));
        return None;
    }
    Some(documents)
}

/// Reads a text within a document, such as a file in a ConfigMap, as YAML with the places of the surrounding file.
///
/// `None` where it is no YAML; the report then says why.
pub fn parse_embedded(report: &mut Report, node: &Node) -> Option<Vec<Node>> {
    let Value::Text(text) = &node.value else { return Some(Vec::new()) };
    let documents = match block(report, node.span, text) {
        Some(block) => parse_span(report, block)?,
        None => {
            let position = report.sources.position(node.span);
            let name =
                format!("{} (the text in line {})", report.sources.name(node.span.source), position.line);
            let source = report.sources.add(name, text.clone());
            parse_span(report, Span { source, start: 0, end: text.len() })?
        }
    };
    if documents.is_empty() {
        report.push(Diagnostic::error(Code::EMPTY, node.span, "this text has no content"));
        return None;
    }
    Some(documents)
}

/// The lines of a literal block, where they are those of the file but for their common indentation, which changes nothing.
fn block(report: &Report, span: Span, text: &str) -> Option<Span> {
    let whole = report.sources.text(span.source);
    let outer = whole.get(span.start..span.end)?;
    let start = match outer.starts_with('|') {
        true => span.start + outer.find('\n')? + 1,
        false => whole.get(..span.start)?.rfind('\n')? + 1,
    };
    let lines = whole.get(start..span.end)?;
    let indent = lines
        .lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())?;
    let stripped = |line: &str| line.get(indent..).unwrap_or_default().trim_end().to_owned();
    let is_same = lines
        .lines()
        .map(stripped)
        .filter(|line| !line.is_empty())
        .eq(text.lines().map(str::trim_end).filter(|line| !line.is_empty()));
    is_same.then_some(Span { start, ..span })
}

fn parse_span(report: &mut Report, span: Span) -> Option<Vec<Node>> {
    match reader::documents(report.sources.slice(span), span) {
        Ok((documents, duplicates)) => {
            duplicates.into_iter().for_each(|duplicate| report.push(duplicate));
            Some(documents)
        }
        Err(error) => {
            report.push(*error);
            None
        }
    }
}

/// The documents of a text that stands nowhere; `None` where it is no YAML.
fn documents_of(text: &str) -> Option<Vec<Node>> {
    let place = Span { source: SourceId::of_number(0), start: 0, end: text.len() };
    reader::documents(text, place).ok().map(|(documents, _)| documents)
}
