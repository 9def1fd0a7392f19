//! `sim explain`

use crate::cli::EngineArgument;
use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::run::{load, style};
use crate::simulate::simulate;
use clap::Args;
use forescale::kernel::{SimDuration, SimTime, parse_duration};
use forescale::prepare::subject;
use forescale::report::{ExplainOptions, Explanation};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the help of the verb ends with.
pub(crate) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  sim explain out/burst                  every sync of an earlier run, one line each, and a summary
  sim explain scenarios/burst.toml       run the scenario, and explain that
  sim explain out/burst --changes        only those that changed replicas, a condition or the branch
  sim explain out/burst --at 12m15s      what kubectl get and describe show then, and the arithmetic
  sim explain out/burst --json | jq '.summary.tallies[] | select(.what == \"binding\")'

docs/explain.md says how to read it.";

/// The flags of the verb.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The folder of an earlier run, out/NAME; or a scenario, a TOML file, which is run
    #[arg(value_name = "RUN|SCENARIO")]
    pub(crate) source: PathBuf,
    /// The HPA at this time from the start of the run, `12m15s`, in place of the list of syncs
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "changes")]
    pub(crate) at: Option<SimDuration>,
    /// Only syncs that changed the replicas, a condition or the branch
    #[arg(long)]
    pub(crate) changes: bool,
    /// Print one JSON document instead of the text
    #[arg(long)]
    pub(crate) json: bool,
    /// Of a scenario: the seed of all draws, in place of its own
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Of a scenario: a variant of it, `[variant.NAME]`, in place of the base
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Of a scenario: replace a value before anything is read; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Of a scenario: how vLLM engines get over their steps [default: fast-forward]
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) engine: Option<EngineArgument>,
    /// Neither progress nor warnings on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Explains an earlier run, or runs a scenario and explains that.
pub(crate) fn explain(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let explanation = match arguments.source.is_dir() {
        true => of_run(arguments)?,
        false => of_scenario(arguments)?,
    };
    let at = arguments.at.map(|at| SimTime::ZERO + at);
    if let (Some(given), Some(at)) = (arguments.at, at)
        && at > explanation.end()
    {
        let end = explanation.end().since_start();
        return Err(Failure::Input(format!("`--at {given}` is past the end of the run; give 0s to {end}")));
    }
    let options = ExplainOptions { at, changes: arguments.changes };
    Exit::Fine.once(print(&explanation, options, arguments.json))
}

fn of_run(arguments: &ExplainArguments) -> Result<Explanation, Failure> {
    let folder = arguments.source.display();
    let flags = [
        ("--seed", arguments.seed.is_some()),
        ("--variant", arguments.variant.is_some()),
        ("--set", !arguments.set.is_empty()),
        ("--engine", arguments.engine.is_some()),
    ];
    if let Some((flag, _)) = flags.iter().find(|(_, is_given)| *is_given) {
        let message = format!(
            "`{flag}` is for a scenario; `{folder}` is a folder, so it is taken for a run that is over"
        );
        return Err(Failure::Input(message));
    }
    Explanation::read(&arguments.source).map_err(|error| Failure::Input(error.to_string()))
}

fn of_scenario(arguments: &ExplainArguments) -> Result<Explanation, Failure> {
    let of_a_run = ["json", "ndjson", "csv", "svg", "png", "parquet"];
    let extension = arguments.source.extension().and_then(|extension| extension.to_str());
    if extension.is_some_and(|extension| of_a_run.contains(&extension)) {
        let folder = arguments.source.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).display();
        let file = arguments.source.display();
        return Err(Failure::Input(format!(
            "`{file}` is a file of a run; name the folder: `sim explain {folder}`"
        )));
    }
    let mut scenario = load(
        &arguments.source,
        arguments.variant.as_deref(),
        &arguments.set,
        arguments.seed,
        arguments.json,
    )?;
    scenario.config.engine_mode = arguments.engine.map(|engine| engine.mode()).unwrap_or_default();
    if !arguments.quiet {
        diagnostics::tell(&scenario.report);
    }
    let record = simulate(&scenario.config, arguments.quiet)?;
    Ok(Explanation::of(&subject(&scenario), &record))
}

fn print(explanation: &Explanation, options: ExplainOptions, json: bool) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    if json {
        explanation.json(options, &mut out)?;
    } else {
        write!(out, "{}", explanation.text(options, style()))?;
    }
    out.flush()
}
