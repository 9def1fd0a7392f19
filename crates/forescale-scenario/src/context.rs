//! What all readers and resolvers share: the report.

use forescale_document::{Code, Diagnostic, Refusal, Report, SourceId, Span};
use std::path::Path;

/// Something is wrong, and the report says what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

/// A result whose error has been told already.
pub(crate) type Told<T> = Result<T, Stopped>;

/// The texts that were read, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) report: Report,
    /// The scenario, once it is read: where an error without a better place is shown.
    pub(crate) scenario: Option<SourceId>,
    /// Whether the same files are read once more, for a variant: what is wrong with them is then told once.
    pub(crate) reads_again: bool,
}

impl Context {
    /// Tells of an error; for the end of a function that cannot go on.
    pub(crate) fn fail<T>(&mut self, diagnostic: Diagnostic) -> Told<T> {
        self.report.push(diagnostic);
        Err(Stopped)
    }

    /// An error about a value, at its place or else at the top of the scenario.
    pub(crate) fn error(&self, code: Code, span: Option<Span>, message: impl Into<String>) -> Diagnostic {
        let span = span.or(self.scenario.map(Span::start_of));
        Diagnostic::error(code, span, message)
    }

    /// A warning.
    pub(crate) fn warn(&mut self, code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) {
        let span = span.into().or(self.scenario.map(Span::start_of));
        self.report.push(Diagnostic::warning(code, span, message));
    }

    /// What a type says about a value under this key.
    pub(crate) fn refused(&self, refusal: Refusal, span: Option<Span>, key: &str) -> Diagnostic {
        let diagnostic = self.error(refusal.code, span, format!("`{key}`: {}", refusal.message));
        if refusal.help.is_empty() { diagnostic } else { diagnostic.help(refusal.help) }
    }

    /// Reads a file; `named_at` is where the user names it, if not on the command line.
    pub(crate) fn read(&mut self, path: &Path, named_at: Option<Span>) -> Told<SourceId> {
        let name = path.display().to_string();
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let what = unreadable(&error);
                let span = match named_at {
                    Some(span) => span,
                    None => Span::start_of(self.report.sources.add(name.clone(), "")),
                };
                let message =
                    if name.is_empty() { "the path is empty".to_owned() } else { format!("`{name}` {what}") };
                return self.fail(Diagnostic::error(Code::UNREADABLE, span, message));
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                let known = self.report.sources.same(&name, &text).filter(|_| self.reads_again);
                Ok(known.unwrap_or_else(|| self.report.sources.add(name, text)))
            }
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default());
                // Control characters of a binary file would move the reader's cursor.
                let text: String =
                    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect();
                let source = self.report.sources.add(name.clone(), text.clone());
                let span = Span { source, start: text.len(), end: text.len() };
                let is_utf_16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
                let what = if is_utf_16 {
                    "is UTF-16, not UTF-8"
                } else {
                    "is no text: what follows here is not UTF-8"
                };
                let diagnostic = Diagnostic::error(Code::NOT_TEXT, span, format!("`{name}` {what}"));
                self.fail(match is_utf_16 {
                    true => diagnostic.help(format!("`iconv -f UTF-16 -t UTF-8 {name}` converts it")),
                    false => diagnostic,
                })
            }
        }
    }
}

/// Why a file cannot be read, in words that follow its name.
pub(crate) fn unreadable(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "does not exist",
        ErrorKind::IsADirectory => "is a folder, not a file",
        ErrorKind::NotADirectory => "does not exist: what stands for a folder in its path is a file",
        ErrorKind::PermissionDenied => "may not be read by this user",
        _ => "cannot be read",
    }
}

/// Why a file cannot be written, in words.
pub(crate) fn unwritable(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let words = match error.kind() {
        // A text of our own.
        _ if error.get_ref().is_some() => return error.to_string(),
        ErrorKind::NotADirectory => "what stands for a folder in its path is a file",
        ErrorKind::PermissionDenied => "this user may not write there",
        ErrorKind::ReadOnlyFilesystem => "the file system can only be read",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "the quota of this user is used up",
        ErrorKind::FileTooLarge => "it would be larger than a file may be here",
        _ => "the system refuses it",
    };
    words.to_owned()
}
