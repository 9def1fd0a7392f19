//! From a scenario file to a scenario.

use crate::context::{Context, Stopped, Told};
use crate::manifests::{self, Manifests};
use crate::overrides::{self, Override};
use crate::raw::RawScenario;
use crate::resolve::resolve;
use crate::scenario::{Rejection, Scenario};
use crate::settings::{self, Settings};
use forescale_document::{Code, Diagnostic, Node, SourceId, Spanned, Value, decode, toml};
use std::path::{Path, PathBuf};

impl Scenario {
    /// Reads a scenario file and the manifests that it names.
    ///
    /// # Errors
    /// A [`Rejection`] with all mistakes that were found, each with its file, line and column.
    pub fn load(file: &Path) -> Result<Self, Box<Rejection>> {
        Self::load_with(file, &[])
    }

    /// Reads a scenario file with some values replaced: `PATH=VALUE`, as `sim --set` takes them.
    ///
    /// # Errors
    /// As [`Scenario::load`]; also where a path leads nowhere.
    pub fn load_with(file: &Path, sets: &[String]) -> Result<Self, Box<Rejection>> {
        let mut context = Context::default();
        match load(&mut context, file, sets) {
            Ok(scenario) => Ok(Self { report: context.report, ..scenario }),
            Err(Stopped) => Err(Box::new(Rejection(context.report))),
        }
    }
}

fn load(context: &mut Context, file: &Path, sets: &[String]) -> Told<Scenario> {
    let overrides = overrides::read(context, sets);
    let source = context.read(file, None)?;
    load_source(context, file, source, &overrides)
}

/// The scenario of a text that was read already; `file` is where it stands, or will.
pub(crate) fn load_source(
    context: &mut Context,
    file: &Path,
    source: SourceId,
    overrides: &[Override],
) -> Told<Scenario> {
    context.scenario = Some(source);
    let mut tree = toml::parse(&mut context.report, source).ok_or(Stopped)?;
    overrides::apply_to_scenario(context, overrides, &mut tree)?;
    check_workload_names(context, &mut tree);
    let raw: Option<RawScenario> = decode(&tree, &mut context.report);
    let base = file.parent().unwrap_or(Path::new(""));
    // What is wrong with the manifests is told even where the scenario itself cannot be read.
    let paths = raw.as_ref().map_or_else(|| manifest_paths(&tree), |raw| raw.scenario.manifests.clone());
    let (mut objects, all_read) = manifests::load(context, base, &paths);
    let overridden = overrides::apply_to_manifests(context, overrides, &mut objects);
    let manifests = Manifests::read(context, objects);
    let raw = raw.filter(|_| all_read && !context.report.has_errors()).ok_or(Stopped)?;
    overridden?;
    let mut manifests = manifests?;
    let scenario = resolve(context, file, &raw, &mut manifests)?;
    let settings = Settings { scenario: settings::of_scenario(&tree), ..scenario.settings };
    Ok(Scenario { settings, ..scenario })
}

/// `[workload]` with the keys of a workload in it: they would be taken for names.
fn check_workload_names(context: &mut Context, tree: &mut Node) {
    let Value::Table(entries) = &mut tree.value else { return };
    let Some(at) = entries.iter().position(|entry| entry.key == "workload") else { return };
    let keys = ["arrivals", "prompt_tokens", "output_tokens", "trace"];
    let misplaced = entries
        .get(at)
        .and_then(|entry| entry.node.entries().iter().find(|inner| keys.contains(&inner.key.as_str())));
    if let Some(misplaced) = misplaced {
        let message = format!("a workload needs a name: `{}` stands in `[workload]` itself", misplaced.key);
        let diagnostic = Diagnostic::error(Code::UNKNOWN_KEY, misplaced.key_span, message);
        context.report.push(diagnostic.help("write for example `[workload.chat]`"));
        entries.remove(at);
    }
}

/// The manifests that a scenario names, as far as they are texts.
fn manifest_paths(tree: &Node) -> Vec<Spanned<PathBuf>> {
    let named = tree.get("scenario").and_then(|head| head.get("manifests"));
    let texts = named.map(Node::items).unwrap_or_default().iter();
    texts.filter_map(|item| Some(Spanned::at(PathBuf::from(item.text()?), item.span))).collect()
}
