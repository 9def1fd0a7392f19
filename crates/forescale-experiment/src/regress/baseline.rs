//! What was measured once, in a file that is committed.

use super::{Guard, Margin};
use crate::kpi::KpiName;
use crate::replications::Replications;
use forescale_document::{Code, Diagnostic, Report, Span, Spanned, decode, toml};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How often a gate may fail, or tell of a change, though nothing has changed.
pub const DEFAULT_FALSE_ALARM_RATE: f64 = 0.01;

/// With fewer, KPIs that only take a few values are too often constant on both sides, and differ.
pub const FEWEST_REPLICATIONS: usize = 10;

/// The version of the file's layout.
const SCHEMA: u32 = 1;

/// Values of a scenario's KPIs to measure later runs against.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// Of which scenario: its title.
    pub scenario: String,
    /// A digest of what was simulated: the scenario with its manifests and traces.
    pub inputs: String,
    /// α: the chance that something is told to have changed where nothing has, above 0 and at most 0.5.
    pub false_alarm_rate: f64,
    /// The first seed; the others follow it.
    pub seed: u64,
    /// What is guarded, in the order of KPIs.
    pub guards: Vec<Guard>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBaseline {
    schema: Spanned<u32>,
    scenario: String,
    inputs: String,
    false_alarm_rate: Spanned<f64>,
    seed: u64,
    kpi: Spanned<BTreeMap<Spanned<String>, RawGuard>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGuard {
    margin: Margin,
    #[serde(default = "no_values")]
    values: Spanned<Vec<f64>>,
}

fn no_values() -> Spanned<Vec<f64>> {
    Spanned::new(Vec::new())
}

impl Baseline {
    /// Of these runs, with nothing else than what is guarded and the margins. A workload that the runs do not have leaves its guard without values.
    pub fn of(
        scenario: &str,
        inputs: &str,
        false_alarm_rate: f64,
        guards: Vec<(KpiName, Margin)>,
        runs: &Replications,
    ) -> Self {
        let guard = |(guarded, margin): (KpiName, Margin)| {
            let values = runs.values(&guarded);
            Guard { guarded, margin, values, line: 0 }
        };
        let mut guards: Vec<Guard> = guards.into_iter().map(guard).collect();
        guards.sort_by(|a, b| order(&a.guarded).cmp(&order(&b.guarded)));
        Self {
            scenario: scenario.to_owned(),
            inputs: inputs.to_owned(),
            false_alarm_rate,
            seed: runs.runs.first().map_or(0, |run| run.seed),
            guards,
        }
    }

    /// How many seeds it has.
    pub fn replications(&self) -> usize {
        self.guards.first().map_or(0, |guard| guard.values.len())
    }

    /// Whether each guard has a value of each seed, or at least of one, none is infinite, and there are seeds enough.
    pub fn is_complete(&self) -> bool {
        let count = self.replications();
        let is_whole = |guard: &Guard| {
            let mut values = guard.values.iter().flatten();
            guard.values.len() == count
                && guard.values.iter().any(Option::is_some)
                && values.all(|value| value.is_finite())
        };
        count >= FEWEST_REPLICATIONS && self.guards.iter().all(is_whole)
    }

    /// The confidence of each interval: 1 − α/2m with m guards (Bonferroni). At 1 − α/m, gates of ten runs a side would tell of a change in up to 1.8 α of all
    /// cases where KPIs take few values or have no tails, since Student's t is for normal ones.
    pub fn confidence(&self) -> f64 {
        1.0 - self.false_alarm_rate / (2.0 * self.guards.len().max(1) as f64)
    }

    /// Reads the text of a file of this name.
    ///
    /// # Errors
    /// All mistakes, with their places.
    pub fn read(name: &str, text: &str) -> Result<Self, Box<Report>> {
        Self::decoded(name, text, true)
    }

    /// Reads the same for what its user has set, whatever the values are: they are to be renewed.
    ///
    /// # Errors
    /// All mistakes, with their places.
    pub fn read_settings(name: &str, text: &str) -> Result<Self, Box<Report>> {
        Self::decoded(name, text, false)
    }

    fn decoded(name: &str, text: &str, needs_values: bool) -> Result<Self, Box<Report>> {
        let mut report = Report::default();
        let source = report.sources.add(name, text);
        let tree = toml::parse(&mut report, source);
        let raw: Option<RawBaseline> = tree.and_then(|tree| decode(&tree, &mut report));
        let baseline = raw.map(|raw| raw.checked(&mut report, needs_values));
        match baseline {
            Some(baseline) if !report.has_errors() => Ok(baseline),
            _ => Err(Box::new(report)),
        }
    }

    /// The text of its file, which [`Baseline::read`] reads again.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "# What `sim regress` measures this scenario against. Margins and the rate are yours to set; `sim regress --update` keeps them, renews\n\
             # the rest, and leaves no other comment than these. docs/regress.md has the rules, docs/kpis.md the KPIs.\n",
        );
        let quoted = |text: &str| ::toml::Value::from(text).to_string();
        // Writing into a text cannot fail.
        let _ = write!(
            text,
            "schema = {SCHEMA}\nscenario = {}\ninputs = {}\nfalse_alarm_rate = {:?}\nseed = {}\n",
            quoted(&self.scenario),
            quoted(&self.inputs),
            self.false_alarm_rate,
            self.seed
        );
        for guard in &self.guards {
            let KpiName { workload, kpi } = &guard.guarded;
            let key = match workload {
                Some(_) => quoted(&guard.guarded.to_string()),
                None => kpi.name(),
            };
            let margin = match guard.margin {
                Margin::Relative(_) => quoted(&guard.margin.to_string()),
                Margin::Absolute(_) => guard.margin.to_string(),
            };
            let values = guard.values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", ");
            let unit = kpi.unit();
            let better = kpi.better().name();
            let _ = write!(
                text,
                "\n[kpi.{key}]  # {unit}; better: {better}\nmargin = {margin}\nvalues = [{values}]\n"
            );
        }
        text
    }
}

