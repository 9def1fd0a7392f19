//! Wrong TOML, in sentences.

use super::statements::{Open, What};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::ops::Range;

/// The reader's findings by the first words of their descriptions, in our words, with advice.
const FINDINGS: &[(&str, &str, &str)] = &[
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
    ("missing assignment", "`key = value` is expected here, but there is no `=`", ""),
    ("extra assignment", "there is a `=` too many", ""),
    ("missing key for inline table", "a key is missing in front of this", ""),
    ("invalid inline table element", "a table in `{ … }` holds `key = value`, with commas between them", ""),
    (
        "unexpected key or value",
        "something stands behind the value",
        "each `key = value` has a line of its own",
    ),
    ("unexpected content", "something stands here that belongs to no key", ""),
    ("redundant numeric sign", "a number has one sign at most", ""),
    ("missing table open", "the table header has no opening `[`", ""),
];

/// The diagnostic for what the reader found here, in this statement.
pub(super) fn syntax(text: &str, range: &Range<usize>, found: &str, span: Span) -> Diagnostic {
    let statement = text.get(range.clone()).unwrap_or_default();
    let known = FINDINGS.iter().find(|(start, ..)| found.starts_with(start));
    let (message, help) = known.map_or(("this is not TOML", ""), |(_, message, help)| (*message, *help));
    let error = |span, message: &str| Diagnostic::error(Code::SYNTAX, span, message);
    let after = text.get(span.start..).unwrap_or_default();
    let word = text.get(span.start..span.end).unwrap_or_default();
    if after.starts_with(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return error(span, "a control character cannot stand here");
    }
    if let Some(colon) = colon(statement) {
        let start = range.start + colon;
        let span = Span { start, end: start + 1, ..span };
        return error(span, "`=` is expected between key and value, not `:`");
    }
    if found.starts_with("key with no value") && statement.contains('=') {
        return error(span, "a key with a space in it needs quotation marks");
    }
    if matches!(word.trim().to_ascii_lowercase().as_str(), "true" | "false") {
        return error(span, "`true` and `false` are written in lower case");
    }
    if found.starts_with("string values must be quoted") {
        return unquoted(text, word, span);
    }
    let diagnostic = error(span, message);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

/// The place of the colon in a statement that is written as in YAML.
pub(super) fn colon(statement: &str) -> Option<usize> {
    let line = statement.lines().next()?;
    let (key, value) = line.split_once(':')?;
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = key.trim();
    let is_yaml = !name.is_empty()
        && name.chars().all(is_key)
        && (value.is_empty() || value.starts_with([' ', '\t', '\r']));
    is_yaml.then_some(key.len())
}

/// A value that is no TOML value: most often a text without quotation marks.
fn unquoted(text: &str, word: &str, span: Span) -> Diagnostic {
    let error = |span, message: &str| Diagnostic::error(Code::SYNTAX, span, message);
    let trimmed = word.trim();
    if trimmed.is_empty() {
        return error(span, "a value is missing after the `=`");
    }
    let after = text.get(span.end..).unwrap_or_default().trim_start_matches(' ');
    if let Some((value, key)) = trimmed.rsplit_once(' ').filter(|_| after.starts_with('=')) {
        let start = span.end - key.len() - (word.len() - word.trim_end().len());
        let place = Span { start, end: start + key.len(), ..span };
        let diagnostic = error(place, "a comma or the end of the line is missing before this key");
        return diagnostic.help(format!("a table in `{{ … }}` has commas: `{}, {key} = …`", value.trim()));
    }
    let diagnostic = error(span, "a text needs quotation marks");
    match trimmed.len() < 60 && !trimmed.contains(['\n', '"']) {
        true => diagnostic.help(format!("write \"{trimmed}\"")),
        false => diagnostic,
    }
}

/// The diagnostic for what is never closed.
pub(super) fn open(open: Open, span: Span) -> Diagnostic {
    let message = match open.what {
        What::Header => "this table header has no closing `]`".to_owned(),
        What::List => "this list has no closing `]`".to_owned(),
        What::Table => "this table has no closing `}`".to_owned(),
        What::Text(mark @ ("\"" | "'")) => format!("this text has no closing `{mark}` on its line"),
        What::Text(mark) => format!("this text has no closing `{mark}`"),
        What::TooDeep => "tables and lists are nested too deeply".to_owned(),
    };
    let width = if let What::Text(mark) = open.what { mark.len() } else { 1 };
    Diagnostic::error(Code::SYNTAX, Span { start: open.at, end: open.at + width, ..span }, message)
}
