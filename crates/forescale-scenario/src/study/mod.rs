//! All of a scenario file: the base, its variants, its sweep.

#[cfg(test)]
mod tests;

use crate::context::{Context, Stopped, Told};
use crate::load::ScenarioFile;
use crate::overrides;
use crate::scenario::{Rejection, Scenario};
use crate::sweep::{Sweep, sweep};
use crate::variant::Variant;
use forescale_document::{Diagnostic, Report};
use std::path::Path;

/// A scenario file with all that it describes.
#[derive(Clone, Debug)]
pub struct Study {
    /// The scenario without variants.
    pub base: Scenario,
    /// The variants in the order of the file, or those of them that were asked for; each has its name in `variant`.
    pub variants: Vec<Scenario>,
    /// The names of all variants, in the order of the file.
    pub variant_names: Vec<String>,
    /// The sweep, if there is one.
    pub sweep: Option<Sweep>,
}

impl Study {
    /// Reads a scenario file with all its variants and its sweep, with some values replaced in all of them: `PATH=VALUE`, as `sim --set` takes them.
    ///
    /// # Errors
    /// A [`Rejection`] with all mistakes of the base, of all variants and of the sweep. What is wrong in a variant alone says in which.
    pub fn load(file: &Path, sets: &[String]) -> Result<Self, Box<Rejection>> {
        Self::load_chosen(file, sets, &|_| true)
    }

    /// The same with those variants only whose names are chosen: the others may be such that values cannot be replaced in them.
    ///
    /// # Errors
    /// A [`Rejection`] with all mistakes of the base, of the chosen variants and of the sweep.
    pub fn load_chosen(
        file: &Path,
        sets: &[String],
        is_chosen: &dyn Fn(&str) -> bool,
    ) -> Result<Self, Box<Rejection>> {
        let mut context = Context::default();
        match load(&mut context, file, sets, is_chosen) {
            Ok(study) => Ok(study),
            Err(Stopped) => Err(Box::new(Rejection(context.report))),
        }
    }
}

fn load(
    context: &mut Context,
    file: &Path,
    sets: &[String],
    is_chosen: &dyn Fn(&str) -> bool,
) -> Told<Study> {
    let overrides = overrides::read(context, sets);
    let source = context.read(file, None)?;
    let scenario_file = ScenarioFile::read(context, file, source, overrides)?;
    let mut loaded = vec![scenario_file.load(context, None, &[])];
    let of_base = context.report.take_diagnostics();
    context.reads_again = true;
    let mut all = vec![of_base.clone()];
    for variant in scenario_file.variants.iter().filter(|variant| is_chosen(&variant.name)) {
        loaded.push(scenario_file.load(context, Some(variant), &[]));
        let own = context.report.take_diagnostics();
        all.push(own.into_iter().map(|diagnostic| named(diagnostic, variant, &of_base)).collect());
    }
    let sweep = match loaded.first() {
        Some(Ok(base)) => sweep(context, &scenario_file, base),
        _ => Err(Stopped),
    };
    all.push(context.report.take_diagnostics());
    let scenarios: Told<Vec<Scenario>> = loaded.into_iter().collect();
    let (Ok(scenarios), Ok(sweep)) = (scenarios, sweep) else {
        all.into_iter().flatten().for_each(|diagnostic| context.report.push(diagnostic));
        return Err(Stopped);
    };
    let mut scenarios = scenarios.into_iter().zip(all).map(|(scenario, diagnostics)| {
        let mut report = Report::default();
        report.sources = context.report.sources.clone();
        diagnostics.into_iter().for_each(|diagnostic| report.push(diagnostic));
        Scenario { report, ..scenario }
    });
    let base = scenarios.next().ok_or(Stopped)?;
    let variant_names = scenario_file.variants.iter().map(|variant| variant.name.clone()).collect();
    Ok(Study { base, variants: scenarios.collect(), variant_names, sweep })
}

/// What is not said of the base says of which variant it is said.
fn named(diagnostic: Diagnostic, variant: &Variant, of_base: &[Diagnostic]) -> Diagnostic {
    match of_base.contains(&diagnostic) {
        true => diagnostic,
        false => diagnostic.help(format!("this is so in the variant `{}`", variant.name)),
    }
}
