//! The command line.

use crate::compare::CompareArguments;
use crate::explain::{EXPLAIN_EXAMPLES, ExplainArguments};
use crate::knee::KneeArguments;
use crate::regress::RegressArguments;
use crate::schema::SchemaArguments;
use crate::sweep::{MergeArguments, SweepArguments};
use crate::trace::TraceArguments;
use clap::{Args, Parser, Subcommand, ValueEnum};
use forescale::core::replica::EngineMode;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  sim scenarios/burst.toml                        run a scenario
  sim scenarios/burst.toml --seed 8               the same with other luck
  sim scenarios/burst.toml --set hpa.spec.maxReplicas=5
                                                  the same with another limit
  sim scenarios/burst.toml --dry-run              every value that holds, and where it comes from
  sim scenarios/burst.toml --json | jq -r .verdict
  sim explain out/burst                           why it scaled, sync by sync
  sim explain out/burst --at 12m15s               the HPA at that instant, as kubectl shows it
  sim init demo                                   write a scenario and its manifests into demo/
  sim init --from-manifests deploy/               write a scenario around your own manifests
  sim profile list                                models and GPUs whose step times are known
  sim trace inspect requests.csv                  rate, burstiness and lengths of your own traffic
  sim knee scenarios/burst.toml                   how much one replica can take, and targets for it
  sim compare scenarios/metric-choice.toml        which metric, at what cost, with intervals
  sim sweep scenarios/target-250.toml             which targets and window are cheapest
  sim regress scenarios/burst.toml                is it still as good as its baseline?
  sim help F007                                   the long story behind an error
  sim help telemetry.scrape_interval              what a key of a scenario means

Exit codes: 0 fine, 1 an objective, a baseline or a check was missed, 2 wrong usage or input or results that cannot be written, \
101 a bug, 130 interrupted.";

/// What `sim` alone says.
pub(crate) const FIRST_STEPS: &str = "\
sim simulates autoscaling for LLM inference on Kubernetes: which metric, which target, which windows, at what cost.

  sim scenarios/burst.toml      run a scenario: verdict, objectives, timeline, why it scaled
  sim --help                    all verbs and flags, with examples
  sim help TOPIC                an error code, a key of a scenario, a verb, `exit-codes`";

/// Simulates autoscaling for LLM inference on Kubernetes: gateway, vLLM replicas, metrics, HorizontalPodAutoscaler.
#[derive(Debug, Parser)]
#[command(name = "sim", version, after_help = "`sim --help` shows examples and the exit codes.", after_long_help = EXAMPLES, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Option<RunArguments>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario (the default: `sim SCENARIO` is enough)
    Run(RunArguments),
    /// Tell why it scaled: every sync of a run with its numbers, or the HPA at any instant as kubectl shows it
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
    /// Write a scenario to begin with: a template, or one around your own manifests
    Init(InitArguments),
    /// Step-time profiles: which there are, what is in them, and how to fit one to your measurements
    #[command(after_help = PROFILE_EXAMPLES)]
    Profile(ProfileArguments),
    /// Traces of requests: what one is like, and convert it
    #[command(after_help = crate::trace::EXAMPLES)]
    Trace(TraceArguments),
    /// Find the load up to which latency is good, and the autoscaler's targets that follow from it
    #[command(after_help = crate::knee::EXAMPLES)]
    Knee(KneeArguments),
    /// Run the variants of a scenario at the same seeds, and tell how they differ
    #[command(after_help = crate::compare::EXAMPLES)]
    Compare(CompareArguments),
    /// Try many settings of a scenario, and find the cheapest that meets the objectives
    #[command(after_help = crate::sweep::EXAMPLES)]
    Sweep(SweepArguments),
    /// Put the shards of a sweep together
    #[command(after_help = crate::sweep::MERGE_EXAMPLES)]
    Merge(MergeArguments),
    /// Fail where a scenario has become worse than its baseline: for CI
    #[command(after_help = crate::regress::EXAMPLES)]
    Regress(RegressArguments),
    /// Replay recorded behaviour of a real component against the simulated one
    Conformance(ConformanceArguments),
    /// Measure how fast the simulator is on this machine, beside a bare loop
    Bench(BenchArguments),
    /// Print a JSON Schema, so that editors complete and check scenarios, and programs check results
    #[command(after_help = crate::schema::EXAMPLES)]
    Schema(SchemaArguments),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Explain an error code, a key of a scenario, a verb, or the exit codes
    #[command(after_help = HELP_EXAMPLES)]
    Help(HelpArguments),
}

const PROFILE_EXAMPLES: &str = "\
Examples:
  sim profile list                                   models, and on which GPUs they are known
  sim profile list --model llama-3.1-8b              all profiles of a model
  sim profile show meta-llama/Llama-3.1-8B/h100/tp1  times, source, error, KV blocks
  sim profile fit sweep.csv                          a step time from your own measurements

docs/profiles.md says where the figures come from.";

