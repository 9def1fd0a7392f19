//! `8.0`, steps `[["0s", 8.0], ["5m", 60.0]]`, or a table: a ramp, a day, a file, spikes upon any of these

use super::Duration;
use crate::raw::{RawGrafanaCsv, RawQueryRange, RawRateFile};
use forescale_core::demand::{Diurnal, Rate, RateError, Spike};
use forescale_document::{Code, Refusal, ValueOr};
use forescale_kernel::SimDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Requests per second.
#[derive(Clone, Debug)]
pub(crate) enum RateText {
    /// As it is written.
    Rate(Rate),
    /// From a file, with spikes upon it, those of an inner rate first.
    File(RawRateFile, Vec<Vec<Spike>>),
}

fn refused(error: RateError) -> Refusal {
    Refusal::new(Code::OUT_OF_RANGE, error.to_string())
}

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ValueOr::<Steps, Table>::deserialize(deserializer)? {
            ValueOr::Value(Steps(rate)) => Self::Rate(rate),
            ValueOr::Table(Table(text)) => text,
        })
    }
}

/// A number, or steps from instants on.
struct Steps(Rate);

struct StepsVisitor;

impl<'de> Visitor<'de> for StepsVisitor {
    type Value = Steps;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests per second: a number, or steps such as [[\"0s\", 8.0], [\"5m\", 60.0]]")
    }

    fn visit_f64<E: Error>(self, rate: f64) -> Result<Steps, E> {
        Rate::constant(rate).map(Steps).map_err(|error| E::custom(refused(error)))
    }

    fn visit_i64<E: Error>(self, rate: i64) -> Result<Steps, E> {
        self.visit_f64(rate as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<Steps, A::Error> {
        let mut all: Vec<(SimDuration, f64)> = Vec::new();
        while let Some((since, rate)) = steps.next_element::<(Duration, f64)>()? {
            all.push((since.0, rate));
        }
        Rate::new(all).map(Steps).map_err(|error| A::Error::custom(refused(error)))
    }
}

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepsVisitor)
    }
}

/// A rate of a table.
#[derive(Deserialize)]
#[serde(try_from = "RateTable")]
struct Table(RateText);

/// One of `ramp`, `diurnal`, `base` and files, and spikes upon it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RateTable {
    /// Points `[["0s", 2.0], ["10m", 40.0]]` with straight lines in between; the rate of the last one holds from there on.
    ramp: Option<Ramp>,
    /// A sinusoid that comes again each period.
    diurnal: Option<Day>,
    /// A number, steps or any other rate, for spikes to come upon.
    base: Option<Box<RateText>>,
    /// An answer of Prometheus' `/api/v1/query_range`, saved as a file: the rate of one series, or the sum of several, from its start on; 0 after its end.
    query_range: Option<RawQueryRange>,
    /// An export of a panel of Grafana (Inspect, Data, Download CSV), likewise.
    grafana_csv: Option<RawGrafanaCsv>,
    /// Spikes upon any of these, each `{ at = "5m", for = "2m", factor = 6.0 }`: from `at`, counted from the workload's start, the rate is so many times as high. Where spikes overlap, their factors are multiplied.
    spikes: Option<Vec<SpikeTable>>,
}

impl TryFrom<RateTable> for Table {
    type Error = Refusal;

    fn try_from(table: RateTable) -> Result<Self, Refusal> {
        let file = |file: RawRateFile| RateText::File(file, Vec::new());
        let forms = [
            ("ramp", table.ramp.map(|ramp| RateText::Rate(ramp.0))),
            ("diurnal", table.diurnal.map(|day| RateText::Rate(day.0))),
            ("base", table.base.map(|base| *base)),
            ("query_range", table.query_range.map(|raw| file(raw.into()))),
            ("grafana_csv", table.grafana_csv.map(|raw| file(raw.into()))),
        ];
        let mut given = forms.into_iter().filter_map(|(name, rate)| Some((name, rate?)));
        let rate = match (given.next(), given.next()) {
            (Some((_, rate)), None) => rate,
            (Some((first, _)), Some((second, _))) => {
                let message = format!("`{first}` and `{second}` are given, of which only one can hold");
                return Err(Refusal::new(Code::CONTRADICTION, message));
            }
            (None, _) => {
                let message = "one of `ramp`, `diurnal`, `base`, `query_range` and `grafana_csv` is missing";
                let refusal = Refusal::new(Code::MISSING_KEY, message);
                return Err(refusal.help("spikes come upon a rate: `{ base = 8.0, spikes = […] }`"));
            }
        };
        let Some(spikes) = table.spikes else { return Ok(Self(rate)) };
        let spikes: Vec<Spike> = spikes.into_iter().map(SpikeTable::spike).collect();
        match rate {
            RateText::Rate(rate) => {
                Rate::spiked(rate, &spikes).map(|rate| Self(RateText::Rate(rate))).map_err(refused)
            }
            RateText::File(file, mut inner) => {
                inner.push(spikes);
                Ok(Self(RateText::File(file, inner)))
            }
        }
    }
}

