//! `--set PATH=VALUE`: values replaced before anything is read.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Alias, Object, alias};
use forescale_document::{Diagnostic, Node, Path, Span, Step, toml};

/// One `PATH=VALUE`.
pub(crate) struct Override {
    path: Path,
    value: Node,
    /// Of the path.
    span: Span,
    /// Which object of the manifests the path leads into; the scenario otherwise.
    object: Option<Alias>,
}

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
    let mut path = match Path::parse(text[..at].trim_end()) {
        Ok(path) => path,
        Err(error) => {
            let place = Span { source, start: error.at, end: error.at + 1 };
            return context.fail(Diagnostic::error(codes::NO_SUCH_PATH, place, error.message));
        }
    };
    let object = match path.0.first() {
        Some(Step::Key(key)) => alias(key),
        _ => None,
    };
    if let Some((name, kind)) = object {
        path.0.remove(0);
        if path.0.is_empty() {
            let message = format!("`{name}` is the whole {kind}; a path leads to a value in it");
            let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, message);
            return context.fail(diagnostic.help("for example `hpa.spec.maxReplicas`"));
        }
    }
    let rest = text.get(at + 1..).unwrap_or_default();
    if rest.trim().is_empty() {
        let span = Span { source, start: text.len(), end: text.len() };
        let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, "a value is missing after the `=`");
        return context.fail(diagnostic.help("an empty text is written `\"\"`"));
    }
    let start = at + 1 + (rest.len() - rest.trim_start().len());
    let value = toml::value(
        &context.report,
        Span { source, start, end: (start + rest.trim().len()).min(text.len()) },
    );
    Ok(Override { path, value, span, object })
}

fn set(context: &mut Context, tree: &mut Node, given: &Override) -> Told<()> {
    match given.path.set(tree, given.value.clone(), given.span) {
        Ok(()) => Ok(()),
        Err(error) => context.fail(Diagnostic::error(codes::NO_SUCH_PATH, given.span, error.message)),
    }
}

/// Replaces values of the scenario.
pub(crate) fn apply_to_scenario(context: &mut Context, overrides: &[Override], tree: &mut Node) -> Told<()> {
    overrides.iter().filter(|given| given.object.is_none()).try_for_each(|given| set(context, tree, given))
}

/// Replaces values of the manifests.
pub(crate) fn apply_to_manifests(
    context: &mut Context,
    overrides: &[Override],
    objects: &mut [Object],
) -> Told<()> {
    for given in overrides {
        let Some((name, kind)) = given.object else { continue };
        let mut found = objects.iter_mut().filter(|object| object.kind == kind);
        let Some(object) = found.next() else {
            let message = format!("`{name}`: there is no {kind} among the manifests");
            return context.fail(Diagnostic::error(codes::NO_SUCH_PATH, given.span, message));
        };
        set(context, &mut object.tree, given)?;
    }
    Ok(())
}
