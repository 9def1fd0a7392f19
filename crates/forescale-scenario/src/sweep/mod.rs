//! `[sweep]`: values of some paths, and the points that are run of them.

mod here;
mod points;
mod sample;
mod sobol;
mod values;

use crate::codes;
use crate::context::{Context, Stopped, Told};
use crate::load::ScenarioFile;
use crate::overrides::{Override, leaves, path_of};
use crate::raw::RawSample;
use crate::scenario::Scenario;
use forescale_document::{
    Code, Diagnostic, Entry, Node, Path, PathError, Severity, SourceId, Span, Value, decode, toml,
};
use here::Here;
use points::{Chosen, drawn, finished, grid};
use values::{Values, is_range};

/// What a scenario's sweep comes down to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The paths with their values, in the order of the file.
    pub axes: Vec<Axis>,
    /// How the points were chosen.
    pub design: Design,
    /// What is run; in a grid the last axis changes fastest.
    pub points: Vec<Point>,
}

/// How the points of a sweep are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// All combinations of the values.
    Grid,
    /// A Latin hypercube, drawn by the scenario's seed.
    LatinHypercube,
    /// A Sobol sequence, shifted by a draw of the scenario's seed.
    Sobol,
}

/// One path of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// As it is written.
    pub path: String,
    /// As TOML, in the order in which they are tried. Where points are drawn, a range has its two ends here.
    pub values: Vec<String>,
    /// What the scenario itself has there, as TOML; `None` where it has nothing and the default is not known.
    pub base: Option<String>,
}

/// One point of a sweep: a value for each axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// As TOML, in the order of the axes.
    pub values: Vec<String>,
    /// Whether it is the scenario as it stands.
    pub is_base: bool,
    /// With each value the path to it, and its place in the scenario file.
    assignments: Vec<Assignment>,
}

#[derive(Clone, Debug, PartialEq)]
struct Assignment {
    path: Path,
    value: String,
    /// In bytes.
    start: usize,
    end: usize,
}

impl Point {
    /// The point as `--set` takes it: `PATH=VALUE` for each axis.
    pub fn sets(&self) -> Vec<String> {
        self.assignments.iter().map(|one| format!("{}={}", one.path, one.value)).collect()
    }

    /// What is replaced; the scenario file is this source.
    pub(crate) fn overrides(&self, context: &mut Context, source: SourceId) -> Told<Vec<Override>> {
        let one = |one: &Assignment| {
            let span = Span { source, start: one.start, end: one.end };
            Override::new(context, one.path.clone(), Some(toml::value_at(&one.value, span)), span)
        };
        self.assignments.iter().map(one).collect()
    }
}

/// So many points, at most, are tried to find one with which a value goes together.
const MOST_TRIED: usize = 200;

/// A path of the sweep with what is tried, before the points are made.
struct Draft {
    path: Path,
    key: Span,
    values: Values,
    here: Here,
}

impl Draft {
    /// Its path with one of the values.
    fn with(&self, context: &mut Context, value: &str, span: Span) -> Told<Override> {
        Override::new(context, self.path.clone(), Some(toml::value_at(value, span)), self.key)
    }
}

/// Reads the sweep of a scenario whose base is fine; `None` where it has none.
///
/// Each value is tried alone, so that a wrong one is told before anything runs.
pub(crate) fn sweep(context: &mut Context, file: &ScenarioFile<'_>, base: &Scenario) -> Told<Option<Sweep>> {
    let Some(table) = file.tree.entry("sweep") else { return Ok(None) };
    let sample: Option<RawSample> = match table.node.entry("sample") {
        Some(entry) => Some(decode(&entry.node, &mut context.report).ok_or(Stopped)?),
        None => None,
    };
    let drafts = drafts(context, file, base, table)?;
    let (design, points) = match sample {
        None => (Design::Grid, grid(context, &drafts, table.key_span)?),
        Some(sample) => {
            let place = table.node.entry("sample").map_or(table.key_span, |entry| entry.key_span);
            drawn(context, &drafts, sample, base.config.seed, place)?
        }
    };
    let axes = drafts.iter().map(|draft| Axis {
        path: draft.path.to_string(),
        values: draft.values.all().into_iter().map(|(value, _)| value).collect(),
        base: draft.here.value.clone(),
    });
    let axes = axes.collect();
    try_values(context, file, &drafts, &points)?;
    Ok(Some(Sweep {
        axes,
        design,
        points: points.into_iter().map(|point| finished(&drafts, point)).collect(),
    }))
}

/// Tells what is wrong with the form of a sweep, before anything is known of the base.
pub(crate) fn check(context: &mut Context, tree: &Node) {
    if let Some(table) = tree.entry("sweep") {
        tried(context, table).map(drop).unwrap_or(());
    }
}

