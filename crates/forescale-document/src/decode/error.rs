//! What can be wrong with a value, and where.

use super::expected::{in_words, range};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::names::nearest;
use crate::refusal::Refusal;
use crate::report::Report;
use crate::source::Span;
use std::fmt;

/// A mistake, with its place once it has passed the node that it is about.
#[derive(Debug)]
pub(super) struct Error {
    pub(super) kind: Kind,
    pub(super) place: Option<Box<ErrorPlace>>,
}

/// The node that an error is about.
#[derive(Debug)]
pub(super) struct ErrorPlace {
    /// Which node to take out.
    pub(super) address: usize,
    pub(super) span: Span,
    /// The names on the way to it.
    pub(super) path: String,
    /// What stands there, in words.
    pub(super) found: String,
    /// Whether the source's own spelling of a text is shown in advice: a plain YAML scalar that is no text.
    pub(super) is_unquoted: bool,
    pub(super) is_integer: bool,
    /// Whether something within it was taken out before.
    pub(super) lacks_something: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Type { expected: String },
    Value { expected: String },
    Length { expected: String },
    UnknownKey { key: String, known: &'static [&'static str] },
    UnknownVariant { variant: String, known: &'static [&'static str] },
    Missing { key: &'static str },
    Several { variants: Vec<(String, Span)> },
    Refused(Refusal),
}

impl Kind {
    /// Whether it is a mistake even where something else was taken out of the same table.
    pub(super) fn is_of_its_own(&self) -> bool {
        matches!(self, Self::UnknownKey { .. } | Self::UnknownVariant { .. } | Self::Several { .. })
    }
}

impl Error {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, place: None }
    }
}

impl ErrorPlace {
    /// The diagnostic for an error here.
    pub(super) fn diagnostic(&self, kind: &Kind, report: &Report) -> Diagnostic {
        let (span, path) = (self.span, &self.path);
        let of_path = if path.is_empty() { String::new() } else { format!("`{path}`") };
        let subject = if path.is_empty() { "the document".to_owned() } else { of_path.clone() };
        let within = if path.is_empty() { String::new() } else { format!(" in {of_path}") };
        match kind {
            Kind::Type { expected } => {
                let (code, expected) = match range(expected).filter(|_| self.is_integer) {
                    Some(range) => (Code::OUT_OF_RANGE, range),
                    None => (Code::WRONG_TYPE, in_words(expected)),
                };
                let message = format!("{subject} must be {expected}, found {}", self.found);
                let diagnostic = Diagnostic::error(code, span, message).label(format!("expected {expected}"));
                let text = report.sources.slice(span);
                if expected == "a text" && self.is_unquoted && !text.contains('\n') {
                    return diagnostic.help(format!("write it in quotation marks: \"{text}\""));
                }
                let inner = text.trim_matches(['"', '\'']);
                let is_number = text.len() == inner.len() + 2 && inner.parse::<f64>().is_ok();
                match is_number && matches!(expected.as_str(), "a number" | "a whole number") {
                    true => diagnostic.help(format!("write it without quotation marks: {inner}")),
                    false => diagnostic,
                }
            }
            Kind::Value { expected } => {
                let (code, expected) = match range(expected) {
                    Some(range) => (Code::OUT_OF_RANGE, range),
                    None => (Code::WRONG_VALUE, in_words(expected)),
                };
                Diagnostic::error(code, span, format!("{subject} must be {expected}, found {}", self.found))
            }
            Kind::Length { expected } => Diagnostic::error(
                Code::WRONG_VALUE,
                span,
                format!("{subject} must be {}", in_words(expected)),
            ),
            Kind::UnknownKey { key, known } => {
                let diagnostic =
                    Diagnostic::error(Code::UNKNOWN_KEY, span, format!("there is no key `{key}`{within}"));
                with_names(diagnostic, key, known, "the keys here are")
            }
            Kind::UnknownVariant { variant, known } => {
                let message = format!("`{variant}` is none of those that {subject} can be");
                with_names(Diagnostic::error(Code::WRONG_VALUE, span, message), variant, known, "it can be")
            }
            Kind::Missing { key } => {
                Diagnostic::error(Code::MISSING_KEY, span, format!("the key `{key}` is missing{within}"))
            }
            Kind::Several { variants } => several(&subject, variants, span),
            Kind::Refused(refusal) => {
                let message = match path.is_empty() {
                    true => refusal.message.clone(),
                    false => format!("{of_path}: {}", refusal.message),
                };
                let diagnostic = Diagnostic::error(refusal.code, span, message);
                if refusal.help.is_empty() { diagnostic } else { diagnostic.help(&refusal.help) }
            }
        }
    }
}

/// Two variants in a table that can be one thing only.
fn several(subject: &str, variants: &[(String, Span)], place: Span) -> Diagnostic {
    let names: Vec<String> = variants.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = format!("{subject} can be one of {}, not {} at once", names.join(" and "), names.len());
    let mut spans = variants.iter().rev();
    let last = spans.next().map_or(place, |(_, span)| *span);
    let diagnostic = Diagnostic::error(Code::CONTRADICTION, last, message);
    spans.fold(diagnostic, |diagnostic, (name, span)| {
        diagnostic.related(*span, format!("`{name}` is given here"))
    })
}

/// Longer lists are cut.
const MOST_NAMES: usize = 16;

fn with_names(diagnostic: Diagnostic, name: &str, known: &[&str], list: &str) -> Diagnostic {
    if let Some(near) = nearest(name, known.iter().copied()) {
        return diagnostic.label(format!("did you mean `{near}`?"));
    }
    match known {
        [] => diagnostic,
        names => {
            let (shown, rest) = names.split_at(names.len().min(MOST_NAMES));
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            diagnostic.help(format!("{list} {}{more}", shown.join(", ")))
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Kind::Refused(Refusal::from_text(&message.to_string())))
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Type { expected: expected.to_string() })
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Value { expected: expected.to_string() })
    }

    fn invalid_length(_: usize, expected: &dyn serde::de::Expected) -> Self {
        Self::new(Kind::Length { expected: expected.to_string() })
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownVariant { variant: variant.to_owned(), known })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownKey { key: key.to_owned(), known })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Kind::Missing { key })
    }
}
