//! Wrong YAML, in sentences.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use granit_parser::{ErrorKind as Kind, ScanError};

/// The diagnostic for what the reader found at this place of `text`.
///
/// The reader stops where it can go no further, often a line after the slip; so the lines before it are looked at first.
pub(super) fn error(error: &ScanError, text: &str, base: Span) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let span =
        |start: usize, len: usize| Span { start: base.start + start, end: base.start + start + len, ..base };
    let lines = Lines::up_to(text, at);
    let here = text.get(at..).and_then(|rest| rest.chars().next());
    if here.is_some_and(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Diagnostic::error(Code::SYNTAX, span(at, 1), "a control character cannot stand in YAML");
    }
    if let Some((start, _)) = lines.last().filter(|(_, line)| line.contains("{{")) {
        let open = lines.last().and_then(|(_, line)| line.find("{{")).unwrap_or(0);
        return helm(span(start + open, 2));
    }
    if let Some((start, found)) = lines
        .last()
        .and_then(|(start, line)| Some((start, line.char_indices().find(|(_, c)| is_odd_blank(*c))?)))
    {
        let (at, blank) = found;
        let message = format!(
            "a blank of another kind (U+{:04X}) stands here, where YAML takes plain spaces only",
            u32::from(blank)
        );
        return Diagnostic::error(Code::SYNTAX, span(start + at, blank.len_utf8()), message);
    }
    if let Some(tab) = lines.tab(text) {
        let diagnostic =
            Diagnostic::error(Code::SYNTAX, span(tab, 1), "a tab stands where YAML allows spaces only");
        return diagnostic.help("indent with spaces");
    }
    let says_all =
        matches!(error.kind(), Kind::MismatchedFlowCollectionEnd { .. } | Kind::RecursionLimitExceeded);
    if let Some((open, mark)) = lines.open().filter(|_| !says_all) {
        let message = match mark {
            '[' => "this list has no closing `]`".to_owned(),
            '{' => "this mapping has no closing `}`".to_owned(),
            mark => format!("this text has no closing `{mark}`"),
        };
        return Diagnostic::error(Code::SYNTAX, span(open, 1), message);
    }
    if let Some(diagnostic) = misindented_item(text, at, base).or_else(|| misindented_key(&lines, span)) {
        return diagnostic;
    }
    let (message, help) = match error.kind() {
        // Between two items in brackets it is the comma that is missing.
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar
            if lines.last().is_some_and(|(start, line)| {
                line.get(..at.saturating_sub(start)).and_then(open_in).is_some()
            }) =>
        {
            ("a comma is missing before this", "")
        }
        kind => sentence(kind),
    };
    let diagnostic = Diagnostic::error(Code::SYNTAX, span(at, 1), message);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

/// Blanks that look like spaces and come from web pages.
fn is_odd_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{3000}' | '\u{feff}')
}

/// A template where YAML is expected.
pub(super) fn helm(span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::SYNTAX, span, "this is a template of Helm, not YAML yet");
    diagnostic.help("render it first: `helm template CHART > manifest.yaml`")
}

/// The lines of a text up to the one in which reading stopped.
struct Lines<'a>(Vec<(usize, &'a str)>);

impl<'a> Lines<'a> {
    fn up_to(text: &'a str, at: usize) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if start > at {
                break;
            }
            lines.push((start, line));
            start += line.len();
        }
        Self(lines)
    }

    fn last(&self) -> Option<(usize, &'a str)> {
        self.0.last().copied()
    }

    /// A tab in the indentation of the last line or the next one.
    fn tab(&self, text: &str) -> Option<usize> {
        let (start, line) = self.last()?;
        let next = text.get(start + line.len()..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        [(start, line), (start + line.len(), next)].into_iter().find_map(|(start, line)| {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            let tab = line.get(..indent)?.find('\t')?;
            (!line.trim().is_empty()).then_some(start + tab)
        })
    }

    /// The last bracket or quotation mark that a line before the last one, or the last one itself, opens without closing.
    fn open(&self) -> Option<(usize, char)> {
        let of_line = |(start, line): &(usize, &str)| open_in(line).map(|(at, mark)| (start + at, mark));
        // A mapping in several lines closes what an earlier line opened; a text further above is most likely one of a script.
        let few = self.0.iter().rev().take(30);
        let mut closed = 0;
        for (index, line) in few.enumerate() {
            closed += line.1.matches([']', '}']).count();
            let opened = line.1.matches(['[', '{']).count();
            if let Some(found) = of_line(line) {
                let is_text = matches!(found.1, '"' | '\'');
                if closed < opened || is_text && index < 3 {
                    return Some(found);
                }
            }
            closed = closed.saturating_sub(opened);
        }
        None
    }
}

