//! Answers of the real engine (Prometheus 3.14) to what can be read here, where `FORESCALE_CONFORMANCE` names the folder of recordings.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stdout, reason = "a test says what it skips")]

use forescale_promql::{Labels, ParseError, Sample, Selector, Store, evaluate, parse};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

const LOOK_BACK_MS: i64 = 300_000;

/// A series' labels and samples; `None` is a stale marker.
type Series = (Labels, Vec<(i64, Option<f64>)>);

struct Set(Vec<Series>);

impl Store for Set {
    fn select(&self, selector: &Selector, at_ms: i64) -> Vec<Sample> {
        let newest = |samples: &[(i64, Option<f64>)]| {
            let (ms, value) = samples.iter().rev().find(|(ms, _)| *ms <= at_ms)?;
            value.filter(|_| *ms > at_ms - LOOK_BACK_MS)
        };
        let selected = self.0.iter().filter(|(labels, _)| selector.matches(labels));
        selected
            .filter_map(|(labels, samples)| Some(Sample { labels: labels.clone(), value: newest(samples)? }))
            .collect()
    }
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("+Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        Some(other) => panic!("{other}"),
        None => value.as_f64().unwrap(),
    }
}

fn labels(value: &Value) -> Labels {
    Labels::new(
        value.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())),
    )
}

fn set(line: &Value) -> Set {
    let sample = |pair: &Value| {
        let value = (pair[1].as_str() != Some("stale")).then(|| number(&pair[1]));
        (pair[0].as_i64().unwrap(), value)
    };
    let samples = |series: &Value| series["samples"].as_array().unwrap().iter().map(sample).collect();
    let series = line["series"].as_array().unwrap();
    Set(series.iter().map(|series| (labels(&series["labels"]), samples(series))).collect())
}

fn is_equal(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// What differs from the recorded answer, in words.
fn difference(vector: &Value, set: &Set) -> Option<String> {
    let query = vector["query"].as_str().unwrap();
    let answer = match parse(query) {
        Err(ParseError::NotYet(_)) => return None,
        Err(error) => Err(error.to_string()),
        Ok(expr) => {
            let at = vector["time_ms"].as_i64().unwrap();
            evaluate(&expr, set, at).map_err(|error| error.to_string())
        }
    };
    let expected = &vector["expect"];
    match (answer, expected["result"].as_array()) {
        (Err(_), None) => None,
        (Ok(samples), Some(expected)) => {
            let mut expected: BTreeMap<Labels, f64> =
                expected.iter().map(|pair| (labels(&pair[0]), number(&pair[1]))).collect();
            let all = samples.len() == expected.len();
            let fits = samples.iter().all(|sample| {
                expected.remove(&sample.labels).is_some_and(|value| is_equal(sample.value, value))
            });
            (!all || !fits).then(|| format!("{query}: {samples:?}, recorded is {}", vector["expect"]))
        }
        (answer, _) => Some(format!("{query}: {answer:?}, recorded is {expected}")),
    }
}

#[test]
fn what_can_be_read_is_answered_as_recorded() {
    let Some(folder) = std::env::var_os("FORESCALE_CONFORMANCE") else {
        println!("skipped: recordings of Prometheus (FORESCALE_CONFORMANCE is not set)");
        return;
    };
    let folder = PathBuf::from(folder).join("promql");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    let (mut replayed, mut wrong) = (0, Vec::new());
    for file in files {
        let mut sets = BTreeMap::new();
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line.get("series").is_some() {
                sets.insert(line["set"].as_str().unwrap().to_owned(), set(&line));
                continue;
            }
            let is_read = !matches!(parse(line["query"].as_str().unwrap()), Err(ParseError::NotYet(_)));
            replayed += u32::from(is_read);
            wrong.extend(difference(&line, &sets[line["set"].as_str().unwrap()]));
        }
    }
    println!("{replayed} recorded evaluations replayed");
    assert!(wrong.is_empty(), "{} of {replayed} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed > 100, "{replayed}");
}
