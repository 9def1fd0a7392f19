//! `sim trace fit`

use super::arguments::FitArguments;
use super::{rejected, tell_repairs, things, write_file};
use crate::exit::{Exit, Failure};
use crate::profile::digits;
use forescale::kernel::SimDuration;
use forescale::scenario::{
    RateCurve, RateFile, RateSeries, TraceStatistics, Traffic, TrafficComparison, TrafficFit,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// A profile, and how well it generates its source.
struct Fitted {
    traffic: Traffic,
    compared: Vec<TrafficComparison>,
    /// The trace stamps requests so coarsely that bursts within a bin cannot be told.
    is_coarse: bool,
}

/// Fits a profile, prints how well it does, and writes it.
pub(super) fn fit(arguments: &FitArguments) -> Result<Exit, Failure> {
    let fitted = match (&arguments.file, &arguments.rate) {
        (Some(trace), _) => of_trace(arguments, trace)?,
        (None, Some(rate)) => of_rate(arguments, rate)?,
        (None, None) => return Err(Failure::Input("a trace or --rate is missing".to_owned())),
    };
    let toml = fitted.traffic.to_toml(&fitted.compared);
    if let Some(path) = &arguments.output {
        write_file(path, &toml, arguments.force)?;
    }
    let mut out = anstream::stdout().lock();
    match arguments.json {
        true => writeln!(out, "{:#}", document(&fitted))?,
        false => {
            out.write_all(text(&fitted, toml.len()).as_bytes())?;
            if let Some(path) = &arguments.output {
                writeln!(out, "\nwritten: {}", path.display())?;
            }
        }
    }
    out.flush()?;
    Ok(Exit::Fine)
}

/// The statistics of a trace, each request of which is also shown to `each`.
fn read(
    arguments: &FitArguments,
    path: &Path,
    mut each: impl FnMut(&forescale::scenario::TraceRequest) -> Result<(), String>,
) -> Result<(), Failure> {
    let file = arguments.reading.trace(path).map_err(Failure::Input)?;
    let mut requests = file.open().map_err(|error| rejected(&error))?;
    for request in requests.by_ref() {
        each(&request.map_err(|error| rejected(&error))?).map_err(Failure::Input)?;
    }
    tell_repairs(&requests);
    super::left_out(&requests).iter().for_each(|told| anstream::eprintln!("left out: {told}"));
    Ok(())
}

/// The lengths of a sample.
fn sample(arguments: &FitArguments, path: &Path) -> Result<TraceStatistics, Failure> {
    let mut statistics = TraceStatistics::default();
    read(arguments, path, |request| {
        statistics.add(request);
        Ok(())
    })?;
    Ok(statistics)
}

fn of_trace(arguments: &FitArguments, path: &Path) -> Result<Fitted, Failure> {
    let lengths = arguments.lengths.as_deref().map(|lengths| sample(arguments, lengths)).transpose()?;
    let mut fit = TrafficFit::new(arguments.bin);
    read(arguments, path, |request| fit.add(request))?;
    let name = name(path);
    let traffic = fit.traffic(&name, lengths.as_ref()).map_err(Failure::Input)?;
    let compared = fit.compared(&traffic, lengths.as_ref()).map_err(Failure::Input)?;
    let stamps = &fit.statistics().stamps;
    let is_coarse = stamps.are_quantised() && stamps.resolution() >= SimDuration::from_secs(1);
    Ok(Fitted { traffic, compared, is_coarse })
}

fn of_rate(arguments: &FitArguments, path: &Path) -> Result<Fitted, Failure> {
    let is_csv = arguments.column.is_some() || is_csv(path);
    let series = match is_csv && arguments.labels.is_empty() {
        true => RateSeries::GrafanaCsv(arguments.column.clone()),
        false => RateSeries::QueryRange(arguments.labels.iter().cloned().collect()),
    };
    let file = RateFile { path: path.to_owned(), series, is_counter: arguments.counter };
    let curve = file.read().map_err(|error| rejected(&error))?;
    tell(&curve);
    let lengths =
        arguments.lengths.as_deref().ok_or_else(|| Failure::Input("--lengths is missing".to_owned()))?;
    let statistics = sample(arguments, lengths)?;
    let source = format!("{} with lengths of {}", name(path), name(lengths));
    let traffic = Traffic::of_rate(&curve, arguments.bin, &statistics, &source).map_err(Failure::Input)?;
    Ok(Fitted { traffic, compared: Vec::new(), is_coarse: false })
}

/// Whether a rate file is CSV, by its name or its first character.
fn is_csv(path: &Path) -> bool {
    let name = name(path);
    name.ends_with(".csv") || name.ends_with(".csv.gz")
}

/// What is to be known of a measured rate.
fn tell(curve: &RateCurve) {
    if curve.series().len() > 1 {
        anstream::eprintln!("rate: the sum of {} series", curve.series().len());
    }
    if curve.resets() > 0 {
        anstream::eprintln!("rate: counters began anew {}", things(curve.resets(), "time"));
    }
    for gap in curve.gaps() {
        anstream::eprintln!("rate: nothing was measured from {} to {}", gap.from, gap.until);
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn text(fitted: &Fitted, bytes: usize) -> String {
    let Fitted { traffic, compared, .. } = fitted;
    let requests = traffic.requests.iter().sum::<f64>().round() as u64;
    let source: String =
        traffic.source.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let mut text = format!(
        "{source}: {} over {}\n\n  bins        {} of {}\n  gaps        CV {} within a bin\n  quantiles   {} of prompt tokens, {} of output tokens\n  size        {:.1} kB as TOML\n",
        things(requests, "request"),
        traffic.duration,
        crate::profile::grouped(traffic.requests.len() as u64),
        traffic.bin,
        digits(traffic.cv),
        traffic.prompt_tokens.len(),
        traffic.output_tokens.len(),
        bytes as f64 / 1000.0,
    );
    if compared.is_empty() {
        text += "\nnote: a measured rate does not say how requests come within a bin; they are drawn uniformly from it.\n";
        return text;
    }
    text += &format!("\n{:<16}{:>12}{:>12}{:>9}\n", "", "source", "generated", "error");
    for figure in compared {
        // Of a correlation the difference tells more than the ratio.
        let error = match figure.name.as_str() {
            "correlation" => format!("{:+.2}", figure.generated - figure.source),
            _ => format!("{:+.1} %", figure.error() * 100.0),
        };
        let [source, generated] = [figure.source, figure.generated].map(digits);
        text += &format!("{:<16}{source:>12}{generated:>12}{error:>9}\n", figure.name.replace('_', " "));
    }
    if fitted.is_coarse {
        text += "\nnote: stamps are quantised, so nothing is known of bursts within a bin; requests are drawn uniformly from it.\n";
    }
    text
}

fn document(fitted: &Fitted) -> Value {
    let Fitted { traffic, compared, .. } = fitted;
    let figures = compared.iter().map(|figure| {
        json!({ "name": figure.name, "source": figure.source, "generated": figure.generated, "error": figure.error() })
    });
    json!({
        "schema": 1,
        "source": traffic.source,
        "bin_s": traffic.bin.as_secs_f64(),
        "duration_s": traffic.duration.as_secs_f64(),
        "requests": traffic.requests,
        "cv": traffic.cv,
        "prompt_tokens": traffic.prompt_tokens,
        "output_tokens": traffic.output_tokens,
        "compared": figures.collect::<Vec<_>>(),
    })
}
