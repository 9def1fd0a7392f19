//! What was read, and what is wrong with it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::harmless::{harmless, is_harmful};
use crate::source::{Position, Source, Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The texts that were read, and the diagnostics about them in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The texts.
    pub sources: Sources,
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds a diagnostic, unless it is there already.
    ///
    /// Its places are moved onto characters of their texts, should they lie between or behind them.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.span = diagnostic.span.map(|span| self.sources.inside(span));
        for (span, _) in &mut diagnostic.related {
            *span = self.sources.inside(*span);
        }
        let labels = diagnostic.related.iter_mut().map(|(_, label)| label);
        let texts = [&mut diagnostic.message, &mut diagnostic.label];
        for text in texts.into_iter().chain(labels).chain(&mut diagnostic.help) {
            *text = harmless(text);
        }
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// All diagnostics.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Takes all diagnostics out; the texts stay.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// What makes the input useless.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// What the user should know.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// Whether the input cannot be used.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Where a diagnostic points.
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<Position> {
        diagnostic.span.map(|span| self.sources.position(span))
    }

    /// The file that a diagnostic is about.
    pub fn file(&self, diagnostic: &Diagnostic) -> Option<&str> {
        diagnostic.span.map(|span| self.sources.name(span.source))
    }

    /// Errors before warnings, and both in the order of files and places.
    pub fn in_order(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        all.sort_by_key(|diagnostic| (diagnostic.severity, diagnostic.span));
        all
    }

    /// All diagnostics as a person reads them, warnings after errors, parted by empty lines.
    ///
    /// `width` is the terminal's, in columns; colour adds nothing but escapes.
    pub fn render(&self, color: bool, width: usize) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(width);
        // The renderer shows the escapes of ASCII in source lines, not those beyond it.
        let one = |diagnostic: &Diagnostic| {
            let text = renderer.render(&self.groups(diagnostic)) + "\n";
            text.replace(|c: char| !c.is_ascii() && is_harmful(c), "\u{fffd}")
        };
        let parts: Vec<String> = self.in_order().into_iter().map(one).collect();
        parts.join("\n")
    }

    fn groups<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id);
        let mut group = Group::with_title(title);
        for snippet in self.snippets(diagnostic) {
            group = snippet.add_to(group);
        }
        let help = diagnostic.help.iter().map(|help| Level::HELP.message(help.as_str()));
        vec![group.elements(help)]
    }

    /// The places of a diagnostic by file, that of the diagnostic itself first.
    fn snippets<'a>(&'a self, diagnostic: &'a Diagnostic) -> Vec<Shown<'a>> {
        let primary = diagnostic.span.map(|span| (span, diagnostic.label.as_str(), AnnotationKind::Primary));
        let related = diagnostic.related.iter();
        let related = related.map(|(span, label)| (*span, label.as_str(), AnnotationKind::Context));
        let mut order = Vec::new();
        let mut by_source: BTreeMap<_, Vec<(Span, &str, AnnotationKind)>> = BTreeMap::new();
        for (span, label, kind) in primary.into_iter().chain(related) {
            if !order.contains(&span.source) {
                order.push(span.source);
            }
            let span = self.sources.on_one_line(span);
            by_source.entry(span.source).or_default().push((span, label, kind));
        }
        let shown = |source| {
            let places = by_source.remove(&source).unwrap_or_default();
            self.sources.get(source).map(|source| Shown { source, places })
        };
        order.into_iter().filter_map(shown).collect()
    }

    /// All diagnostics as a program reads them.
    pub fn to_json(&self) -> Value {
        let place = |span: &Span| {
            let at = self.sources.position(*span);
            let text = self.sources.slice(self.sources.on_one_line(*span));
            json!({ "file": self.sources.name(span.source), "line": at.line, "column": at.column, "text": text })
        };
        let one = |diagnostic: &Diagnostic| {
            let mut object = json!({
                "severity": diagnostic.severity.name(),
                "code": diagnostic.code.id,
                "message": diagnostic.message,
                "label": diagnostic.label,
                "help": diagnostic.help,
                "related": diagnostic.related.iter().map(|(span, label)| {
                    let mut object = place(span);
                    object["message"] = json!(label);
                    object
                }).collect::<Vec<_>>(),
            });
            if let Some(span) = &diagnostic.span {
                object["place"] = place(span);
            }
            object
        };
        self.in_order().into_iter().map(one).collect()
    }
}

/// A source with places in it.
struct Shown<'a> {
    source: &'a Source,
    places: Vec<(Span, &'a str, AnnotationKind)>,
}

impl<'a> Shown<'a> {
    fn add_to(self, group: Group<'a>) -> Group<'a> {
        let Source { name, text, first_line } = self.source;
        if text.trim().is_empty() {
            return group.element(Origin::path(name.as_str()).line(*first_line).char_column(1));
        }
        let annotations = self.places.into_iter().map(|(span, label, kind)| {
            let annotation = kind.span(span.start..span.end);
            if label.is_empty() { annotation } else { annotation.label(label) }
        });
        let snippet = Snippet::source(text.as_str()).path(name.as_str()).line_start(*first_line);
        group.element(snippet.annotations(annotations))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn rendered(text: &str, start: usize, end: usize, width: usize) -> String {
        let mut report = Report::default();
        let source = report.sources.add("a.toml", text);
        report.push(Diagnostic::error(Code::SYNTAX, Span { source, start, end }, "wrong\u{1b}[31m"));
        report.render(false, width)
    }

    #[test]
    fn carets_stand_under_wide_characters() {
        let text = "漢字 = wert\n";
        let at = text.find("wert").unwrap();
        let lines: Vec<String> = rendered(text, at, at + 4, 80).lines().map(str::to_owned).collect();
        assert_eq!(lines[1], " --> a.toml:1:6");
        // Each of the two signs takes two columns.
        assert_eq!((lines[3].as_str(), lines[4].as_str()), ("1 | 漢字 = wert", "  |        ^^^^"));
    }

    #[test]
    fn nothing_but_text_reaches_the_terminal_and_no_more_than_its_width() {
        let text = format!("a = \"{}\u{9b}31m\u{202e}\x1b[2J\"\r\n", "x".repeat(5000));
        let shown = rendered(&text, 5000, 5004, 80);
        assert!(shown.lines().all(|line| line.chars().count() <= 110), "{shown}");
        assert!(!shown.chars().any(|c| c != '\n' && is_harmful(c)), "{shown:?}");
    }
}
