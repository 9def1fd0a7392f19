//! TOML as trees.

mod findings;
mod statements;
#[cfg(test)]
mod tests;
mod write;

pub use write::text;

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::node::{Entry, Node, Value};
use crate::report::Report;
use crate::source::{SourceId, Span};
use findings::colon;
use statements::{Statement, inline_entry, statements};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// More wrong statements than anyone mends at once.
const MOST_MISTAKES: usize = 20;

/// Reads a text as TOML. `None` where its syntax is wrong, or where it is empty; the report then says why. A key that stands twice is
/// told too, and the rest read on.
///
/// The reader stops making sense after its first finding. So each wrong statement is told and taken out, and the rest is read
/// again, as [`decode`](crate::decode()) does it with values.
pub fn parse(report: &mut Report, source: SourceId) -> Option<Node> {
    let text = report.sources.text(source).to_owned();
    let mut reader =
        Reader { source, text: &text, rest: text.clone(), statements: statements(&text), mistakes: 0 };
    if reader.is_yaml(report) {
        return None;
    }
    reader.take_out_open(report);
    let root = reader.read(report);
    if reader.mistakes > 0 {
        return None;
    }
    let root = root?;
    if root.entries().is_empty() && !report.has_errors() {
        report.push(Diagnostic::error(Code::EMPTY, Span::start_of(source), "the file has no content"));
        return None;
    }
    Some(root)
}

/// A text, what is left of it, and its statements.
struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    rest: String,
    statements: Vec<Statement>,
    mistakes: usize,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span { source: self.source, start: range.start, end: range.end }
    }

    /// A manifest where a scenario is expected gives one error, not one per line.
    fn is_yaml(&self, report: &mut Report) -> bool {
        let slices = self
            .statements
            .iter()
            .map(|statement| (statement, self.text.get(statement.range.clone()).unwrap_or_default()));
        let mut written =
            slices.filter(|(_, text)| !text.trim().is_empty() && !text.trim_start().starts_with('#'));
        let mut colons =
            written.by_ref().map_while(|(statement, text)| Some(statement.range.start + colon(text)?));
        let (Some(first), Some(_)) = (colons.next(), colons.next()) else { return false };
        let span = Span { source: self.source, start: first, end: first + 1 };
        let diagnostic = Diagnostic::error(Code::SYNTAX, span, "this is YAML; TOML is expected here");
        report.push(diagnostic.help("TOML has `[table]` headers, and `=` between key and value"));
        true
    }

    fn take_out(&mut self, range: Range<usize>) {
        let blank = |c: char| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) };
        let blanks: String = self.rest.get(range.clone()).unwrap_or_default().chars().map(blank).collect();
        self.rest.replace_range(range, &blanks);
    }

    fn take_out_open(&mut self, report: &mut Report) {
        for statement in self.statements.clone() {
            let Some(open) = statement.open else { continue };
            if self.mistakes < MOST_MISTAKES {
                report.push(findings::open(open, self.span(&statement.range)));
            }
            self.mistakes += 1;
            self.take_out(statement.range);
        }
    }

    fn read(&mut self, report: &mut Report) -> Option<Node> {
        loop {
            let rest = self.rest.clone();
            let (table, errors) = DeTable::parse_recoverable(&rest);
            let range = |error: &toml::de::Error| error.span().unwrap_or_default();
            let is_duplicate = |error: &&toml::de::Error| error.message().starts_with("duplicate key");
            let syntax =
                errors.iter().filter(|error| !is_duplicate(error)).min_by_key(|error| range(error).start);
            let Some(error) = syntax.or(errors.first()) else {
                return Some(Node {
                    span: Span::start_of(self.source),
                    value: of_table(self.source, table.get_ref()),
                });
            };
            // With a header gone, keys seem to stand twice.
            if self.mistakes >= MOST_MISTAKES || syntax.is_none() && self.mistakes > 0 {
                return None;
            }
            let range = range(error);
            let statement =
                self.statements.iter().rev().find(|statement| statement.range.start <= range.start);
            let statement = statement.map_or(0..self.text.len(), |statement| statement.range.clone());
            match syntax {
                Some(_) => {
                    report.push(findings::syntax(self.text, &statement, error.message(), self.span(&range)));
                    self.mistakes += 1;
                    if self.mistakes == MOST_MISTAKES {
                        let message =
                            format!("these are {MOST_MISTAKES} mistakes; the rest of the file was not read");
                        report.push(Diagnostic::error(Code::TOO_MANY, self.span(&range), message));
                    }
                    self.take_out(statement);
                }
                None => {
                    let root = Node {
                        span: Span::start_of(self.source),
                        value: of_table(self.source, table.get_ref()),
                    };
                    let whole = match inline_entry(&self.rest, &statement, range.start) {
                        Some(entry) => entry,
                        None => self.with_its_keys(statement),
                    };
                    self.take_out(whole);
                    let diagnostic = self.duplicate(&root, self.span(&range));
                    report.push(diagnostic);
                }
            }
            if self.rest == rest {
                return None;
            }
        }
    }

    /// A table header with the keys below it, or a key alone.
    fn with_its_keys(&self, statement: Range<usize>) -> Range<usize> {
        let is_header = |range: &Range<usize>| {
            self.text.get(range.clone()).is_some_and(|text| text.trim_start().starts_with('['))
        };
        if !is_header(&statement) {
            return statement;
        }
        let after =
            self.statements.iter().map(|other| &other.range).filter(|other| other.start > statement.start);
        let next = after.filter(|other| is_header(other)).map(|other| other.start).next();
        statement.start..next.unwrap_or(self.text.len())
    }

    /// A key that stands twice, with the place of the first one: it is the one that is still there.
    fn duplicate(&self, root: &Node, span: Span) -> Diagnostic {
        let key = self.text.get(span.start..span.end).unwrap_or_default().trim_matches(['"', '\'']);
        let left = DeTable::parse_recoverable(&self.rest).0;
        let left = Node { span, value: of_table(self.source, left.get_ref()) };
        let first =
            path_to(root, span).and_then(|path| key_at(&left, &path)).or_else(|| first_of(&left, key, span));
        let message = format!("the key `{key}` stands twice");
        Diagnostic::error(Code::DUPLICATE_KEY, span, message).label("here again").related(first, "first here")
    }
}

