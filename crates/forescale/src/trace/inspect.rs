//! `sim trace inspect`

use super::arguments::InspectArguments;
use super::{clients, json, rejected, tell_repairs, text, things, write_file};
use crate::exit::{Exit, Failure};
use forescale::report::{Folder, LengthBin, Style, TrafficPicture, traffic_svg};
use forescale::scenario::{
    Rates, ServegenClients, TokenStatistics, TraceFormat, TraceRepairs, TraceStatistics,
};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A trace that was read to its end.
pub(super) struct Inspected {
    pub(super) file: PathBuf,
    pub(super) format: TraceFormat,
    pub(super) statistics: TraceStatistics,
    pub(super) failures: u64,
    pub(super) others: u64,
    pub(super) repairs: Option<TraceRepairs>,
}

/// Reads a trace and prints what it is like.
pub(super) fn inspect(arguments: &InspectArguments) -> Result<Exit, Failure> {
    let file = arguments.file.trace().map_err(Failure::Input)?;
    if file.format.is_none() && ServegenClients::are_at(&file.path) {
        return clients::inspect(arguments, style());
    }
    let mut requests = file.open().map_err(|error| rejected(&error))?;
    let mut statistics = TraceStatistics::default();
    for request in requests.by_ref() {
        statistics.add(&request.map_err(|error| rejected(&error))?);
    }
    tell_repairs(&requests);
    let inspected = Inspected {
        file: file.path,
        format: requests.format(),
        statistics,
        failures: requests.failures(),
        others: requests.others(),
        repairs: requests.repairs().cloned(),
    };
    let written = match &arguments.out {
        Some(folder) => write(folder, &inspected.statistics.rates)?,
        None => Vec::new(),
    };
    let mut written = written;
    if let Some(path) = &arguments.svg {
        write_file(path, &picture(&inspected)?, arguments.force)?;
        written.push(path.clone());
    }
    let mut out = anstream::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", json::document(&inspected))?;
    } else {
        out.write_all(text::text(&inspected, style()).as_bytes())?;
        for path in written {
            writeln!(out, "\nwritten: {}", path.display())?;
        }
    }
    out.flush()?;
    Ok(Exit::Fine)
}

/// The rate over time, and the lengths.
fn picture(inspected: &Inspected) -> Result<String, Failure> {
    let statistics = &inspected.statistics;
    let requests: Vec<u64> = statistics.rates.bins().iter().map(|bin| bin.requests).collect();
    let bins = |tokens: &TokenStatistics| -> Vec<LengthBin> {
        let bins = tokens.histogram().into_iter();
        bins.map(|(from, until, count)| LengthBin { from, until, count }).collect()
    };
    let title =
        inspected.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let subtitle = format!(
        "{}, {} over {}",
        inspected.format.name(),
        things(statistics.rows(), "request"),
        statistics.duration()
    );
    let (prompts, outputs) = (bins(&statistics.prompt_tokens), bins(&statistics.output_tokens));
    let picture = TrafficPicture {
        title: &title,
        subtitle: &subtitle,
        bin: statistics.rates.bin(),
        end: statistics.duration(),
        requests: &requests,
        prompt_tokens: &prompts,
        output_tokens: &outputs,
    };
    traffic_svg(&picture).map_err(|error| Failure::Input(error.to_string()))
}

fn style() -> Style {
    let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    let width = terminal.map_or(Style::default().width, |(width, _)| width.0.into());
    Style { width, color: true }
}

/// Writes `rates.csv`.
fn write(folder: &Path, rates: &Rates) -> Result<Vec<PathBuf>, Failure> {
    let publish = || {
        let mut folder = Folder::open(folder)?;
        folder.write("rates.csv", |out| {
            writeln!(out, "from_s,requests,prompt_tokens,output_tokens")?;
            let seconds = rates.bin().as_ps() / 1_000_000_000_000;
            for (number, bin) in (0u64..).zip(rates.bins()) {
                let from = number * seconds;
                writeln!(out, "{from},{},{},{}", bin.requests, bin.prompt_tokens, bin.output_tokens)?;
            }
            Ok(())
        })?;
        folder.publish()
    };
    publish().map_err(|error| Failure::Input(error.to_string()))
}
