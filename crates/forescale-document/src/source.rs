//! Texts and places in them.

use crate::harmless::harmless;

/// A text that was read, within its [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

impl SourceId {
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn of_number(number: u32) -> Self {
        Self(number)
    }
}

/// A range of bytes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The place in front of a source's first character.
    pub fn start_of(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }
}

/// Where a span starts, as an editor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// A text with the name that messages call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A path, or what else the user knows it by.
    pub name: String,
    /// The text.
    pub text: String,
    /// The number of its first line: above 1 where only a part of a file is held.
    pub first_line: usize,
}

/// The texts that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Holds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.add_part(name, text, 1)
    }

    /// Holds a part of a text whose first line has this number.
    pub fn add_part(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        first_line: usize,
    ) -> SourceId {
        let name = harmless(&name.into());
        self.0.push(Source { name, text: text.into(), first_line });
        SourceId(u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX))
    }

    /// The first source of this name, if it has this text and was read from its first line on.
    pub fn same(&self, name: &str, text: &str) -> Option<SourceId> {
        let name = harmless(name);
        let index = self.0.iter().position(|source| source.name == name)?;
        let source = self.0.get(index).filter(|source| source.text == text && source.first_line == 1);
        source.and(u32::try_from(index).ok().map(SourceId))
    }

    /// A text.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// A source's text; empty where there is no such source.
    pub fn text(&self, id: SourceId) -> &str {
        self.get(id).map_or("", |source| &source.text)
    }

    /// A source's name.
    pub fn name(&self, id: SourceId) -> &str {
        self.get(id).map_or("", |source| &source.name)
    }

    /// The text of the first source of this name.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|source| source.name == name).map(|source| source.text.as_str())
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.source).get(span.start..span.end).unwrap_or_default()
    }

    /// The line and column of a span's start.
    pub fn position(&self, span: Span) -> Position {
        let Some(source) = self.get(span.source) else { return Position { line: 1, column: 1 } };
        let start = floor(&source.text, span.start);
        let before = source.text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: source.first_line + before.matches('\n').count(),
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }

    /// The span within its text, on character borders.
    pub(crate) fn inside(&self, span: Span) -> Span {
        let text = self.text(span.source);
        let start = floor(text, span.start);
        Span { start, end: floor(text, span.end).max(start), ..span }
    }

    /// The span on character borders and within one line: what a caret can point at.
    pub(crate) fn on_one_line(&self, span: Span) -> Span {
        let text = self.text(span.source);
        let start = floor(text, span.start);
        let line_end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| start + at);
        let line_end =
            text.get(..line_end).map_or(line_end, |head| head.trim_end_matches('\r').len()).max(start);
        Span { start, end: floor(text, span.end).clamp(start, line_end), ..span }
    }
}

/// The nearest character border at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let mut sources = Sources::default();
        let id = sources.add_part("trace.csv", "ä = 1\nß ö x\n", 7);
        let at = |start| sources.position(Span { source: id, start, end: start });
        assert_eq!(at(0), Position { line: 7, column: 1 });
        assert_eq!(at(2), Position { line: 7, column: 2 });
        assert_eq!(at(1), Position { line: 7, column: 1 });
        assert_eq!(at(13), Position { line: 8, column: 5 });
        assert_eq!(at(usize::MAX), Position { line: 9, column: 1 });
        let whole = sources.on_one_line(Span { source: id, start: 0, end: usize::MAX });
        assert_eq!(sources.slice(whole), "ä = 1");
    }
}
