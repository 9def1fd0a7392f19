//! The command line of `sim trace`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use forescale::kernel::{SimDuration, parse_duration};
use forescale::scenario::{TimeUnit, TraceColumns, TraceFile, TraceFormat};
use std::path::{Path, PathBuf};

pub(crate) const EXAMPLES: &str = "\
Examples:
  sim trace inspect requests.csv                   rate, burstiness, lengths, and a picture
  sim trace inspect trace.jsonl.gz --json          the same for a program
  sim trace convert burst.csv out.csv --window 9h..10h
                                                   an hour of it, as generic CSV

  sim trace fit trace.jsonl.gz -o fitted.toml      figures for a scenario, in place of the rows

docs/traces.md describes the formats.";

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    #[command(subcommand)]
    pub(crate) command: TraceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TraceCommand {
    /// Say what a trace is like: rate, burstiness at 1, 15 and 60 s, lengths, a picture
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArguments),
    /// Write a trace of any format as generic CSV: mended, a window of it, or at another rate
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert(ConvertArguments),
    /// Make a profile of a trace that a scenario can ship: figures, not rows
    #[command(after_help = FIT_EXAMPLES)]
    Fit(FitArguments),
}

const INSPECT_EXAMPLES: &str = "\
Examples:
  sim trace inspect AzureLLMInferenceTrace_conv.csv
  sim trace inspect log.csv --time ts --time-unit ms --prompt-tokens in --output-tokens out
  sim trace inspect log.jsonl.gz --repair --json | jq .rate_per_s
  sim trace inspect access.log --uri-prefix /v1/ --svg traffic.svg

Dispersion is variance over mean of the counts per bin: 1 for a Poisson process, more for bursts.
Memory stays the same, however long the trace is.";

const CONVERT_EXAMPLES: &str = "\
Examples:
  sim trace convert trace.jsonl out.csv
  sim trace convert log.csv mended.csv --repair
  sim trace convert week.csv.gz hour.csv --window 33h..34h --rate-scale 0.1

