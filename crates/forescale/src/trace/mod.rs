//! `sim trace`

mod arguments;
mod clients;
mod convert;
mod fit;
mod inspect;
mod json;
mod text;

pub(crate) use arguments::{EXAMPLES, TraceArguments};

use crate::exit::{Exit, Failure};
use arguments::TraceCommand;
use forescale::core::demand::TraceError;
use forescale::report::Folder;
use forescale::scenario::{REPAIR_WINDOW, Scenario, TraceFormat, TraceRequests};
use std::io::Write;
use std::path::Path;

/// Inspects and converts traces.
pub(crate) fn trace(arguments: &TraceArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        TraceCommand::Inspect(arguments) => inspect::inspect(arguments),
        TraceCommand::Convert(arguments) => convert::convert(arguments),
        TraceCommand::Fit(arguments) => fit::fit(arguments),
    }
}

fn rejected(error: &TraceError) -> Failure {
    Failure::Rejected(Box::new(Scenario::trace_report(error)))
}

/// `1 row`, `2,345 rows`
fn things(count: u64, one: &str) -> String {
    format!("{} {one}{}", crate::profile::grouped(count), if count == 1 { "" } else { "s" })
}

/// Writes one file, whole or not at all; one that exists only by force.
fn write_file(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    let Some(name) = path.file_name() else {
        return Err(Failure::Input(format!("{shown} is no name of a file")));
    };
    if path.exists() && !force {
        return Err(Failure::Input(format!("{shown} exists and would be overwritten: --force does it")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let publish = || {
        let mut folder = Folder::open(folder)?;
        folder.write(&name.to_string_lossy(), |out| out.write_all(text.as_bytes()))?;
        folder.publish()
    };
    publish().map(|_| ()).map_err(|error| Failure::Input(error.to_string()))
}

/// What a trace has that is no request of the replay, in words.
fn left_out(requests: &TraceRequests) -> Vec<String> {
    told_left_out(requests.format(), requests.failures(), requests.others())
}

fn told_left_out(format: TraceFormat, failures: u64, others: u64) -> Vec<String> {
    let failed = match format {
        TraceFormat::BurstGpt => {
            format!("{} without response tokens, which are failed requests", things(failures, "row"))
        }
        format if format.is_document() => {
            format!("{} that failed or were cut off", things(failures, "request"))
        }
        _ => format!("{} with a status of 400 to 498, but 408 and 429", things(failures, "request")),
    };
    let others_told = format!("{} with another method than POST, or another path", things(others, "row"));
    [(failures, failed), (others, others_told)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, told)| told)
        .collect()
}

/// Says on standard error what was mended.
fn tell_repairs(requests: &TraceRequests) {
    let Some(repairs) = requests.repairs() else { return };
    if repairs.is_none() {
        anstream::eprintln!("repaired: nothing, all rows were read as they stand");
        return;
    }
    if repairs.moved > 0 {
        let window = crate::profile::grouped(REPAIR_WINDOW as u64);
        anstream::eprintln!("repaired: {} put in order, within {window} rows", things(repairs.moved, "row"));
    }
    if repairs.left_out() > 0 {
        let late = match repairs.too_late {
            0 => String::new(),
            late => format!(", {late} of them since they come too late to be put in order"),
        };
        anstream::eprintln!("repaired: {} left out{late}", things(repairs.left_out(), "row"));
    }
    if let Some(first) = &repairs.first {
        anstream::eprintln!("  the first one: {first}");
    }
}
