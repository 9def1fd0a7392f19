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

/// Reads all of them.
pub(crate) fn read(context: &mut Context, sets: &[String]) -> Told<Vec<Override>> {
    let all: Vec<Told<Override>> = sets.iter().map(|text| read_one(context, text)).collect();
    all.into_iter().collect()
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
    if object.is_some() {
        path.0.remove(0);
    }
    let rest = text.get(at + 1..).unwrap_or_default();
    let start = at + 1 + (rest.len() - rest.trim_start().len());
    let value = toml::value(
        &context.report,
        Span { source, start, end: (start + rest.trim().len()).min(text.len()) },
    );
    Ok(Override { path, value, span, object })
}

fn set(context: &mut Context, tree: &mut Node, given: &Override) -> Told<()> {
    match given.path.set(tree, given.value.clone()) {
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
