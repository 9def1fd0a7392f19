//! Rates that someone else measured: answers of Prometheus, exports of Grafana.

mod curve;
mod grafana_csv;
mod query_range;
#[cfg(test)]
mod tests;

pub use curve::{RateCurve, RateStep};

use super::lines::{Text, nowhere};
use super::row::Defect;
use forescale_core::demand::{TraceDefect, TraceError};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The largest file of a rate, in bytes.
const LARGEST: u64 = 256 << 20;

/// Which series of a file make the rate; several are summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RateSeries {
    /// An answer of Prometheus' `query_range`, and the labels that a series must have.
    QueryRange(BTreeMap<String, String>),
    /// An export of Grafana, and the one column, or series, that counts; `None` are all.
    GrafanaCsv(Option<String>),
}

/// A file with a rate over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateFile {
    /// The file, plain or packed by gzip.
    pub path: PathBuf,
    /// What it is, and which of its series count.
    pub series: RateSeries,
    /// The series are counters of requests, not requests per second.
    pub is_counter: bool,
}

/// A series: its name and labels, and its samples in milliseconds of the Unix epoch, in order.
#[derive(Clone, Debug, PartialEq)]
struct Series {
    name: String,
    labels: BTreeMap<String, String>,
    samples: Vec<(i64, f64)>,
}

impl RateFile {
    /// Reads the rate.
    ///
    /// # Errors
    /// A [`TraceError`] where the file cannot be read, is another one, or has no rate in it.
    pub fn read(&self) -> Result<RateCurve, TraceError> {
        let text = Text::open(&self.path)?.whole(LARGEST)?;
        let error = |kind, defect: Defect| {
            super::document::Places { path: &self.path, text: &text }.error(kind, &defect)
        };
        let all = match &self.series {
            RateSeries::QueryRange(_) => query_range::read(&text),
            RateSeries::GrafanaCsv(_) => grafana_csv::read(&text),
        };
        let all = all.map_err(|defect| error(TraceDefect::Header, defect))?;
        let chosen = self.chosen(all).map_err(|message| nowhere(&self.path, TraceDefect::Header, message))?;
        RateCurve::of(&chosen, self.is_counter)
            .map_err(|message| nowhere(&self.path, TraceDefect::Row, message))
    }

    /// The series that count.
    fn chosen(&self, all: Vec<Series>) -> Result<Vec<Series>, String> {
        let names: Vec<String> = all.iter().map(|series| series.name.clone()).collect();
        let is_chosen = |series: &Series| match &self.series {
            RateSeries::QueryRange(wanted) => {
                wanted.iter().all(|(name, value)| series.labels.get(name) == Some(value))
            }
            RateSeries::GrafanaCsv(column) => column.as_ref().is_none_or(|column| *column == series.name),
        };
        let chosen: Vec<Series> = all.into_iter().filter(is_chosen).collect();
        if !chosen.is_empty() {
            return Ok(chosen);
        }
        let wanted = match &self.series {
            RateSeries::QueryRange(_) if names.is_empty() => {
                return Err("the answer has no series".to_owned());
            }
            RateSeries::QueryRange(_) => "no series has all of these labels".to_owned(),
            RateSeries::GrafanaCsv(column) => match column {
                Some(column) => format!("there is no column, or series, `{column}`"),
                None => return Err("the export has no column beside the time".to_owned()),
            },
        };
        let near = match &self.series {
            RateSeries::GrafanaCsv(Some(column)) => {
                forescale_document::did_you_mean(column, names.iter().map(String::as_str))
            }
            _ => String::new(),
        };
        let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
        Err(format!("{wanted}{near}; there are {} series, such as `{}`", names.len(), shown.join("`, `")))
    }
}

/// A sample's value; `None` where there is none.
fn value(text: &str) -> Result<Option<f64>, String> {
    match text.trim() {
        "" | "NaN" | "null" | "undefined" => Ok(None),
        text => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(format!("`{}` is no number", super::lines::shortened(text))),
        },
    }
}
