//! TOML as trees.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::node::{Entry, Node, Value};
use crate::path::{Path, Step};
use crate::report::Report;
use crate::source::{SourceId, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a text as TOML. `None` where its syntax is wrong, or where it is empty; the report then says why. A key that stands twice is
/// told too, and the rest read on.
pub fn parse(report: &mut Report, source: SourceId) -> Option<Node> {
    let text = report.sources.text(source).to_owned();
    let (table, errors) = DeTable::parse_recoverable(&text);
    let root = Node { span: Span::start_of(source), value: of_table(source, table.get_ref()) };
    let mut is_readable = true;
    for error in &errors {
        let span = error.span().unwrap_or_default();
        let span = Span { source, start: span.start, end: span.end };
        let is_duplicate = error.message().starts_with("duplicate key");
        is_readable &= is_duplicate;
        report.push(match is_duplicate {
            true => duplicate(&root, &text, span),
            false => syntax(&text, error.message(), span),
        });
    }
    if errors.is_empty() && root.entries().is_empty() {
        report.push(Diagnostic::error(Code::EMPTY, Span::start_of(source), "the file has no content"));
        return None;
    }
    is_readable.then_some(root)
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

/// The value as TOML writes it, in one line. YAML's null, which TOML has not, is an empty text.
pub fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => toml::Value::Float(*number).to_string(),
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let pairs = entries.iter().map(|entry| {
                let key = Path(vec![Step::Key(entry.key.clone())]);
                format!("{key} = {}", text(&entry.node))
            });
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
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
    let place = |span: std::ops::Range<usize>| Span { source, start: span.start, end: span.end };
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

/// A key that stands twice, with the place of the first one.
fn duplicate(root: &Node, text: &str, span: Span) -> Diagnostic {
    let key = text.get(span.start..span.end).unwrap_or_default().trim_matches(['"', '\'']);
    let message = format!("the key `{key}` stands twice");
    let first = first_of(root, key, span);
    Diagnostic::error(Code::DUPLICATE_KEY, span, message).label("here again").related(first, "first here")
}

/// The last key of this name before a place, in a table that is not closed before it.
fn first_of(node: &Node, key: &str, before: Span) -> Option<Span> {
    let inner = node.entries().iter().map(|entry| &entry.node).chain(node.items()).filter(|node| {
        let is_inline = !matches!(node.value, Value::Table(_)) || node.span.end <= before.start;
        !is_inline || node.span.end >= before.start || matches!(node.value, Value::List(_))
    });
    let own = node.entries().iter().filter(|entry| entry.key == key && entry.key_span.start < before.start);
    own.map(|entry| entry.key_span).chain(inner.filter_map(|node| first_of(node, key, before))).max()
}

/// The reader's findings by the first words of their descriptions, in our words, with advice.
const FINDINGS: [(&str, &str, &str); 33] = [
    ("unclosed table", "the table header has no closing `]`", ""),
    ("unclosed array table", "the table header has no closing `]]`", ""),
    ("unclosed array", "the list has no closing `]`", ""),
    ("unclosed inline table", "the table has no closing `}`", ""),
    ("missing comma", "a comma is missing between two values", ""),
    ("extra comma", "there is a comma too many", ""),
    ("unexpected `=` in array", "a list holds values, not `key = value`", "write a table: `{ key = value }`"),
    ("string values must be quoted", "a text needs quotation marks", ""),
    ("missing opening quote", "the opening quotation mark is missing", ""),
    ("missing closing quote", "the closing quotation mark is missing", ""),
    ("invalid basic string", "the text is not closed by `\"` on its line", ""),
    ("invalid literal string", "the text is not closed by `'` on its line", ""),
    (
        "invalid unquoted key",
        "a key of letters, digits, `-` and `_` is expected; any other needs quotation marks",
        "",
    ),
    ("unquoted keys cannot be empty", "a key is missing in front of this", ""),
    ("missing array opening", "a `[` is missing", ""),
    ("missing inline table opening", "a `{` is missing", ""),
    ("extra `=`", "there is a `=` too many", ""),
    ("missing value", "a value is missing after the `=`", ""),
    ("key with no value", "`key = value` is expected here, but there is no `=`", ""),
    ("`_` may only go between digits", "`_` may only stand between digits", ""),
    (
        "carriage return must be followed",
        "a carriage return stands alone",
        "save the file with Unix or Windows line ends",
    ),
    ("unexpected sign", "a sign is not allowed here", ""),
    ("unexpected leading zero", "a number must not begin with a zero", ""),
    ("radix must be lowercase", "the prefix of a number is written in lower case", ""),
    ("integers with a radix cannot be signed", "a number with a prefix has no sign", ""),
    ("redundant integer number prefix", "a decimal number has no prefix", ""),
    ("recursion limit", "tables and lists are nested too deeply", ""),
    ("cannot recurse further", "tables and lists are nested too deeply", ""),
    ("too few unicode value digits", "the escape `\\u` needs four digits, `\\U` eight", ""),
    (
        "missing escaped value",
        "a `\\` in a text must be followed by one of `b t n f r e \" \\ u U x`",
        "in '…' a `\\` stands for itself",
    ),
    ("invalid comment character", "the comment holds a control character", ""),
    ("cannot extend value of type", "this key already has a value, so that it cannot be a table too", ""),
    ("invalid integer", "this is no number", ""),
];

fn syntax(text: &str, found: &str, span: Span) -> Diagnostic {
    let known = FINDINGS.iter().find(|(start, ..)| found.starts_with(start));
    let (message, help) = known.map_or(("this is not TOML", ""), |(_, message, help)| (*message, *help));
    let mut diagnostic = Diagnostic::error(Code::SYNTAX, span, message);
    let word = text.get(span.start..span.end).unwrap_or_default().trim();
    let is_short = !word.is_empty() && word.len() < 60 && !word.contains(['\n', '"']);
    if found.starts_with("string values must be quoted") && is_short {
        diagnostic = diagnostic.help(format!("write \"{word}\""));
    }
    if !help.is_empty() {
        diagnostic = diagnostic.help(help);
    }
    diagnostic
}
