//! YAML as trees, read as Kubernetes' tools read it.

mod reader;
mod scalar;
mod syntax;

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
    // The lines of a literal block are those of the file; its common indentation changes nothing.
    if let Some(block) = literal_block(report, node.span) {
        return parse_span(report, block);
    }
    let position = report.sources.position(node.span);
    let name = format!("{} (the text in line {})", report.sources.name(node.span.source), position.line);
    let source = report.sources.add(name, text.clone());
    let whole = Span { source, start: 0, end: text.len() };
    parse_span(report, whole)
}

/// The lines of a literal block (`key: |`) whose text begins here; `None` for any other text.
fn literal_block(report: &Report, span: Span) -> Option<Span> {
    let before = report.sources.text(span.source).get(..span.start)?;
    let start = before.rfind('\n')? + 1;
    let (above, indentation) = before.split_at(start);
    let header = above.trim_end().lines().next_back()?;
    let header = header.split(" #").next()?.trim_end();
    let is_literal = header.trim_end_matches(|c: char| matches!(c, '+' | '-' | '1'..='9')).ends_with('|');
    (is_literal && indentation.trim().is_empty()).then_some(Span { start, ..span })
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
