//! A scenario that is ready to run.

use crate::codes;
use crate::context::{Context, Stopped, Told, unwritable};
use crate::manifests::{self, Manifests};
use crate::overrides::{self, Override};
use crate::raw::RawScenario;
use crate::resolve::resolve;
use crate::settings::{self, Settings};
use crate::trace::diagnostic;
use forescale_core::RunConfig;
use forescale_core::demand::TraceError;
use forescale_document::{Diagnostic, Report, SourceId, Span, decode, toml};
use std::fmt;
use std::path::{Path, PathBuf};

/// A validated scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `scenario.name`.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// All that a run depends on; the seed is the scenario's own.
    pub config: RunConfig,
    /// The autoscaler in words.
    pub autoscaler: AutoscalerText,
    /// Price of a GPU, per hour, in the user's currency.
    pub gpu_price_per_hour: Option<f64>,
    /// Every value that holds, and where it comes from.
    pub settings: Settings,
    /// The texts that were read, and warnings: what is simulated in another way than deployed, what can never work.
    pub report: Report,
}

/// An autoscaler in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoscalerText {
    /// Its kind, for example `HPA`.
    pub kind: &'static str,
    /// Its name, metrics and limits.
    pub description: String,
}

/// Files that cannot be used: every mistake that was found in them, and the warnings.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection(pub Report);

impl fmt::Display for Rejection {
    /// All diagnostics with their source lines, without colour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.render(false, 120).trim_end())
    }
}

impl std::error::Error for Rejection {}

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

    /// What is said where a file or folder of results cannot be written.
    pub fn unwritable_report(path: &Path, error: &std::io::Error) -> Report {
        let mut report = Report::default();
        let name = path.display().to_string();
        let message = format!("`{name}` cannot be written: {}", unwritable(error));
        let source = report.sources.add(name, "");
        let diagnostic = Diagnostic::error(codes::UNWRITABLE, Span::start_of(source), message);
        report.push(diagnostic.help("`--out DIR` writes to another folder"));
        report
    }

    /// What is said where objectives are set and no request arrived in the run.
    pub fn unjudged_report(&self) -> Report {
        let mut report = Report::default();
        let name = self.file.display().to_string();
        let text = self.report.sources.find(&name).map(str::to_owned).unwrap_or_default();
        let at = text.find("[slo]").map_or(0..0, |at| at + 1..at + 4);
        let source = report.sources.add(name, text);
        let span = Span { source, start: at.start, end: at.end };
        let message = "no request arrived in this run, so there is nothing to judge";
        let diagnostic = Diagnostic::error(codes::NOTHING_TO_JUDGE, span, message);
        report
            .push(diagnostic.help(
                "look at the rates, `from` and `until` of the workloads, and at the windows of traces",
            ));
        report
    }

    /// What is wrong with a trace that could not be read on in the middle of a run.
    pub fn trace_report(error: &TraceError) -> Report {
        let mut report = Report::default();
        let diagnostic = diagnostic(&mut report.sources, error, None);
        report.push(diagnostic);
        report
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
