//! All that files hold, Helm values among them, as far as it can be read.

use super::object::{Object, files, flatten};
use crate::codes;
use crate::context::Context;
use forescale_document::{Diagnostic, Node, yaml};
use std::path::PathBuf;

/// What files hold, before any of it is read as its type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    /// Kubernetes objects, in the order of files.
    pub(crate) objects: Vec<Object>,
    /// Helm values of prometheus-adapter.
    pub(crate) values: Vec<Node>,
}

/// What stands under `rules` of Helm values of prometheus-adapter.
const KINDS_OF_RULES: [&str; 5] = ["default", "custom", "external", "resource", "existing"];

/// Reads files, and folders of `.yaml` and `.yml` files; what cannot be read is told, and the rest is read on.
pub(crate) fn survey(context: &mut Context, paths: &[PathBuf]) -> Survey {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in paths {
        for file in files(context, path, None).unwrap_or_default() {
            if !all.contains(&file) {
                all.push(file);
            }
        }
    }
    let mut survey = Survey::default();
    for file in all {
        let Ok(source) = context.read(&file, None) else { continue };
        let documents = yaml::parse(&mut context.report, source).unwrap_or_default();
        for tree in documents {
            let has = |key| tree.get(key).is_some();
            if has("kind") || has("apiVersion") || tree.entries().is_empty() {
                flatten(context, tree, &mut survey.objects).unwrap_or(());
            } else if is_values(&tree) {
                survey.values.push(tree);
            } else {
                let message = "no Kubernetes object, nor Helm values of prometheus-adapter: left aside";
                let place = tree.entries().first().map_or(tree.span, |entry| entry.key_span);
                context.report.push(Diagnostic::warning(codes::IGNORED, place, message));
            }
        }
    }
    survey
}

fn is_values(tree: &Node) -> bool {
    let rules = tree.get("rules").map(Node::entries).unwrap_or_default();
    rules.iter().any(|entry| KINDS_OF_RULES.contains(&entry.key.as_str()))
}
