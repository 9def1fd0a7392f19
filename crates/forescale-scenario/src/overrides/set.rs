//! `--set PATH=VALUE`.

use super::Override;
use crate::codes;
use crate::context::{Context, Told};
use forescale_document::{Diagnostic, Path, Span, toml};

/// Reads all of them; those that are wrong are told and left out.
pub(crate) fn read(context: &mut Context, sets: &[String]) -> Vec<Override> {
    sets.iter().filter_map(|text| read_one(context, text).ok()).collect()
}

fn read_one(context: &mut Context, text: &str) -> Told<Override> {
    let source = context.report.sources.add("--set", text);
    let Some(at) = text.find('=') else {
        let span = Span { source, start: text.len(), end: text.len() };
        let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, "a `=` with a value is missing");
        return context.fail(diagnostic.help("for example `--set scenario.duration=10m`"));
    };
    let span = Span { source, start: 0, end: at };
    let path = match Path::parse(text[..at].trim_end()) {
        Ok(path) => path,
        Err(error) => {
            let place = Span { source, start: error.at, end: error.at + 1 };
            return context.fail(Diagnostic::error(codes::NO_SUCH_PATH, place, error.message));
        }
    };
    let rest = text.get(at + 1..).unwrap_or_default();
    if rest.trim().is_empty() {
        let span = Span { source, start: text.len(), end: text.len() };
        let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, "a value is missing after the `=`");
        return context.fail(diagnostic.help("an empty text is written `\"\"`"));
    }
    let start = at + 1 + (rest.len() - rest.trim_start().len());
    let end = (start + rest.trim().len()).min(text.len());
    let value = toml::value(&context.report, Span { source, start, end });
    Override::new(context, path, Some(value), span)
}