/// What is tried: the paths with their places, and their values.
fn tried(context: &mut Context, table: &Entry) -> Told<Vec<(Path, Span, Values)>> {
    // Anything else is told by whoever reads the whole scenario.
    if !matches!(table.node.value, Value::Table(_)) {
        return Err(Stopped);
    }
    let mut found = Vec::new();
    let mut told = Ok(());
    for entry in table.node.entries().iter().filter(|entry| entry.key != "sample") {
        match path_of(context, entry) {
            Some(path) => leaves(&context.report, entry, &path, &is_range, &mut found),
            None => told = Err(Stopped),
        }
    }
    if found.is_empty() && told.is_ok() {
        let message = "the sweep names no path";
        let diagnostic = Diagnostic::error(Code::MISSING_KEY, table.key_span, message);
        return context.fail(diagnostic.help("for example `\"hpa.spec.maxReplicas\" = [3, 5, 8]`"));
    }
    let is_grid = table.node.entry("sample").is_none();
    let mut all = Vec::new();
    for leaf in found {
        let span = leaf.span(&context.report);
        match Values::read(context, leaf.entry, is_grid) {
            Ok(values) => all.push((leaf.path, span, values)),
            Err(Stopped) => told = Err(Stopped),
        }
    }
    told.map(|()| all)
}

fn drafts(
    context: &mut Context,
    file: &ScenarioFile<'_>,
    base: &Scenario,
    table: &Entry,
) -> Told<Vec<Draft>> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut told = Ok(());
    for (path, key, values) in tried(context, table)? {
        let Ok(here) = here::here(context, file, base, &path, key) else {
            told = Err(Stopped);
            continue;
        };
        if let Some(why) = idle(&here.place) {
            let message = format!("a sweep cannot try `{path}`: {why}");
            let diagnostic = Diagnostic::error(Code::WRONG_VALUE, key, message);
            told = context.fail(diagnostic);
        }
        if let Some(other) = drafts.iter().find(|other| other.here.place == here.place) {
            let message = format!("`{path}` and `{}` lead to the same value", other.path);
            let diagnostic = Diagnostic::error(Code::DUPLICATE_KEY, key, message);
            told = context.fail(diagnostic.related(other.key, "the other one"));
        }
        drafts.push(Draft { path, key, values, here });
    }
    told.map(|()| drafts)
}

/// Why nothing depends on what stands at a place, where that is so.
fn idle(place: &str) -> Option<&'static str> {
    match place {
        "scenario.seed" => Some(
            "all settings are run at the same seeds; `--replications` says at how many, `--seed` which is the first",
        ),
        "scenario.name" => Some("no run depends on it"),
        _ => None,
    }
}

/// Loads the scenario with each value alone. One that is wrong alone may still go together with values of other paths, as a limit beyond another one
/// that is tried too: then the settings with which it does not are told when they are run.
fn try_values(
    context: &mut Context,
    file: &ScenarioFile<'_>,
    drafts: &[Draft],
    points: &[Chosen],
) -> Told<()> {
    let before = context.report.take_diagnostics();
    let mut wrong: Vec<Diagnostic> = Vec::new();
    for (axis, draft) in drafts.iter().enumerate() {
        // What is wrong with the path is so for every value.
        let mut known: Vec<Diagnostic> = Vec::new();
        for (value, span) in draft.values.all() {
            let given = draft.with(context, &value, span)?;
            let is_fine = file.load(context, None, &[given]).is_ok();
            let found = context.report.take_diagnostics().into_iter();
            if is_fine || goes_together(context, file, drafts, points, axis, &(value.clone(), span))? {
                continue;
            }
            for error in found.filter(|found| found.severity == Severity::Error) {
                if !known.contains(&error) {
                    known.push(error.clone());
                    wrong.push(error.help(format!("the sweep tries `{}` = {value}", draft.path)));
                }
            }
        }
    }
    let is_fine = wrong.is_empty();
    before.into_iter().chain(wrong).for_each(|diagnostic| context.report.push(diagnostic));
    if is_fine { Ok(()) } else { Err(Stopped) }
}

/// Whether some point would be fine with this value on one of its axes; of many points some all over the sweep are tried.
fn goes_together(
    context: &mut Context,
    file: &ScenarioFile<'_>,
    drafts: &[Draft],
    points: &[Chosen],
    axis: usize,
    value: &(String, Span),
) -> Told<bool> {
    if drafts.len() < 2 {
        return Ok(false);
    }
    for point in points.iter().step_by(points.len() / MOST_TRIED + 1) {
        let mut overrides = Vec::new();
        for (place, (draft, own)) in drafts.iter().zip(point).enumerate() {
            let (value, span) = if place == axis { value } else { own };
            overrides.push(draft.with(context, value, *span)?);
        }
        let is_fine = file.load(context, None, &overrides).is_ok();
        context.report.take_diagnostics();
        if is_fine {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a path of the sweep that leads nowhere says.
fn refused(error: PathError, span: Span) -> Diagnostic {
    crate::manifests::refused(error, codes::NO_SUCH_PATH, span)
}