/// The keys on the way to the key at this place.
fn path_to(node: &Node, place: Span) -> Option<Vec<String>> {
    node.entries().iter().find_map(|entry| {
        if entry.key_span == place {
            return Some(vec![entry.key.clone()]);
        }
        let mut path = path_to(&entry.node, place)?;
        path.insert(0, entry.key.clone());
        Some(path)
    })
}

fn key_at(root: &Node, path: &[String]) -> Option<Span> {
    let (last, before) = path.split_last()?;
    before.iter().try_fold(root, |node, key| node.get(key))?.entry(last).map(|entry| entry.key_span)
}

/// The last key of this name before a place.
fn first_of(node: &Node, key: &str, before: Span) -> Option<Span> {
    let inner = node.entries().iter().map(|entry| &entry.node).chain(node.items());
    let own = node.entries().iter().filter(|entry| entry.key == key && entry.key_span.start < before.start);
    own.map(|entry| entry.key_span).chain(inner.filter_map(|node| first_of(node, key, before))).max()
}

/// Reads a single value, as it stands after a `=`; any text that is no TOML value is a text.
pub fn value(report: &Report, span: Span) -> Node {
    let text = report.sources.slice(span);
    let parsed = match DeValue::parse(text) {
        Ok(value) => of_value(span.source, value.get_ref()),
        Err(_) => Value::Text(text.to_owned()),
    };
    let mut node = Node { value: parsed, span };
    shift(&mut node, span.start);
    node.span = span;
    node
}

/// Reads a text as [`value`] does; all of it has this place.
pub fn value_at(text: &str, place: Span) -> Node {
    let parsed = match DeValue::parse(text) {
        Ok(value) => of_value(place.source, value.get_ref()),
        Err(_) => Value::Text(text.to_owned()),
    };
    let mut node = Node { value: parsed, span: place };
    put_at(&mut node, place);
    node
}

fn put_at(node: &mut Node, place: Span) {
    node.span = place;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| put_at(item, place)),
        Value::Table(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_span = place;
            put_at(&mut entry.node, place);
        }),
        _ => {}
    }
}

/// Moves all places by so many bytes.
fn shift(node: &mut Node, by: usize) {
    let move_span = |span: &mut Span| (span.start, span.end) = (span.start + by, span.end + by);
    move_span(&mut node.span);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Table(entries) => entries.iter_mut().for_each(|entry| {
            move_span(&mut entry.key_span);
            shift(&mut entry.node, by);
        }),
        _ => {}
    }
}

fn of_table(source: SourceId, table: &DeTable<'_>) -> Value {
    let place = |span: Range<usize>| Span { source, start: span.start, end: span.end };
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: place(key.span()),
            node: of_spanned(source, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    Value::Table(entries)
}

fn of_spanned(source: SourceId, value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    Node { span: Span { source, start: span.start, end: span.end }, value: of_value(source, value.get_ref()) }
}

fn of_value(source: SourceId, value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => match i128::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => Value::Integer(number),
            // Beyond 128 bits it is out of any range, which its reader will say.
            Err(_) => Value::Integer(i128::MAX),
        },
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(datetime) => Value::Text(datetime.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| of_spanned(source, item)).collect()),
        DeValue::Table(table) => of_table(source, table),
    }
}