/// As TOML has it; a missing value is `nan`.
fn number(value: Option<f64>) -> String {
    match value {
        Some(value) if !value.is_nan() => format!("{value:?}"),
        _ => "nan".to_owned(),
    }
}

/// The whole run first, then each workload, both in the order of KPIs.
fn order(guarded: &KpiName) -> (Option<&str>, crate::kpi::Kpi) {
    (guarded.workload.as_deref(), guarded.kpi)
}

impl RawBaseline {
    fn checked(self, report: &mut Report, needs_values: bool) -> Baseline {
        let mut fail = |code: Code, span: Option<Span>, message: String, help: &str| {
            let diagnostic = Diagnostic::error(code, span, message);
            report.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
        };
        if *self.schema != SCHEMA {
            let message = format!("this is layout {}, and the one that is known is {SCHEMA}", *self.schema);
            let newer = if *self.schema > SCHEMA { "a newer Forescale reads it; or " } else { "" };
            let help = format!(
                "{newer}delete the file, and `sim regress --update` writes one with the usual KPIs and margins"
            );
            fail(Code::WRONG_VALUE, self.schema.span(), message, &help);
        }
        if !(*self.false_alarm_rate > 0.0 && *self.false_alarm_rate <= 0.5) {
            let message = "a false-alarm rate is above 0 and at most 0.5".to_owned();
            fail(Code::OUT_OF_RANGE, self.false_alarm_rate.span(), message, "0.01 is one in a hundred");
        }
        if self.kpi.is_empty() {
            fail(
                Code::MISSING_KEY,
                self.kpi.span(),
                "no KPI is guarded".to_owned(),
                "add `[kpi.gpu_hours]`, or delete the file and `--update`",
            );
        }
        let mut first: Option<usize> = None;
        let mut guards = Vec::new();
        for (name, raw) in self.kpi.into_inner() {
            let (count, span) = (raw.values.len(), raw.values.span());
            let expected = *first.get_or_insert(count);
            let span = span.or(name.key_span()).or(name.span());
            let wrong = match () {
                () if !needs_values => None,
                () if count < FEWEST_REPLICATIONS => {
                    let values = if count == 1 { "value is" } else { "values are" };
                    let message = format!("{count} {values} too few, {FEWEST_REPLICATIONS} is the least");
                    Some((Code::OUT_OF_RANGE, message))
                }
                () if count != expected => Some((
                    Code::CONTRADICTION,
                    format!(
                        "here are {count} values and elsewhere {expected}; each seed has one of each KPI"
                    ),
                )),
                () if raw.values.iter().all(|value| value.is_nan()) => {
                    Some((Code::WRONG_VALUE, "there is no value to measure against".to_owned()))
                }
                () if raw.values.iter().any(|value| value.is_infinite()) => Some((
                    Code::OUT_OF_RANGE,
                    "a value is a number, or `nan` where a run had none".to_owned(),
                )),
                () => None,
            };
            if let Some((code, message)) = wrong {
                fail(code, span, message, "`sim regress --update` writes the values anew");
            }
            match name.parse::<KpiName>() {
                Err(message) => fail(Code::WRONG_VALUE, name.key_span().or(name.span()), message, ""),
                Ok(guarded) => {
                    let values = raw.values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()));
                    let values = values.collect();
                    guards.push((
                        name.key_span().or(name.span()),
                        Guard { guarded, margin: raw.margin, values, line: 0 },
                    ));
                }
            }
        }
        let placed = |(span, guard): (Option<Span>, Guard)| {
            let line = span.map_or(1, |span| report.sources.position(span).line);
            Guard { line, ..guard }
        };
        let mut guards: Vec<Guard> = guards.into_iter().map(placed).collect();
        guards.sort_by(|a, b| order(&a.guarded).cmp(&order(&b.guarded)));
        Baseline {
            scenario: self.scenario,
            inputs: self.inputs,
            false_alarm_rate: *self.false_alarm_rate,
            seed: self.seed,
            guards,
        }
    }
}
