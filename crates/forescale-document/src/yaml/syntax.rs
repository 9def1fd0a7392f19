//! Wrong YAML, in sentences.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use granit_parser::{ErrorKind as Kind, ScanError};

/// The diagnostic for what the reader found at this place of `text`.
pub(super) fn error(error: &ScanError, text: &str, base: Span) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let span = Span { start: base.start + at, end: base.start + at + 1, ..base };
    if let Some(diagnostic) = misindented_item(text, at, base) {
        return diagnostic;
    }
    let (message, help) = sentence(error.kind());
    let diagnostic = Diagnostic::error(Code::SYNTAX, span, message);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

fn sentence(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => ("a tab stands where YAML allows spaces only", "indent with spaces"),
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            ("the text has no closing quotation mark", "")
        }
        Kind::UnclosedFlowCollection { open: '[' } | Kind::UnexpectedEofFlowSequence => {
            ("the list has no closing `]`", "")
        }
        Kind::UnclosedFlowCollection { .. } | Kind::UnexpectedEofFlowMapping => {
            ("the mapping has no closing `}`", "")
        }
        Kind::MismatchedFlowCollectionEnd { .. } | Kind::MisplacedFlowCollectionEnd => {
            ("this bracket closes nothing that is open", "")
        }
        Kind::ExpectedFlowMappingSeparator | Kind::ExpectedFlowSequenceSeparator => {
            ("a comma or the closing bracket is missing before this", "")
        }
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => (
            "a `key: value` cannot stand here",
            "the line before may be indented less than this one, or a text with a colon needs quotation marks",
        ),
        Kind::ExpectedBlockMappingKey | Kind::MappingKeyNotAllowed | Kind::InvalidIndentation => {
            ("the indentation fits none of the lines above", "keys of one mapping stand in the same column")
        }
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            ("a key without a `:` and a value", "write `key: value`, with a space after the colon")
        }
        Kind::ExpectedBlockSequenceEntry
        | Kind::BlockSequenceEntryNotAllowed
        | Kind::InvalidBlockEntryWhitespace
        | Kind::BlockEntryInFlowCollection => {
            ("a list item cannot stand here", "the `-` of all items of one list stand in the same column")
        }
        Kind::UnknownAnchor => ("this alias names no anchor (`&name`) above it", ""),
        Kind::UnknownQuotedScalarEscape | Kind::InvalidQuotedScalarHexEscape | Kind::InvalidUnicodeEscape => {
            ("this escape does not exist in a text in \"…\"", "in '…' a `\\` stands for itself")
        }
        Kind::UnexpectedCharacter { .. } => {
            ("no value begins with this character", "a text that begins with it needs quotation marks")
        }
        Kind::RecursionLimitExceeded => ("lists and mappings are nested too deeply", ""),
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => {
            ("there is something after the closing quotation mark", "")
        }
        Kind::InvalidBlockScalarIndent | Kind::InvalidQuotedScalarIndent | Kind::InvalidFlowScalarIndent => {
            ("this line of a text is indented less than the text before it", "")
        }
        _ => ("this is not YAML", ""),
    }
}

/// A list item that is indented otherwise than the item before it: the commonest slip of all.
fn misindented_item(text: &str, at: usize, base: Span) -> Option<Diagnostic> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        lines.push((start, line));
        start += line.len();
    }
    let last = lines.iter().rposition(|(start, _)| *start <= at)?;
    let item = |(start, line): &(usize, &str)| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_item = line[indent..].starts_with("- ");
        is_item.then_some((*start + indent, indent))
    };
    // The reader stops at the item, or in the lines that belong to it.
    let (index, (place, indent)) = lines[..=last]
        .iter()
        .enumerate()
        .rev()
        .take(3)
        .find_map(|(index, line)| Some((index, item(line)?)))?;
    let has_content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let before = lines[..index].iter().rev().filter(|(_, line)| has_content(line));
    let mut siblings = before.filter_map(item).take_while(|(_, other)| *other != indent);
    let (first, other) = siblings.find(|(_, other)| other.abs_diff(indent) <= 3)?;
    // A list within an item of a list is deeper by right.
    let parent_key = lines[..index].iter().rev().find(|(_, line)| has_content(line))?.1.trim_end();
    if parent_key.ends_with(':') {
        return None;
    }
    let span = |start: usize| Span { start: base.start + start, end: base.start + start + 1, ..base };
    let message = format!(
        "this list item is indented by {indent} columns, the item before it by {other}; YAML takes items of one list in one column only"
    );
    let diagnostic = Diagnostic::error(Code::SYNTAX, span(place), message);
    Some(diagnostic.related(span(first), "the item before it").help(format!("indent it by {other} columns")))
}
