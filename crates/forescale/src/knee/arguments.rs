//! The command line of `sim knee`.

use clap::{Args, ValueEnum};
use forescale::core::record::{Measure, Objective};
use forescale::kernel::parse_duration;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "\
Examples:
  sim knee scenarios/burst.toml                    the knee of one replica, and targets
  sim knee scenarios/burst.toml --replicas 1,4     of one replica, and of a pool of four
  sim knee mine.toml --ttft 3s@p95 --itl 50ms@p99  judged by these, not by [slo]
  sim knee mine.toml --by rate --workload chat     Poisson arrivals in place of users
  sim knee mine.toml --svg knee.svg --csv knee.csv the curves as a picture and as a table
  sim knee mine.toml --json | jq '.curves[0].targets[] | {metric, target}'

Pods are there from the start and stay as many; the autoscaler is left out. Users who each always
have one request open are doubled until throughput grows no more, then the levels around the knee
are run. Everything else is the scenario's: model server, gateway with its flow control, lengths.

The knee is the highest load that meets the objectives; without any, the load at which throughput
over mean time in system is greatest. For each metric that guides scale by, the target is told with
which an HPA asks for another pod just below the knee, or why no target of it can work.
docs/knee.md has the rules.

The exit code is 1 where the objectives are missed at every load.";

#[derive(Debug, Args)]
pub(crate) struct KneeArguments {
    /// The scenario, a TOML file; paths in it are relative to it
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// What is varied
    #[arg(long, value_enum, value_name = "LOAD", default_value_t = ByArgument::Concurrency)]
    pub(crate) by: ByArgument,
    /// How many replicas; several with commas, a curve for each
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) replicas: Vec<u32>,
    /// Whose requests are sent; needed where the scenario has several workloads
    #[arg(long, value_name = "NAME")]
    pub(crate) workload: Option<String>,
    /// Objective for the time to first token, for example `3s@p95`; with one of these three, the scenario's [slo] is left out
    #[arg(long, value_name = "LIMIT@pNN", value_parser = limit)]
    pub(crate) ttft: Vec<Limit>,
    /// Objective for the inter-token latency, over tokens, for example `50ms@p99`
    #[arg(long, value_name = "LIMIT@pNN", value_parser = limit)]
    pub(crate) itl: Vec<Limit>,
    /// Objective for the time from arrival to last token, for example `30s@p95`
    #[arg(long, value_name = "LIMIT@pNN", value_parser = limit)]
    pub(crate) e2e: Vec<Limit>,
    /// How many seeds each level is run with: the scenario's and those after it
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) seeds: u32,
    /// How many requests each run measures, at least
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) requests: u32,
    /// The first seed, in place of the scenario's own
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A variant of the scenario, `[variant.NAME]`, in place of the base
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Replace a value before anything is read, as for `sim run`; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Print one JSON document instead of the report
    #[arg(long)]
    pub(crate) json: bool,
    /// Write all levels to this file, a row for each
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Write the curves to this file as a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Neither progress nor warnings on standard error (SIM_NO_PROGRESS=1 hides the progress alone)
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ByArgument {
    /// Users who each always have one request open
    Concurrency,
    /// Requests per second of a Poisson process
    Rate,
}

/// A limit and the quantile that must not pass it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit(Objective);

impl KneeArguments {
    /// The objectives of the command line.
    pub(super) fn objectives(&self) -> Vec<Objective> {
        let given = [(Measure::Ttft, &self.ttft), (Measure::Itl, &self.itl), (Measure::E2e, &self.e2e)];
        let of = |(measure, limits): (Measure, &Vec<Limit>)| {
            limits.iter().map(move |limit| Objective { measure, ..limit.0 }).collect::<Vec<_>>()
        };
        given.into_iter().flat_map(of).collect()
    }
}

fn limit(text: &str) -> Result<Limit, String> {
    let (limit, quantile) = text.split_once('@').ok_or("expected LIMIT@pNN, for example `3s@p95`")?;
    let limit = parse_duration(limit).map_err(|error| error.to_string())?;
    let percent = quantile.strip_prefix('p').and_then(|number| number.parse::<f64>().ok());
    match percent.filter(|percent| *percent > 0.0 && *percent < 100.0) {
        Some(percent) if !limit.is_zero() => {
            Ok(Limit(Objective { measure: Measure::Ttft, quantile: percent / 100.0, limit }))
        }
        Some(_) => Err("a limit is longer than 0s".to_owned()),
        None => Err(format!("`{quantile}` is no quantile; write for example `p95` (above p0, below p100)")),
    }
}
