//! From a scenario file to a scenario.

use crate::context::{Context, Stopped, Told};
use crate::edits::Edits;
use crate::manifests::{self, Manifests, Object};
use crate::overrides::{self, Override};
use crate::raw::RawScenario;
use crate::resolve::resolve;
use crate::scenario::{Rejection, Scenario};
use crate::settings::{self, Settings};
use crate::sweep;
use crate::variant::{self, Variant};
use forescale_document::{Code, Diagnostic, Node, SourceId, Spanned, Value, decode, toml};
use std::path::{Path, PathBuf};

impl Scenario {
    /// Reads a scenario file and the manifests that it names: the base, without its variants.
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
        Self::load_edited(file, Edits { sets, ..Edits::default() })
    }

    /// Reads a scenario file with a variant, a point of its sweep, or other values in the place of its own.
    ///
    /// # Errors
    /// As [`Scenario::load`]; also where there is no such variant, or a path leads nowhere.
    pub fn load_edited(file: &Path, edits: Edits<'_>) -> Result<Self, Box<Rejection>> {
        let mut context = Context::default();
        match load(&mut context, file, edits) {
            Ok(scenario) => Ok(Self { report: context.report, ..scenario }),
            Err(Stopped) => Err(Box::new(Rejection(context.report))),
        }
    }
}

fn load(context: &mut Context, file: &Path, edits: Edits<'_>) -> Told<Scenario> {
    let overrides = overrides::read(context, edits.sets);
    let source = context.read(file, None)?;
    let scenario_file = ScenarioFile::read(context, file, source, overrides)?;
    let variant = match edits.variant {
        Some(name) => Some(variant::find(context, &scenario_file.variants, name)?),
        None => None,
    };
    let last = match edits.point {
        Some(point) => point.overrides(context, source)?,
        None => Vec::new(),
    };
    scenario_file.load(context, variant, &last)
}

/// The scenario of a text that was read already; `file` is where it stands, or will.
pub(crate) fn load_source(context: &mut Context, file: &Path, source: SourceId) -> Told<Scenario> {
    ScenarioFile::read(context, file, source, Vec::new())?.load(context, None, &[])
}

/// A scenario file as a tree, and what is to be replaced in it.
pub(crate) struct ScenarioFile<'a> {
    file: &'a Path,
    pub(crate) tree: Node,
    pub(crate) variants: Vec<Variant>,
    /// Those of `--set`.
    overrides: Vec<Override>,
}

impl<'a> ScenarioFile<'a> {
    /// Reads the text's syntax, the variants, and the form of the sweep.
    pub(crate) fn read(
        context: &mut Context,
        file: &'a Path,
        source: SourceId,
        overrides: Vec<Override>,
    ) -> Told<Self> {
        context.scenario = Some(source);
        let mut tree = toml::parse(&mut context.report, source).ok_or(Stopped)?;
        // What is beside the base is replaced before it is read.
        let (beside, overrides): (Vec<Override>, Vec<Override>) =
            overrides.into_iter().partition(|given| given.begins_with(&BESIDE));
        overrides::apply_to_scenario(context, &beside, &mut tree)?;
        let variants = variant::variants(context, &tree);
        sweep::check(context, &tree);
        Ok(Self { file, tree, variants, overrides })
    }

    /// The base, or a variant of it, with what `--set` replaces, and then with these.
    pub(crate) fn load(
        &self,
        context: &mut Context,
        variant: Option<&Variant>,
        last: &[Override],
    ) -> Told<Scenario> {
        let own = variant.map(|variant| variant.overrides.as_slice()).unwrap_or_default();
        let overrides: Vec<Override> = own.iter().chain(&self.overrides).chain(last).cloned().collect();
        let mut tree = self.tree.clone();
        let replaced = overrides::apply_to_scenario(context, &overrides, &mut tree);
        check_workload_names(context, &mut tree);
        let raw: Option<RawScenario> = decode(&tree, &mut context.report);
        // What is wrong with the manifests is told even where the scenario itself cannot be read.
        let paths = raw.as_ref().map_or_else(|| manifest_paths(&tree), |raw| raw.scenario.manifests.clone());
        let (mut objects, all_read) = self.objects(context, variant, &paths);
        let overridden = overrides::apply_to_manifests(context, &overrides, &mut objects);
        let manifests = Manifests::read(context, objects);
        let raw = raw.filter(|_| all_read && !context.report.has_errors()).ok_or(Stopped)?;
        replaced.and(overridden)?;
        let mut manifests = manifests?;
        let scenario = resolve(context, self.file, &raw, &mut manifests)?;
        if let Value::Table(entries) = &mut tree.value {
            entries.retain(|entry| !BESIDE.contains(&entry.key.as_str()));
        }
        let settings = Settings { scenario: settings::of_scenario(&tree), ..scenario.settings };
        Ok(Scenario { settings, variant: variant.map(|variant| variant.name.clone()), ..scenario })
    }

    /// The objects of the manifests at these paths, with those of a variant; and whether all files could be read.
    fn objects(
        &self,
        context: &mut Context,
        variant: Option<&Variant>,
        paths: &[Spanned<PathBuf>],
    ) -> (Vec<Object>, bool) {
        let base = self.file.parent().unwrap_or(Path::new(""));
        let (mut objects, mut all_read) = manifests::load(context, base, paths);
        if let Some(variant) = variant {
            let (own, is_read) = manifests::load(context, base, &variant.manifests);
            variant::replace_objects(&mut objects, own);
            all_read &= is_read;
        }
        (objects, all_read)
    }

    /// The trees of the base and of its manifests, with what `--set` replaces.
    pub(crate) fn base_trees(&self, context: &mut Context) -> (Node, Vec<Object>) {
        let mut tree = self.tree.clone();
        // What is wrong was told when the base was read.
        overrides::apply_to_scenario(context, &self.overrides, &mut tree).unwrap_or(());
        let (mut objects, _) = self.objects(context, None, &manifest_paths(&tree));
        overrides::apply_to_manifests(context, &self.overrides, &mut objects).unwrap_or(());
        (tree, objects)
    }
}

/// The tables of a scenario file that are no part of the base.
const BESIDE: [&str; 2] = ["variant", "sweep"];

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