The columns are arrival_s, prompt_tokens, output_tokens; a scenario reads them with
trace.csv = { path = \"out.csv\" }.";

const FIT_EXAMPLES: &str = "\
Examples:
  sim trace fit AzureLLMInferenceTrace_conv.csv -o conv.toml
  sim trace fit access.log.gz --lengths sample.csv -o chat.toml
  sim trace fit --rate panel.json --labels route=chat --lengths sample.csv -o chat.toml
  sim trace fit --rate panel.csv --column chat --counter --lengths sample.csv

A scenario takes it by [workload.chat] fitted = { path = \"conv.toml\" }.
A rate file is an answer of Prometheus' query_range (JSON) or an export of a panel of Grafana (CSV).";

/// Which file, and how it is read.
#[derive(Debug, Args)]
pub(crate) struct FileArguments {
    /// The trace: CSV, lines of JSON, an access log, or the result of a load generator; plain or packed by gzip
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// How a file is read.
#[derive(Debug, Args)]
pub(crate) struct ReadingArguments {
    /// Its format, where its first lines do not tell
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub(crate) format: Option<TraceFormat>,
    /// Sort rows (within 65,536) and leave out those that cannot be read, and say how many; else they are errors
    #[arg(long)]
    pub(crate) repair: bool,
    /// Only requests of an access log whose path begins so: `/v1/` [default: all that are POST]
    #[arg(long, value_name = "PREFIX")]
    pub(crate) uri_prefix: Option<String>,
    /// The column, or key, of the arrival time in csv or jsonl [default: arrival_s]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
    /// What that column counts, or `datetime` for dates with times [default: s]
    #[arg(long, value_name = "UNIT", value_parser = units())]
    pub(crate) time_unit: Option<TimeUnit>,
    /// The column, or key, of the prompt's tokens in csv, jsonl or, with --format, an access log [default: prompt_tokens]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) prompt_tokens: Option<String>,
    /// The column, or key, of the output's tokens in csv, jsonl or, with --format, an access log [default: output_tokens]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) output_tokens: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    #[command(flatten)]
    pub(crate) file: FileArguments,
    /// Write rates.csv into this folder: requests and tokens over time
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write a picture to this file: the rate over time, and how long prompts and outputs are
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Overwrite a picture that exists
    #[arg(long, requires = "svg")]
    pub(crate) force: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArguments {
    #[command(flatten)]
    pub(crate) file: FileArguments,
    /// The CSV file to write
    #[arg(value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// Only rows from the first time up to the second, counted from the first row: `1h..90m`
    #[arg(long, value_name = "FROM..TO", value_parser = window)]
    pub(crate) window: Option<(SimDuration, SimDuration)>,
    /// Arrivals come this many times as fast; above 0
    #[arg(long, value_name = "X", value_parser = rate_scale, default_value = "1")]
    pub(crate) rate_scale: f64,
    /// Keep this share of the requests, drawn for each by itself: `0.1` is one in ten
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "1")]
    pub(crate) thin: f64,
    /// Decides which requests --thin keeps
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Write the trace, or its window, again and again up to this time: `24h`
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) repeat: Option<SimDuration>,
    /// Overwrite a file that exists
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FitArguments {
    /// The trace
    #[arg(value_name = "TRACE", required_unless_present = "rate", conflicts_with = "rate")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    /// A measured rate in place of a trace; needs --lengths
    #[arg(long, value_name = "FILE", requires = "lengths")]
    pub(crate) rate: Option<PathBuf>,
    /// Of the rate file, only series with this label; may be repeated
    #[arg(long = "labels", value_name = "NAME=VALUE", requires = "rate", value_parser = label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Of the rate file, the one column, or series, that counts [default: the sum of all]
    #[arg(long, value_name = "COLUMN", requires = "rate", conflicts_with = "labels")]
    pub(crate) column: Option<String>,
    /// The rate file has counters of requests: take their differences
    #[arg(long, requires = "rate")]
    pub(crate) counter: bool,
    /// A sample of requests, in a trace of any format, that says how long they are
    #[arg(long, value_name = "FILE")]
    pub(crate) lengths: Option<PathBuf>,
    /// The length of a bin, at least 1s
    #[arg(long, value_name = "DURATION", value_parser = bin, default_value = "15s")]
    pub(crate) bin: SimDuration,
    /// Write the profile to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite a file that exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, for example `route=chat`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn bin(text: &str) -> Result<SimDuration, String> {
    let bin = parse_duration(text).map_err(|error| error.to_string())?;
    if bin >= SimDuration::from_secs(1) { Ok(bin) } else { Err("a bin is at least 1s long".to_owned()) }
}

fn formats() -> impl TypedValueParser<Value = TraceFormat> {
    PossibleValuesParser::new(TraceFormat::ALL.map(TraceFormat::name))
        .try_map(|name| TraceFormat::find(&name).ok_or("no such format"))
}

fn units() -> impl TypedValueParser<Value = TimeUnit> {
    PossibleValuesParser::new(TimeUnit::ALL.map(TimeUnit::name))
        .try_map(|name| TimeUnit::find(&name).ok_or("no such unit"))
}

fn window(text: &str) -> Result<(SimDuration, SimDuration), String> {
    let (from, to) = text.split_once("..").ok_or("expected FROM..TO, for example `1h..90m`")?;
    let parse = |text: &str| parse_duration(text).map_err(|error| error.to_string());
    let (from, to) = (parse(from)?, parse(to)?);
    if from < to { Ok((from, to)) } else { Err("a window ends after it starts".to_owned()) }
}

fn rate_scale(text: &str) -> Result<f64, String> {
    let scale = text.parse().ok().filter(|scale: &f64| *scale > 0.0 && scale.is_finite());
    scale.ok_or_else(|| "expected a number above 0".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "expected a number above 0 and at most 1".to_owned())
}

impl FileArguments {
    /// The file with its columns.
    pub(crate) fn trace(&self) -> Result<TraceFile, String> {
        self.reading.trace(&self.file)
    }
}

impl ReadingArguments {
    /// A file with its columns; a column that is named makes it csv or jsonl.
    pub(crate) fn trace(&self, file: &Path) -> Result<TraceFile, String> {
        let Self { time, time_unit, prompt_tokens, output_tokens, .. } = self;
        let names = [time.is_some(), time_unit.is_some(), prompt_tokens.is_some(), output_tokens.is_some()];
        let is_mapped = names.contains(&true);
        if let Some(format) = self.format
            && is_mapped
            && !format.takes_columns()
        {
            return Err(format!(
                "--format {} has columns of its own; csv, jsonl, nginx-json and envoy-json take names",
                format.name()
            ));
        }
        let is_log = self.format.is_some_and(TraceFormat::is_access_log);
        if is_log && (time.is_some() || time_unit.is_some()) {
            return Err("an access log has a time of its own: --time and --time-unit are for csv and jsonl"
                .to_owned());
        }
        if is_log && is_mapped && (prompt_tokens.is_none() || output_tokens.is_none()) {
            return Err("of an access log, --prompt-tokens and --output-tokens are named together".to_owned());
        }
        let default = TraceColumns::default();
        let or = |given: &Option<String>, default: String| given.clone().unwrap_or(default);
        let columns = TraceColumns {
            time: or(time, default.time),
            time_unit: time_unit.unwrap_or_default(),
            prompt_tokens: or(prompt_tokens, default.prompt_tokens),
            output_tokens: or(output_tokens, default.output_tokens),
        };
        Ok(TraceFile {
            path: file.to_owned(),
            format: self.format,
            columns: is_mapped.then_some(columns),
            repair: self.repair,
            uri_prefix: self.uri_prefix.clone(),
        })
    }
}