/// The last bracket or quotation mark that begins a value in this line and is not closed in it.
fn open_in(line: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut text: Option<(usize, char)> = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (text, c) {
            (Some((_, mark)), c) if c == mark && before != '\\' => text = None,
            (Some(_), _) => {}
            (None, '#') if before == ' ' => break,
            (None, '"' | '\'') if matches!(before, ' ' | '[' | '{' | ',') => text = Some((at, c)),
            (None, '[' | '{') if matches!(before, ' ' | '[' | '{' | ',') => open.push((at, c)),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
        before = c;
    }
    text.or(open.pop())
}

/// A key that is indented otherwise than the key before it.
fn misindented_key(lines: &Lines<'_>, span: impl Fn(usize, usize) -> Span) -> Option<Diagnostic> {
    let key = |(start, line): &(usize, &str)| {
        let line = line.trim_end();
        // The first key of an item of a list stands behind the dash.
        let indent = line.len() - line.trim_start_matches(' ').len();
        let dashes = line.get(indent..)?.len() - line.get(indent..)?.trim_start_matches(['-', ' ']).len();
        let column = indent + dashes;
        let (name, value) = line.get(column..)?.split_once(':')?;
        let is_key = !name.is_empty()
            && !name.contains([' ', '"', '\'', '#'])
            && (value.is_empty() || value.starts_with(' '));
        let is_parent = value.trim().is_empty() || value.trim_start().starts_with(['|', '>', '#']);
        is_key.then_some((start + column, column, name.len(), is_parent))
    };
    let has_content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let (last, before) = lines.0.split_last()?;
    let (place, column, len, _) = key(last)?;
    let previous = before.iter().rev().find(|(_, line)| has_content(line))?;
    let (first, other, other_len, is_parent) = key(previous)?;
    let is_item = last.1.trim_start().starts_with("- ");
    if is_item || other == column || is_parent && column > other {
        return None;
    }
    // Going back to where an outer mapping has its keys is right.
    let mut least = other;
    for (_, outer, ..) in before.iter().rev().filter_map(key) {
        if outer == column && outer < least {
            return None;
        }
        least = least.min(outer);
    }
    let message = format!(
        "this key is indented by {}, the key before it by {other}; keys of one mapping stand in one column",
        columns(column)
    );
    let diagnostic = Diagnostic::error(Code::SYNTAX, span(place, len), message);
    Some(diagnostic.related(span(first, other_len), "the key before it"))
}

fn columns(count: usize) -> String {
    if count == 1 { "1 column".to_owned() } else { format!("{count} columns") }
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
        Kind::MismatchedFlowCollectionEnd { open: '[', .. } => {
            ("this list is not closed by `]`, but by another bracket", "")
        }
        Kind::MismatchedFlowCollectionEnd { .. } => {
            ("this mapping is not closed by `}`, but by another bracket", "")
        }
        Kind::MisplacedFlowCollectionEnd => ("this bracket closes nothing that is open", ""),
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
        "this list item is indented by {}, the item before it by {other}; items of one list stand in one column",
        columns(indent)
    );
    let diagnostic = Diagnostic::error(Code::SYNTAX, span(place), message);
    Some(
        diagnostic
            .related(span(first), "the item before it")
            .help(format!("indent it by {}", columns(other))),
    )
}
