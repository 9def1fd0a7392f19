//! The command line of `sim regress`.

use clap::Args;
use forescale::experiment::kpi::KpiName;
use forescale::experiment::regress::Margin;
use std::path::PathBuf;

pub(crate) const EXAMPLES: &str = "\
Examples:
  sim regress scenarios/burst.toml --update        write down what is good: baselines/burst.toml
  sim regress scenarios/burst.toml                 is it still as good?
  sim regress scenarios/*.toml --strict            all of them; not to know is a failure too
  sim regress mine.toml --set hpa.spec.maxReplicas=5
                                                   would this change pass?
  sim regress mine.toml --update --margin gpu_hours=2% --margin chat.ttft_p99=200%
                                                   guard these too, with margins of your own
  sim regress mine.toml --junit report.xml --sarif report.sarif --markdown summary.md
  sim regress mine.toml --seed 100                 at other seeds than the baseline's
  sim regress mine.toml --json | jq -r .sentence

The baseline is a file to commit, baselines/NAME.toml beside the scenario: the values of each
guarded KPI, one for each seed, and a margin, how much worse is no regression yet. Both are yours
to edit. A KPI fails where it is beyond its margin for sure, passes where it is within it for
sure, and else it cannot be told: a warning, or a failure with --strict. Where nothing has
changed, at most 1 % of such gates tell of a change (false_alarm_rate in the file), and none does
at the baseline's seeds.

docs/regress.md has the rules, and snippets for CI systems.

The exit code is 1 where a KPI is beyond its margin.";

#[derive(Debug, Args)]
pub(crate) struct RegressArguments {
    /// Scenarios, TOML files; paths in them are relative to them
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Folder of the baselines [default: the folder `baselines` beside each scenario]
    #[arg(long, value_name = "DIR")]
    pub(crate) baselines: Option<PathBuf>,
    /// Write the baselines anew, with the margins that they have
    #[arg(long, conflicts_with_all = ["strict", "junit", "sarif", "markdown", "annotations", "json"])]
    pub(crate) update: bool,
    /// How many seeds a baseline has [default: as many as it had, or 10]
    #[arg(long, value_name = "N", requires = "update", value_parser = clap::value_parser!(u32).range(10..=10_000))]
    pub(crate) replications: Option<u32>,
    /// Guard this KPI, with this margin: a share of the baseline (`5%`) or a number in the KPI's unit; may be repeated
    #[arg(long, value_name = "[WORKLOAD.]KPI=MARGIN", requires = "update", value_parser = margin)]
    pub(crate) margin: Vec<(KpiName, Margin)>,
    /// How often a gate may tell of a change though there is none [default: as the baseline has it, or 0.01]
    #[arg(long, value_name = "SHARE", requires = "update", value_parser = rate)]
    pub(crate) false_alarm_rate: Option<f64>,
    /// Fail where it cannot be told too
    #[arg(long)]
    pub(crate) strict: bool,
    /// The first seed, in place of the baseline's; other seeds than its own find large changes only
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A variant of the scenarios, `[variant.NAME]`, in place of the base
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Replace a value in all scenarios, as for `sim run`; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Print one JSON document instead of the report
    #[arg(long)]
    pub(crate) json: bool,
    /// Write JUnit XML to this file: a suite for each scenario, a case for each KPI
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write SARIF to this file, for code scanning
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Write Markdown to this file, for the summary of a job or a comment
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Tell GitHub Actions on standard error, which shows it as annotations
    #[arg(long)]
    pub(crate) annotations: bool,
    /// Neither progress nor warnings on standard error (SIM_NO_PROGRESS=1 hides the progress alone)
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn margin(text: &str) -> Result<(KpiName, Margin), String> {
    let (guarded, margin) =
        text.rsplit_once('=').ok_or_else(|| "expected KPI=MARGIN, for example `gpu_hours=5%`".to_owned())?;
    let margin = margin.parse::<Margin>().map_err(|refusal| match refusal.help.is_empty() {
        true => refusal.message,
        false => format!("{}: {}", refusal.message, refusal.help),
    })?;
    Ok((guarded.parse()?, margin))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate <= 0.5);
    rate.ok_or_else(|| "expected a share above 0 and at most 0.5, for example `0.01`".to_owned())
}
