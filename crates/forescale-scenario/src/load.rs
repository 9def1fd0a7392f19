//! From a scenario file to a scenario.

use crate::context::{Context, Stopped, Told};
use crate::manifests::{self, Manifests};
use crate::overrides::{self, Override};
use crate::raw::RawScenario;
use crate::resolve::resolve;
use crate::scenario::{Rejection, Scenario};
use crate::settings::{self, Settings};
use forescale_document::{SourceId, decode, toml};
use std::path::Path;

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
    let raw: RawScenario = decode(&tree, &mut context.report).ok_or(Stopped)?;
    let base = file.parent().unwrap_or(Path::new(""));
    let mut objects = manifests::load(context, base, &raw.scenario.manifests)?;
    overrides::apply_to_manifests(context, overrides, &mut objects)?;
    let mut manifests = Manifests::read(context, objects)?;
    let scenario = resolve(context, file, &raw, &mut manifests)?;
    let settings = Settings { scenario: settings::of_scenario(&tree), ..scenario.settings };
    Ok(Scenario { settings, ..scenario })
}