/// Points of a ramp.
#[derive(Deserialize)]
#[serde(try_from = "Vec<(Duration, f64)>")]
struct Ramp(Rate);

impl TryFrom<Vec<(Duration, f64)>> for Ramp {
    type Error = Refusal;

    fn try_from(points: Vec<(Duration, f64)>) -> Result<Self, Refusal> {
        let points = points.into_iter().map(|(at, rate)| (at.0, rate));
        Rate::ramp(points.collect()).map(Self).map_err(refused)
    }
}

impl JsonSchema for Ramp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Ramp".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        points(generator, 2)
    }
}

/// A diurnal rate.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "DiurnalTable")]
#[schemars(with = "DiurnalTable")]
struct Day(Rate);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DiurnalTable {
    /// The mean over a period, above 0.
    mean: f64,
    /// The highest rate, from `mean` to twice `mean`; the lowest is `2·mean − peak`.
    peak: f64,
    /// When the peak is, counted from the workload's start.
    #[serde(default)]
    peak_at: Duration,
    /// From peak to peak, at least `1m`.
    #[serde(default = "day")]
    period: Duration,
}

fn day() -> Duration {
    Duration(SimDuration::from_secs(86_400))
}

impl TryFrom<DiurnalTable> for Day {
    type Error = Refusal;

