//! The command lines of `sim sweep` and `sim merge`.

use super::finish::{OutcomeArguments, Wanted};
use crate::exit::Failure;
use clap::Args;
use forescale::experiment::sweep::Shard;
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "\
Examples:
  sim sweep scenarios/target-250.toml                 all settings of its [sweep], 5 seeds each
  sim sweep mine.toml --replications 20               with narrower intervals
  sim sweep mine.toml --best ttft_p99                 the best by another KPI than GPU-hours
  sim sweep mine.toml --shard 1/4                     a quarter of the runs, on one of four machines
  sim merge out/mine.sweep.*-of-4                     the four together
  sim sweep mine.toml --json | jq -r .verdict

`[sweep]` in the scenario says which values of which paths are tried (docs/scenario.md). Each
setting is run with the same seeds, so all of them meet the same requests; the scenario as it
stands is run too, for comparison. The best setting is the one with the best mean of those that
meet all objectives in every replication.

The folder (out/NAME.sweep unless --out says otherwise) gets points.csv (a row per setting),
runs.csv (a row per run), sweep.json, sweep.svg (a picture) and runs.jsonl, the journal: each run
is added to it as soon as it is done. After Ctrl-C the same command goes on where it stopped.
docs/sweep.md has the rules.

The exit code is 1 where no setting meets the objectives.";

pub(crate) const MERGE_EXAMPLES: &str = "\
Examples:
  sim sweep mine.toml --shard 1/2          on one machine
  sim sweep mine.toml --shard 2/2          on another one, with the same files
  sim merge out/mine.sweep.1-of-2 out/mine.sweep.2-of-2
  sim merge shards/* --out whole --json

The folders hold journals (runs.jsonl) of one sweep. Together they must have all of its runs; what
comes out is what the sweep would have written in one go, to the byte.";

#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// The scenario, a TOML file with a table [sweep]; paths in it are relative to it
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// How often each setting is run: with the scenario's seed and those after it
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replications: u32,
    /// The first seed, in place of the scenario's own
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Replace a value before anything is read, as for `sim run`; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Do only every n-th run, from the i-th on, for example `2/3`; `sim merge` puts the shards together
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    /// How many runs at once [default: as many as there are cores]; the results are the same
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Begin anew, whatever the folder's journal holds
    #[arg(long)]
    pub(crate) restart: bool,
    /// Folder for the journal and the results [default: out/NAME.sweep, or out/NAME.sweep.I-of-N of a shard]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) outcome: OutcomeArguments,
    /// Neither progress nor warnings on standard error (SIM_NO_PROGRESS=1 hides the progress alone)
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// Folders of shards, or of sweeps that were broken off
    #[arg(value_name = "FOLDER", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Folder for the journal and the results [default: out/NAME.sweep]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) outcome: OutcomeArguments,
}

impl SweepArguments {
    /// What is to come out.
    pub(super) fn outcome(&self) -> Result<Wanted, Failure> {
        self.outcome.wanted()
    }
}

fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || "expected I/N with 1 ≤ I ≤ N, for example `2/3`".to_owned();
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let (number, of) = (number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if (1..=of).contains(&number) { Ok(Shard { number, of }) } else { Err(wrong()) }
}
