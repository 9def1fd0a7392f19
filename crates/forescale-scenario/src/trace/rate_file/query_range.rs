//! Answers of Prometheus' `/api/v1/query_range`: a matrix, each series with its labels and its samples.

use super::{Series, value};
use crate::trace::json_row::{defect, found};
use crate::trace::row::Defect;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Matrix>,
}

#[derive(Deserialize)]
struct Matrix {
    metric: BTreeMap<String, String>,
    /// Seconds of the Unix epoch, and the value as text.
    values: Vec<(f64, String)>,
}

fn whole(message: String) -> Defect {
    Defect { place: None, message }
}

/// All series with their labels.
pub(super) fn read(text: &str) -> Result<Vec<Series>, Defect> {
    check(text)?;
    let answer: Answer = serde_json::from_str(text).map_err(|error| {
        let Defect { place, .. } = defect(text, &error);
        Defect { place, message: "the answer is no matrix of series with samples from here on".to_owned() }
    })?;
    answer.data.result.into_iter().map(series).collect()
}

/// Tells answers that are none, or another one.
fn check(text: &str) -> Result<(), Defect> {
    let plain = |raw: Option<&RawValue>| raw.map_or("", RawValue::get).trim_matches('"').to_owned();
    let [status, reason, data] = found(["status", "error", "data"], text)?;
    if plain(status) == "error" {
        return Err(whole(format!("Prometheus answered with an error: {}", plain(reason))));
    }
    let Some(data) = data else {
        return Err(whole("the key `data` is missing: this is no answer of Prometheus".to_owned()));
    };
    match plain(found(["resultType"], data.get())?[0]).as_str() {
        "matrix" => Ok(()),
        other => {
            Err(whole(format!("the answer is of type `{other}`; `query_range` answers with a `matrix`")))
        }
    }
}

fn series(matrix: Matrix) -> Result<Series, Defect> {
    let Matrix { metric, values } = matrix;
    let labels = metric.iter().filter(|(label, _)| *label != "__name__");
    let labels: Vec<String> = labels.map(|(label, value)| format!("{label}=\"{value}\"")).collect();
    let name = format!("{}{{{}}}", metric.get("__name__").map_or("", String::as_str), labels.join(","));
    let mut samples = Vec::new();
    for (seconds, text) in values {
        // The cast saturates.
        let ms = (seconds * 1000.0).round() as i64;
        let value = value(&text).map_err(|message| whole(format!("{name} at {seconds}: {message}")))?;
        samples.extend(value.map(|value| (ms, value)));
    }
    samples.sort_by_key(|sample| sample.0);
    Ok(Series { name, labels: metric, samples })
}