    fn try_from(table: DiurnalTable) -> Result<Self, Refusal> {
        let DiurnalTable { mean, peak, peak_at, period } = table;
        let diurnal = Diurnal { mean, peak, peak_at: peak_at.0, period: period.0 };
        Rate::diurnal(diurnal).map(Self).map_err(refused)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpikeTable {
    /// When it begins, counted from the workload's start.
    at: Duration,
    /// How long it lasts.
    #[serde(rename = "for")]
    lasts: Duration,
    /// What the rate is multiplied by; below 1 it is a dip.
    factor: f64,
}

impl SpikeTable {
    fn spike(self) -> Spike {
        Spike { at: self.at.0, lasts: self.lasts.0, factor: self.factor }
    }
}

/// The schema of a list of instants, each with a rate.
fn points(generator: &mut SchemaGenerator, least: usize) -> Schema {
    let duration = generator.subschema_for::<Duration>();
    json_schema!({
        "type": "array",
        "minItems": least,
        "items": {
            "type": "array",
            "prefixItems": [duration, { "type": "number", "minimum": 0, "maximum": 1e6 }],
            "minItems": 2,
            "maxItems": 2,
        },
    })
}

impl JsonSchema for RateText {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let steps = points(generator, 1);
        let table = RateTable::json_schema(generator);
        json_schema!({
            "title": "rate",
            "description": "Requests per second: a number; steps `[[\"0s\", 8.0], [\"5m\", 60.0]]`, each from its instant on; or a table with one of `ramp`, `diurnal`, `base`, `query_range` and `grafana_csv`, and `spikes` if you like. Times count from the workload's start",
            "oneOf": [{ "type": "number", "minimum": 0, "maximum": 1e6 }, steps, table],
            "examples": [8.0, [["0s", 8.0], ["5m", 60.0]]],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_document::{Report, decode, toml};

    #[derive(Deserialize)]
    struct Keys {
        rate: RateText,
    }

    fn read(text: &str) -> Result<Rate, String> {
        let mut report = Report::default();
        let source = report.sources.add("test.toml", text);
        let keys = toml::parse(&mut report, source).and_then(|tree| decode::<Keys>(&tree, &mut report));
        match keys.map(|keys| keys.rate) {
            Some(RateText::Rate(rate)) => Ok(rate),
            Some(RateText::File(file, spikes)) => {
                Err(format!("{} with {} spikes", file.path.display(), spikes.concat().len()))
            }
            None => Err(report.render(false, 120)),
        }
    }

    fn s(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    #[test]
    fn numbers_steps_and_tables() {
        assert_eq!(read("rate = 8"), Ok(Rate::constant(8.0).unwrap()));
        let steps = Rate::new(vec![(s(0), 8.0), (s(300), 60.0)]).unwrap();
        assert_eq!(read("rate = [[\"0s\", 8], [\"5m\", 60.0]]"), Ok(steps.clone()));
        let ramp = Rate::ramp(vec![(s(0), 2.0), (s(600), 40.0)]).unwrap();
        assert_eq!(read("rate = { ramp = [[\"0s\", 2], [\"10m\", 40.0]] }"), Ok(ramp.clone()));
        let day = Diurnal { mean: 5.0, peak: 9.0, peak_at: s(50_400), period: s(86_400) };
        let text = "rate.diurnal = { mean = 5.0, peak = 9, peak_at = \"14h\" }";
        assert_eq!(read(text), Ok(Rate::diurnal(day).unwrap()));
        let spike = Spike { at: s(300), lasts: s(120), factor: 6.0 };
        let of_steps = Rate::spiked(steps, &[spike]).unwrap();
        let spikes = "spikes = [{ at = \"5m\", for = \"2m\", factor = 6 }]";
        assert_eq!(
            read(&format!("rate = {{ base = [[\"0s\", 8], [\"5m\", 60.0]], {spikes} }}")),
            Ok(of_steps)
        );
        let of_ramp = Rate::spiked(ramp, &[spike]).unwrap();
        assert_eq!(
            read(&format!("rate = {{ ramp = [[\"0s\", 2], [\"10m\", 40.0]], {spikes} }}")),
            Ok(of_ramp.clone())
        );
        let twice = Rate::spiked(of_ramp, &[spike]).unwrap();
        let inner = format!("{{ ramp = [[\"0s\", 2], [\"10m\", 40.0]], {spikes} }}");
        assert_eq!(read(&format!("rate = {{ base = {inner}, {spikes} }}")), Ok(twice));
        let file = "query_range = { path = \"panel.json\", labels = { route = \"chat\" }, scale = 2 }";
        assert_eq!(read(&format!("rate = {{ {file} }}")), Err("panel.json with 0 spikes".to_owned()));
        let inner = format!("{{ {file}, {spikes} }}");
        assert_eq!(
            read(&format!("rate = {{ base = {inner}, {spikes} }}")),
            Err("panel.json with 2 spikes".to_owned())
        );
    }

    #[test]
    fn wrong_rates_say_what_is_right() {
        for (text, part) in [
            ("rate = \"8/s\"", "a number, or steps such as"),
            ("rate = []", "at least one step"),
            ("rate = {}", "one of `ramp`, `diurnal`, `base`, `query_range` and `grafana_csv` is missing"),
            ("rate = { ramps = [] }", "did you mean `ramp`?"),
            ("rate = { query_range = { path = \"a\", column = \"b\" } }", "there is no key `column`"),
            ("rate = { query_range = { path = \"a\" }, base = 3 }", "`base` and `query_range` are given"),
            ("rate = { ramp = [[\"0s\", 1.0]] }", "`rate.ramp`: a ramp needs at least two points"),
            (
                "rate = { ramp = [[\"1s\", 1.0], [\"2s\", 1.0]] }",
                "the first point of a ramp must be at \"0s\"",
            ),
            ("rate = { ramp = [[\"0s\", 1.0], [\"0s\", 1.0]] }", "point 2 of the ramp is not after"),
            ("rate = { ramp = [[\"0s\", 1.0], [\"1s\", -1.0]] }", "between 0 and 1,000,000"),
            ("rate = { ramp = [[\"0s\", 1.0], [\"1s\", 1.0]], base = 3 }", "`ramp` and `base` are given"),
            ("rate.diurnal = { mean = 5.0 }", "the key `peak` is missing in `rate.diurnal`"),
            ("rate.diurnal = { mean = 5.0, peak = 11.0 }", "from its mean to twice its mean"),
            ("rate.diurnal = { mean = 0, peak = 0 }", "the mean of a diurnal rate must be above 0"),
            (
                "rate.diurnal = { mean = 1, peak = 1, period = \"1s\" }",
                "the period of a diurnal rate must be",
            ),
            ("rate.diurnal = { mean = 1, peak = 1, period = 24 }", "no unit"),
            ("rate = { spikes = [] }", "spikes come upon a rate"),
            ("rate = { base = 1, spikes = [{ at = \"1s\", factor = 2 }] }", "the key `for` is missing"),
            (
                "rate = { base = 1, spikes = [{ at = \"1s\", for = \"0s\", factor = 2 }] }",
                "spike 1 of the rate",
            ),
            (
                "rate = { base = 1, spikes = [{ at = \"1s\", for = \"1s\", factor = -2 }] }",
                "factor of spike 1",
            ),
            (
                "rate = { base = 9e5, spikes = [{ at = \"1s\", for = \"1s\", factor = 2 }] }",
                "with its spikes",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
