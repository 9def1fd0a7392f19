//! `sim trace inspect`

use super::arguments::InspectArguments;
use super::{clients, json, rejected, tell_repairs, text};
use crate::exit::{Exit, Failure};
use forescale::report::{Folder, Style};
use forescale::scenario::{Rates, ServegenClients, TraceFormat, TraceRepairs, TraceStatistics};
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
