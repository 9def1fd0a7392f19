//! `[variant.NAME]`: the base with some of it replaced.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::Object;
use crate::overrides::{Override, assignments};
use crate::resolve::is_scenario_name;
use forescale_document::{Code, Diagnostic, Entry, Node, Path, Span, Spanned, did_you_mean};
use std::path::PathBuf;

/// What a variant replaces.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// Manifests of its own.
    pub(crate) manifests: Vec<Spanned<PathBuf>>,
    /// What is taken out, then what is put in.
    pub(crate) overrides: Vec<Override>,
}

/// What the scenario without variants is called among them; no variant has this name.
pub const BASE: &str = "base";

/// The keys of a variant that are no paths.
const OWN: [&str; 2] = ["manifests", "remove"];

/// The variants of a scenario, in the order of the file. Values of a wrong type are told by whoever reads the whole scenario.
pub(crate) fn variants(context: &mut Context, tree: &Node) -> Vec<Variant> {
    let entries = tree.get("variant").map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| variant(context, entry)).collect()
}

fn variant(context: &mut Context, entry: &Entry) -> Variant {
    if !is_scenario_name(&entry.key) {
        let message =
            format!("the variant's name `{}` must consist of letters, digits, `-`, `_` and `.`", entry.key);
        context.report.push(Diagnostic::error(Code::WRONG_VALUE, entry.key_span, message));
    }
    if entry.key == BASE {
        let message = format!("no variant can be called `{BASE}`: that is the scenario without variants");
        context.report.push(Diagnostic::error(Code::WRONG_VALUE, entry.key_span, message));
    }
    let texts = |key: &str| {
        let items = entry.node.get(key).map(Node::items).unwrap_or_default().iter();
        items.filter_map(|item| Some((item.text()?.to_owned(), item.span))).collect::<Vec<_>>()
    };
    let removed: Vec<Override> =
        texts("remove").into_iter().filter_map(|(text, span)| removal(context, &text, span).ok()).collect();
    let mut paths = Vec::new();
    for inner in entry.node.entries().iter().filter(|inner| !OWN.contains(&inner.key.as_str())) {
        match inner.key.as_str() {
            "variant" | "sweep" => {
                let message = format!("`{}` cannot stand in a variant", inner.key);
                let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, inner.key_span, message);
                context.report.push(diagnostic.help("it belongs to the scenario itself"));
            }
            _ => paths.push(inner.clone()),
        }
    }
    let manifests = texts("manifests").into_iter().map(|(text, span)| Spanned::at(PathBuf::from(text), span));
    Variant {
        name: entry.key.clone(),
        manifests: manifests.collect(),
        overrides: removed.into_iter().chain(assignments(context, &paths)).collect(),
    }
}

fn removal(context: &mut Context, text: &str, span: Span) -> Told<Override> {
    match Path::parse(text) {
        Ok(path) => Override::new(context, path, None, span),
        Err(error) => {
            let message = format!("`{text}` is no path: {}", error.message);
            context.fail(Diagnostic::error(codes::NO_SUCH_PATH, span, message))
        }
    }
}

/// The variant of a name that was given on the command line.
pub(crate) fn find<'a>(context: &mut Context, variants: &'a [Variant], name: &str) -> Told<&'a Variant> {
    if let Some(variant) = variants.iter().find(|variant| variant.name == name) {
        return Ok(variant);
    }
    let source = context.report.sources.add("--variant", name);
    let span = Span { source, start: 0, end: name.len() };
    let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let message =
        format!("the scenario has no variant `{name}`{}", did_you_mean(name, names.iter().copied()));
    let diagnostic = Diagnostic::error(codes::UNKNOWN_REFERENCE, span, message);
    context.fail(diagnostic.help(match names.is_empty() {
        true => "it has none: `[variant.NAME]` makes one".to_owned(),
        false => format!("its variants are {}", names.join(", ")),
    }))
}

/// Puts objects in the place of those of their kind and name; the others join.
pub(crate) fn replace_objects(objects: &mut Vec<Object>, own: Vec<Object>) {
    for object in own {
        let same = objects.iter_mut().find(|other| other.kind == object.kind && other.name == object.name);
        match same {
            Some(same) => *same = object,
            None => objects.push(object),
        }
    }
}