#[derive(Debug, Args)]
pub(crate) struct ProfileArguments {
    #[command(subcommand)]
    pub(crate) command: ProfileCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List models and GPUs, or the profiles of one of them
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArguments),
    /// Show one profile: coefficients with units, source, error, KV blocks, spot values
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArguments),
    /// Fit a step time to the rows of a CSV file: single steps, or runs under load
    #[command(after_help = FIT_EXAMPLES)]
    Fit(FitArguments),
}

const LIST_EXAMPLES: &str = "\
Examples:
  sim profile list                       models, and on which GPUs they are known
  sim profile list --gpu l4              what runs on an L4
  sim profile list --model google/gemma-3-1b-it --gpu l4
  sim profile list --json | jq -r '.profiles[].name'

Derived profiles are not measured: they come from a model's geometry and a GPU's data sheet.";

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Only of this model, by any of its names, also those on Hugging Face
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<String>,
    /// Only on this GPU, by any of its names: `h100`, `NVIDIA-H100-80GB-HBM3`
    #[arg(long, value_name = "GPU")]
    pub(crate) gpu: Option<String>,
    /// Print the profiles as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const SHOW_EXAMPLES: &str = "\
Examples:
  sim profile show llama-3.1-8b/h100-sxm-80gb/tp1
  sim profile show llama-3.1-70b/h100/tp4/fp8
  sim profile show my-profile.toml --json";

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// `model/gpu/tpN`, with `/dtype` if it is not the default; or a file that ends in .toml
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const FIT_EXAMPLES: &str = "\
Columns, in any order, others are left aside:
  single steps     batch            decoding sequences
                   context          tokens of each in the mean; or context_sum
                   prefill          prompt tokens
                   prefill_context  tokens before them, 0 if not given
                   time_ms          or time_us, time_s
  runs under load  concurrency      or rate_rps
                   isl, osl         tokens of prompt and answer
                   tpot_ms          or itl_mean_ms
                   ttft_ms          tells what prompts cost where one request ran alone

Examples:
  sim profile fit steps.csv
  sim profile fit runs.csv --where model=Qwen/Qwen3-32B --where tp=2
  sim profile fit steps.csv --base llama-3.1-8b/h100/tp1 -o mine.toml

A scenario names the file: [model_server] profile = \"mine.toml\". The fit is least squares of
relative errors with no negative coefficient. The error is that of the rows themselves, so keep
some of them back to see how good it is.";

#[derive(Debug, Args)]
pub(crate) struct FitArguments {
    /// The measurements, a CSV file with a header
    #[arg(value_name = "SWEEP")]
    pub(crate) sweep: PathBuf,
    /// The form of the step time [default: piecewise where ten rows or more show a knee, else affine]
    #[arg(long, value_enum)]
    pub(crate) form: Option<FitForm>,
    /// The host's time per step that is inside of the measured times, to be taken out: `0.3ms`
    #[arg(long, value_name = "DURATION", value_parser = forescale::kernel::parse_duration)]
    pub(crate) host: Option<forescale::kernel::SimDuration>,
    /// Only rows with this value in this column; may be repeated
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(crate) filters: Vec<String>,
    /// The profile from which comes what is not about times: memory, KV blocks, limits
    #[arg(long, value_name = "NAME")]
    pub(crate) base: Option<String>,
    /// Write the profile to this file; it must end in .toml
    #[arg(long, short, value_name = "FILE", requires = "base")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite a file that exists
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A form of a step time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FitForm {
    /// One slope per prompt token, one per decoding sequence
    Affine,
    /// One slope per batch token below a knee, one above it
    Piecewise,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  sim completions bash > ~/.local/share/bash-completion/completions/sim
  sim completions zsh > ~/.zfunc/_sim
  sim completions fish > ~/.config/fish/completions/sim.fish";

const HELP_EXAMPLES: &str = "\
Examples:
  sim help F007                          an error code
  sim help codes                         all error codes
  sim help workload.NAME.arrivals        a key of a scenario
  sim help run                           a verb
  sim help exit-codes";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct HelpArguments {
    /// An error code, a key of a scenario, a verb, `codes` or `exit-codes`
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
}

/// How engines get over their steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArgument {
    /// What many steps do alike is computed at once
    FastForward,
    /// Each step is taken, for checks; many times slower
    Reference,
}

