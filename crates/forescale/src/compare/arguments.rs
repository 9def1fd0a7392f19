//! The command line of `sim compare`.

use clap::Args;
use forescale::experiment::kpi::KpiName;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "\
Examples:
  sim compare scenarios/metric-choice.toml               all variants against the base
  sim compare mine.toml --variants wide,gpu              two of them
  sim compare mine.toml --base wide                      against a variant in place of the base
  sim compare mine.toml --replications 30                thirty seeds, narrower intervals
  sim compare mine.toml --precision 5                    seeds until the main means are within 5 %
  sim compare mine.toml --kpi ttft_p95,cost,time_at_max  other columns
  sim compare mine.toml --baselines --kpi theta_u        against a fixed size, and one who knew it
  sim compare mine.toml --svg compare.svg --csv runs.csv timelines over each other, and all runs
  sim compare mine.toml --json | jq -r .verdict

Variants are tables `[variant.NAME]` of the scenario: the base with some of it replaced. All run
with the same seeds, so they meet the same requests and the same cold starts, and each difference
is taken seed by seed. One is told only where its 95 % interval leaves out zero. docs/compare.md
has the rules, docs/kpis.md the definitions.

--baselines tells the regret of each: how many more GPU-hours than the cheapest fixed number of
replicas that meets the objectives, and than replicas by a clock that knows the demand and orders
each pod a cold start early; and how much less is attained.

The exit code is 1 where no variant meets all objectives.";

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// The scenario, a TOML file with variants; paths in it are relative to it
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// Only these variants, with commas; all of the scenario's if not given
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) variants: Vec<String>,
    /// What the others are measured against, in place of the scenario without variants
    #[arg(long, value_name = "NAME")]
    pub(crate) base: Option<String>,
    /// How many seeds each runs with: the scenario's and those after it
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replications: u32,
    /// Go on until the mean of each KPI that is told is within so many per cent, up to 100 seeds; each runs with as many as the one that needs most
    #[arg(long, value_name = "PERCENT", conflicts_with = "replications", value_parser = percent)]
    pub(crate) precision: Option<f64>,
    /// Set each also against the best fixed size and a scaler that knows what is to come, at the same seeds; takes as many more runs as it may have replicas, and one
    #[arg(long, conflicts_with = "precision")]
    pub(crate) baselines: bool,
    /// Which KPIs are told, with commas, `chat.ttft_p99` of one workload; those of the objectives, GPU-hours and restlessness if not given; those of a demand need --baselines
    #[arg(long, value_name = "[WORKLOAD.]KPI", value_delimiter = ',')]
    pub(crate) kpi: Vec<KpiName>,
    /// The first seed, in place of the scenario's own
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Replace a value in the base and in all variants, as for `sim run`; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Print one JSON document instead of the report
    #[arg(long)]
    pub(crate) json: bool,
    /// Write all runs to this file, a row for each
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write the timelines of all variants over that of the base to this file, as a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Neither progress nor warnings on standard error (SIM_NO_PROGRESS=1 hides the progress alone)
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>().ok();
    number
        .filter(|percent| *percent > 0.0 && *percent < 100.0)
        .ok_or_else(|| "expected per cent above 0 and below 100, for example `5`".to_owned())
}
