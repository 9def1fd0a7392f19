//! A scenario drafted from manifests.

mod cold_start;
mod facts;
mod labels;
mod load;
mod pick;
mod relative;
mod text;

use crate::codes;
use crate::context::{Context, Stopped, Told};
use crate::examine::{Examined, examine};
use crate::load::load_source;
use crate::resolve::is_scenario_name;
use crate::scenario::Rejection;
use facts::Facts;
use forescale_document::{Code, Diagnostic, Report};
use pick::{Pick, pick};
use std::path::{Path, PathBuf};

/// A scenario that runs as it is, and in which every guess is a comment.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it belongs: paths in it are relative to this file, which was not written.
    pub file: PathBuf,
    /// The scenario.
    pub text: String,
    /// Warnings about the scenario and its manifests.
    pub report: Report,
}

/// Drafts a scenario around manifests (files, or folders of them) and Helm values of prometheus-adapter among them.
///
/// `file` is where it is to stand, `NAME.toml` if not given; `name` is that of the file, or else of the Deployment, if not given.
///
/// # Errors
/// A [`Rejection`] with all that is wrong with the manifests, and all that cannot be simulated yet.
pub fn draft_scenario(
    paths: &[PathBuf],
    file: Option<&Path>,
    name: Option<&str>,
) -> Result<Draft, Box<Rejection>> {
    let mut context = Context::default();
    match draft(&mut context, paths, file, name) {
        Ok(draft) => Ok(draft),
        Err(Stopped) => Err(Box::new(Rejection(context.report))),
    }
}

fn draft(context: &mut Context, paths: &[PathBuf], file: Option<&Path>, name: Option<&str>) -> Told<Draft> {
    let examined = examine(context, paths);
    let (facts, pick) = facts(context, &examined)?;
    let stem = file.and_then(Path::file_stem).and_then(|stem| stem.to_str());
    let names = [name, stem, Some(facts.deployment.as_str())].into_iter().flatten();
    let name = names.into_iter().find(|name| is_scenario_name(name)).unwrap_or("scenario");
    let file = file.map_or_else(|| PathBuf::from(format!("{name}.toml")), Path::to_owned);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message = format!("there is no folder `{}`", folder.display());
        return context.fail(Diagnostic::error(Code::UNREADABLE, None, message));
    }
    let text = text::text(&examined, &facts, &pick, name, folder.unwrap_or(Path::new("")));
    // What was drafted is read as any scenario is, so that it runs.
    let mut reading = Context::default();
    let source = reading.report.sources.add(file.display().to_string(), text.clone());
    match load_source(&mut reading, &file, source) {
        Ok(_) => Ok(Draft { file, text, report: reading.report }),
        Err(Stopped) => {
            *context = reading;
            Err(Stopped)
        }
    }
}

/// What the manifests say, and the profile for it; everything that stands in the way is told before any of it ends the draft.
fn facts(context: &mut Context, examined: &Examined) -> Told<(Facts, Pick)> {
    let facts = match Facts::of(examined) {
        Some(facts) => facts,
        None if context.report.has_errors() => return Err(Stopped),
        None => {
            let message = "there is no Deployment of a model server among the manifests";
            return context.fail(Diagnostic::error(codes::UNKNOWN_REFERENCE, None, message));
        }
    };
    let pick = pick(&facts.wanted).ok_or(Stopped)?;
    let names = "`sim profile list` shows the profiles that there are";
    if !pick.is_count {
        let gpus = facts.wanted.gpus.unwrap_or(0);
        let message = format!("not simulated yet: there is no profile for {gpus} GPUs per replica");
        context.report.push(Diagnostic::error(codes::NOT_SIMULATED, facts.server, message).help(names));
    } else if !pick.is_model && context.report.has_errors() {
        // Alone it ends nothing: the nearest profile is drafted, and the file says so.
        let message = format!(
            "not simulated yet: there is no profile for {}; the nearest is {}",
            facts.wanted.in_words(),
            pick.profile.name
        );
        context.report.push(Diagnostic::error(codes::NOT_SIMULATED, facts.server, message).help(names));
    }
    if context.report.has_errors() { Err(Stopped) } else { Ok((facts, pick)) }
}
