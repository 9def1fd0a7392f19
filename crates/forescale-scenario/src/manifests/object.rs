//! The objects of manifest files, whatever their kind.

use crate::codes;
use crate::context::{Context, Told, unreadable};
use forescale_document::{Code, Diagnostic, Node, SourceId, Span, Value, yaml};
use std::path::{Path, PathBuf};

/// A Kubernetes object as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub(crate) tree: Node,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// The place of its kind: what stands for the whole object.
    pub(crate) place: Span,
}

impl Object {
    /// `Deployment vllm`
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.kind, self.name).trim_end().to_owned()
    }

    /// Takes its name from its tree, which may have changed.
    pub(crate) fn read_name(&mut self) {
        self.name = self.tree.at("metadata.name").and_then(Node::text).unwrap_or_default().to_owned();
    }

    /// The text under `data.KEY` of a ConfigMap that one of the words gives away.
    pub(crate) fn config_data(&self, words: &[&str]) -> Option<&Node> {
        let data = self.tree.get("data")?;
        let texts = data.entries().iter().map(|entry| &entry.node);
        texts
            .into_iter()
            .find(|node| node.text().is_some_and(|text| words.iter().any(|word| text.contains(word))))
    }
}

/// The objects of a manifest file; those of a `List` one by one.
pub(crate) fn objects(context: &mut Context, path: &Path, named_at: Option<Span>) -> Told<Vec<Object>> {
    let source = context.read(path, named_at)?;
    objects_of(context, source)
}

/// The objects of a text that was read already.
pub(crate) fn objects_of(context: &mut Context, source: SourceId) -> Told<Vec<Object>> {
    let Some(documents) = yaml::parse(&mut context.report, source) else {
        return Err(crate::context::Stopped);
    };
    let mut objects = Vec::new();
    let mut is_fine = true;
    for document in documents {
        is_fine &= flatten(context, document, &mut objects).is_ok();
    }
    if is_fine { Ok(objects) } else { Err(crate::context::Stopped) }
}

/// An object of a tree, or those of a `List`.
pub(super) fn flatten(context: &mut Context, tree: Node, objects: &mut Vec<Object>) -> Told<()> {
    let start = tree.entries().first().map_or(tree.span, |entry| entry.key_span);
    if !matches!(tree.value, Value::Table(_)) {
        let message = "a manifest is a mapping with `apiVersion`, `kind` and `metadata`";
        return context.fail(Diagnostic::error(Code::WRONG_TYPE, tree.span, message));
    }
    let Some(kind) = tree.get("kind") else {
        let message = "the key `kind` is missing; manifests are told apart by it";
        let diagnostic = Diagnostic::error(Code::MISSING_KEY, start, message);
        return context.fail(match tree.get("rules") {
            Some(_) => diagnostic.help("Helm values of prometheus-adapter belong under `telemetry.prometheus_adapter.values` of the scenario"),
            None => diagnostic,
        });
    };
    let Some(name) = kind.text() else {
        return context.fail(Diagnostic::error(Code::WRONG_TYPE, kind.span, "`kind` must be a text"));
    };
    let (name, place) = (name.to_owned(), kind.span);
    if name.ends_with("List") && tree.get("items").is_some() {
        let Value::Table(entries) = tree.value else { return Ok(()) };
        for item in entries.into_iter().filter(|entry| entry.key == "items") {
            let Value::List(items) = item.node.value else {
                let message = format!("`items` of a {name} must be a list");
                return context.fail(Diagnostic::error(Code::WRONG_TYPE, item.key_span, message));
            };
            for item in items {
                flatten(context, item, objects)?;
            }
        }
        return Ok(());
    }
    let metadata = tree.get("metadata");
    let object_name = metadata.and_then(|metadata| metadata.get("name")).and_then(Node::text);
    objects.push(Object { kind: name, name: object_name.unwrap_or_default().to_owned(), place, tree });
    Ok(())
}

/// The manifest files under a path: itself, or the `.yaml` and `.yml` files in a folder and its folders, by their paths.
pub(crate) fn files(context: &mut Context, path: &Path, named_at: Option<Span>) -> Told<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    if let Err(error) = collect(path, &mut found, &mut Vec::new()) {
        let message = format!("`{}` {}", path.display(), unreadable(&error));
        let diagnostic = context.error(Code::UNREADABLE, named_at, message);
        return context.fail(diagnostic);
    }
    let is_recipe = |file: &PathBuf| {
        let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase());
        name.is_some_and(|name| {
            matches!(name.as_str(), "kustomization.yaml" | "kustomization.yml" | "chart.yaml")
        })
    };
    let (recipes, mut found): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(is_recipe);
    for recipe in recipes {
        let message = format!(
            "`{}` is not read: what it makes of the files beside it is not known; render them first (`kustomize build`, `helm template`)",
            recipe.display()
        );
        context.warn(codes::IGNORED, named_at, message);
    }
    found.sort();
    if found.is_empty() {
        let message = format!("the folder `{}` holds no `.yaml` or `.yml` file", path.display());
        let diagnostic = context.error(codes::UNKNOWN_REFERENCE, named_at, message);
        return context.fail(diagnostic);
    }
    Ok(found)
}

/// Collects the files of a folder and of the folders in it; `visited` ends circles of links.
fn collect(folder: &Path, found: &mut Vec<PathBuf>, visited: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let real = folder.canonicalize()?;
    if visited.contains(&real) {
        return Ok(());
    }
    visited.push(real);
    let mut paths =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let is_manifest = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        // A link that leads nowhere is told when it is read; a pipe or a socket would be waited for.
        let is_special = || path.metadata().is_ok_and(|metadata| !metadata.is_file());
        if path.is_dir() {
            collect(&path, found, visited)?;
        } else if is_manifest && !is_special() {
            found.push(path);
        }
    }
    Ok(())
}
