//! Exports of Grafana's panel inspector: a column of times and one for each series ("Series joined by time", or a file per series), or, as older
//! releases have them, rows of series, time and value.

use super::{Series, value};
use crate::trace::clock::{Clock, TimeUnit};
use crate::trace::row::Defect;
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

/// Units that a formatted value may carry.
const UNITS: [&str; 9] = ["req/s", "reqps", "rps", "ops/s", "ops", "c/s", "cps", "rd/s", "/s"];

/// All series; none has labels.
pub(super) fn read(text: &str) -> Result<Vec<Series>, Defect> {
    // For spreadsheets a first line may name the separator.
    let (separator, table) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((line, table)) => (line.bytes().next(), table),
        None => (None, text),
    };
    let first = table.lines().next().unwrap_or_default();
    let separator =
        separator.unwrap_or(if first.contains(';') && !first.contains(',') { b';' } else { b',' });
    let above = text.len() - table.len();
    let mut reader = ReaderBuilder::new().delimiter(separator).from_reader(table.as_bytes());
    let wrong = |error: csv::Error| {
        let at = error.position().map_or(0, |position| position.byte() as usize) + above;
        let message =
            "this row has another number of fields than the header, or a quotation mark that is not closed";
        Defect { place: Some(at.min(text.len())..at.min(text.len())), message: message.to_owned() }
    };
    let header = reader.headers().map_err(wrong)?.clone();
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let column = |name: &str| names.iter().position(|own| own.eq_ignore_ascii_case(name));
    let Some(time) = column("time") else {
        let message = "the header has no column `Time`: this is no export of a panel".to_owned();
        return Err(Defect { place: Some(above..above), message });
    };
    let rows_of = column("series").zip(column("value"));
    let mut all: Vec<Series> = match rows_of {
        Some(_) => Vec::new(),
        None => names.iter().map(|name| empty(name)).collect(),
    };
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let at = record.position().map_or(0, |position| position.byte() as usize) + above;
        let defect = |message: String| Defect { place: Some(at..at), message };
        let field = |index: usize| record.get(index).unwrap_or_default().trim();
        let ms = milliseconds(field(time)).map_err(&defect)?;
        match rows_of {
            Some((series, of)) => {
                let sample = sample(field(of)).map_err(&defect)?;
                push(&mut all, field(series), ms, sample);
            }
            None => columns(&mut all, &record, time, ms).map_err(&defect)?,
        }
    }
    if rows_of.is_none() {
        all.remove(time);
    }
    all.iter_mut().for_each(|series| series.samples.sort_by_key(|sample| sample.0));
    Ok(all)
}

fn empty(name: &str) -> Series {
    Series { name: name.to_owned(), labels: BTreeMap::new(), samples: Vec::new() }
}

/// A row with a value for each series.
fn columns(all: &mut [Series], record: &StringRecord, time: usize, ms: i64) -> Result<(), String> {
    for (index, (series, field)) in all.iter_mut().zip(record).enumerate() {
        if index != time {
            let value = sample(field).map_err(|message| format!("{}: {message}", series.name))?;
            series.samples.extend(value.map(|value| (ms, value)));
        }
    }
    Ok(())
}

/// A sample of the series of this name.
fn push(all: &mut Vec<Series>, name: &str, ms: i64, value: Option<f64>) {
    let index = all.iter().position(|series| series.name == name).unwrap_or_else(|| {
        all.push(empty(name));
        all.len() - 1
    });
    if let (Some(series), Some(value)) = (all.get_mut(index), value) {
        series.samples.push((ms, value));
    }
}

/// A time in milliseconds: of the Unix epoch, or a date with a time.
fn milliseconds(text: &str) -> Result<i64, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let clock = Clock::In(if is_number { TimeUnit::Milliseconds } else { TimeUnit::DateTime });
    let ns = clock.read(text).map_err(|_| {
        let shown = super::super::lines::shortened(text);
        format!("the time `{shown}` is neither milliseconds of the Unix epoch nor a date such as `2026-01-05 09:00:00`")
    })?;
    i64::try_from(ns.div_euclid(1_000_000)).map_err(|_| format!("the time `{text}` is out of range"))
}

/// A value with or without a unit. Prefixes such as `K` are rounded, so they are refused.
fn sample(text: &str) -> Result<Option<f64>, String> {
    let text = text.trim();
    let number =
        text.split_once(' ').filter(|(_, unit)| UNITS.contains(unit)).map_or(text, |(number, _)| number);
    value(number).map_err(|message| format!("{message}; export the panel with `Formatted data` switched off"))
}
