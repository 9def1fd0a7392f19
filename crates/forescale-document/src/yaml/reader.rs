//! From the parser's events to trees.

use super::{scalar, syntax};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::node::{Entry, Node, Value};
use crate::source::Span;
use granit_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// More nodes than this come only from aliases that multiply each other.
const MOST_NODES: usize = 1_000_000;

/// A list or mapping that is not closed yet.
enum Open {
    List(Vec<Node>),
    /// The entries, and a key that waits for its value.
    Table(Vec<Entry>, Option<(String, Span)>),
}

struct Reader<'a> {
    text: &'a str,
    /// Where the text starts in its source.
    base: usize,
    open: Vec<(Open, Span, usize)>,
    documents: Vec<Node>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    problems: Vec<Diagnostic>,
}

/// The documents of a text that have content, and what is wrong with them although the syntax is right. Places are moved to where
/// `base` starts.
pub(super) fn documents(text: &str, base: Span) -> Result<(Vec<Node>, Vec<Diagnostic>), Box<Diagnostic>> {
    let mut reader = Reader {
        text,
        base: base.start,
        open: Vec::new(),
        documents: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
        problems: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax::error(&error, text, base))?;
        let range = span.byte_range().unwrap_or_default();
        let span = Span { start: base.start + range.start, end: base.start + range.end, ..base };
        reader.take(event, span)?;
    }
    Ok((reader.documents, reader.problems))
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if style == ScalarStyle::Plain
                    && let Some(dash) = self.swallowed_item(span)
                {
                    self.problems.push(dash);
                }
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix() == "str");
                let value = if is_text { Value::Text(text.into_owned()) } else { scalar::plain(&text) };
                self.close(Node { value, span }, anchor, 1)
            }
            Event::Alias(anchor) => {
                let (mut node, size) = self.anchors.get(&anchor).cloned().unwrap_or((null(span), 1));
                node.span = span;
                self.close(node, 0, size)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push((Open::List(Vec::new()), span, anchor));
                Ok(())
            }
            Event::MappingStart(_, anchor, _) => {
                self.open.push((Open::Table(Vec::new(), None), span, anchor));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((open, start, anchor)) = self.open.pop() else { return Ok(()) };
                let value = match open {
                    Open::List(items) => Value::List(items),
                    Open::Table(entries, _) => {
                        let wrong =
                            entries.iter().find(|entry| entry.key == "<<" && !is_mergeable(&entry.node));
                        if let Some(entry) = wrong {
                            let message = "`<<` merges mappings, and this is none";
                            self.problems.push(Diagnostic::error(Code::SYNTAX, entry.node.span, message));
                        }
                        Value::Table(merged(entries))
                    }
                };
                let span = Span { end: span.end.max(start.end), ..start };
                self.close(Node { value, span }, anchor, 1)
            }
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A `- ` at the beginning of a line that only continues the text of the line above.
    fn swallowed_item(&self, span: Span) -> Option<Diagnostic> {
        let text = self.text.get(span.start - self.base..span.end - self.base)?;
        let at = text.match_indices('\n').find_map(|(at, _)| {
            let line = text.get(at + 1..)?;
            let indent = line.len() - line.trim_start_matches(' ').len();
            line.get(indent..)?.starts_with("- ").then_some(at + 1 + indent)
        })?;
        let dash = Span { start: span.start + at, end: span.start + at + 1, ..span };
        let message = "this `-` begins no item: it is indented further than the item above, so its line belongs to that text";
        let start = Span { end: span.start + text.find('\n').unwrap_or(text.len()), ..span };
        let diagnostic =
            Diagnostic::warning(Code::SWALLOWED_ITEM, dash, message).related(start, "the text begins here");
        Some(
            diagnostic.help(
                "put the `-` in the column of the one above; or quote the text, if this is what you want",
            ),
        )
    }

    /// A node is complete: it goes to what is open around it.
    fn close(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes += size;
        if self.nodes > MOST_NODES {
            let message = "the aliases of this file multiply to more than a million values";
            return Err(Box::new(Diagnostic::error(Code::SYNTAX, node.span, message)));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), count(&node)));
        }
        match self.open.last_mut() {
            None if node.value == Value::Null => {}
            None => self.documents.push(node),
            Some((Open::List(items), ..)) => items.push(node),
            Some((Open::Table(entries, key), ..)) => match key.take() {
                None if matches!(node.value, Value::List(_) | Value::Table(_)) => {
                    return Err(Box::new(syntax::helm(Span { end: node.span.start + 1, ..node.span })));
                }
                None => *key = Some((key_text(&node), node.span)),
                Some((key, key_span)) => match entries.iter().find(|entry| entry.key == key) {
                    Some(first) => self.problems.push(
                        Diagnostic::error(
                            Code::DUPLICATE_KEY,
                            key_span,
                            format!("the key `{key}` stands twice"),
                        )
                        .label("here again")
                        .related(first.key_span, "first here"),
                    ),
                    None => entries.push(Entry { key, key_span, node }),
                },
            },
        }
        Ok(())
    }
}

fn null(span: Span) -> Node {
    Node { value: Value::Null, span }
}

fn count(node: &Node) -> usize {
    let inner = node.entries().iter().map(|entry| &entry.node).chain(node.items());
    1 + inner.map(count).sum::<usize>()
}

fn is_mergeable(node: &Node) -> bool {
    matches!(node.value, Value::Table(_)) || !node.items().is_empty() && node.items().iter().all(is_mergeable)
}

/// Keys are texts, as in JSON.
fn key_text(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::List(_) | Value::Table(_) => "?".to_owned(),
    }
}

/// Entries of the mappings behind `<<` stand in, where there is no key of their name.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if entries.iter().all(|entry| entry.key != "<<") {
        return entries;
    }
    let (merge, mut own): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| entry.key == "<<");
    for entry in merge {
        let tables = match entry.node.value {
            Value::List(items) => items,
            _ => vec![entry.node],
        };
        for added in tables.into_iter().flat_map(|table| match table.value {
            Value::Table(entries) => entries,
            _ => Vec::new(),
        }) {
            if own.iter().all(|entry| entry.key != added.key) {
                own.push(added);
            }
        }
    }
    own
}