impl EngineArgument {
    /// The library's word for it.
    pub(crate) const fn mode(self) -> EngineMode {
        match self {
            Self::FastForward => EngineMode::FastForward,
            Self::Reference => EngineMode::Reference,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The scenario, a TOML file; paths in it are relative to it
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// Seed of all draws, in place of the scenario's own
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Run a variant of the scenario, `[variant.NAME]`, in place of the base
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Replace a value before anything is read, for example `scenario.duration=10m` or `hpa.spec.maxReplicas=5`; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Folder for result.json, series.csv, decisions.ndjson and timeline.svg [default: out/NAME, with the scenario's name; out/NAME.VARIANT for a variant]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write the log of requests too, requests.csv or requests.parquet: a row for each
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) requests: Option<Requests>,
    /// How vLLM engines get over their steps; the result is the same
    #[arg(long, value_enum, value_name = "MODE", default_value_t = EngineArgument::FastForward)]
    pub(crate) engine: EngineArgument,
    /// Print every value that holds and where it comes from, and simulate nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print result.json on standard output instead of the report; what is wrong with the files as JSON too
    #[arg(long)]
    pub(crate) json: bool,
    /// Write timeline.png too, the picture for where SVG is not shown
    #[cfg(feature = "png")]
    #[arg(long)]
    pub(crate) png: bool,
    /// Neither progress nor warnings on standard error (SIM_NO_PROGRESS=1 hides the progress alone)
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

const INIT_EXAMPLES: &str = "\
Examples:
  sim init                               burst.toml and its manifests, here
  sim init demo --template diurnal       diurnal.toml and its manifests, in demo/
  sim init demo --name checkout          the template burst as demo/checkout.toml
  sim init --from-manifests deploy/      a scenario around the manifests in deploy/
  sim init --from-manifests deploy/ --from-manifests values.yaml --out checkout.toml

Whatever the manifests do not say is a guess, and marked GUESS in the file. What cannot be
simulated yet is named with its place; then nothing is written, and the exit code is 2.";

#[derive(Debug, Args)]
#[command(after_help = INIT_EXAMPLES)]
pub(crate) struct InitArguments {
    /// Folder for the scenario and its manifests, made where it does not exist
    #[arg(
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true,
        conflicts_with = "from_manifests"
    )]
    pub(crate) folder: PathBuf,
    /// What to begin with
    #[arg(long, value_enum, default_value = "burst", conflicts_with = "from_manifests")]
    pub(crate) template: Template,
    /// Manifests to write a scenario around: a file, or a folder of .yaml and .yml files, with Helm values of prometheus-adapter among
    /// them; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) from_manifests: Vec<PathBuf>,
    /// The scenario's name [default: the template's, or the Deployment's]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The file to write [default: NAME.toml]
    #[arg(long, value_name = "FILE", requires = "from_manifests")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite files that exist and differ
    #[arg(long)]
    pub(crate) force: bool,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A scenario to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// The autoscaler of llm-d's guide meets a burst
    Burst,
    /// The autoscaler of llm-d's guide goes through a working day
    Diurnal,
    /// A pool that sleeps while nobody asks
    ScaleToZero,
}

/// A format of the log of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Requests {
    /// Text, a line per request
    Csv,
    /// Apache Parquet, in builds with the feature `parquet`
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct ConformanceArguments {
    /// The component
    #[arg(value_enum)]
    pub(crate) kind: Kind,
    /// Recordings, one JSON object per line; packed by gzip if their names end in .gz
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// A component with recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The Endpoint Picker's flow control
    Epp,
    /// The HorizontalPodAutoscaler controller
    Hpa,
    /// vLLM's scheduler
    Vllm,
}

const BENCH_EXAMPLES: &str = "\
Examples:
  sim bench t1                           T1 on 1, 4 and 16 replicas, prefix caching off and on
  sim bench t1 --requests 1000000 --replicas 4 --prefix-caching off
  sim bench t3                           cost against the length of the output
  FORESCALE_DATA=data sim bench az       needs data/traces/AzureLLMInferenceTrace_conv.csv

Three loops run in turn on the same requests: `bare`, a hand-written loop with the engine's
latencies and nothing else; `engine`, demand and the model servers; `whole`, everything with
gateway, telemetry, autoscaler and record. CPU-seconds differ from machine to machine and from
hour to hour; `of bare`, the rate over the bare loop's, is what can be compared.
docs/benchmarks.md says more.";

#[derive(Debug, Args)]
#[command(after_help = BENCH_EXAMPLES)]
pub(crate) struct BenchArguments {
    /// The workload
    #[arg(value_enum)]
    pub(crate) name: WorkloadName,
    /// How many requests T1 and T3 have
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) requests: u64,
    /// How many replicas T1 has; several with commas
    #[arg(long, value_name = "K", value_delimiter = ',', default_value = "1,4,16", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) replicas: Vec<u32>,
    /// Prefix caching in T1, without it both; T3 has it off where this does not say on
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub(crate) prefix_caching: Option<Switch>,
    /// How often each loop is measured; the median counts
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Run only this loop of T1 or T3, once, and print the resident memory of the process as JSON: for profilers
    #[arg(long, value_enum, value_name = "LOOP")]
    pub(crate) only: Option<LoopName>,
    /// Print one JSON document instead of the table
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// A workload that speed is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkloadName {
    /// Poisson arrivals, 8 requests/s per replica, prompts of 512 and outputs of 256 tokens in the mean
    T1,
    /// T1 on 4 replicas with outputs of 64 to 4096 tokens in the mean, at rates that keep the work the same
    T3,
    /// The Azure conversation hour of 2023
    Az,
    /// All of them
    All,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LoopName {
    /// The hand-written loop
    Bare,
    /// Demand and the model servers
    Engine,
    /// Everything
    Whole,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// On
    On,
    /// Off
    Off,
}
