//! `sim bench`

mod allocations;
mod course;
mod memory;
mod only;
mod published;
mod row;
mod table;

use crate::cli::{BenchArguments, Switch, WorkloadName};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use course::Course;
use forescale::bench::T1;
use row::Row;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use table::Table;

/// Measures the loops on the workloads that were asked for, and prints a line for each as it is done.
pub(crate) fn bench(arguments: &BenchArguments) -> Result<Exit, Failure> {
    interrupt::listen();
    let course = Course { repeat: arguments.repeat, quiet: arguments.quiet };
    if let Some(name) = arguments.only {
        return only::only(name, &course, &[t1s(arguments), t3s(arguments)].concat());
    }
    let mut table = Table::new(arguments.json);
    for t1 in &t1s(arguments) {
        table.rows(course.poisson("T1", t1)?)?;
    }
    for t3 in &t3s(arguments) {
        table.rows(course.poisson("T3", t3)?)?;
    }
    if let Some(trace) = trace(arguments)? {
        table.rows(course.azure(&trace)?)?;
    }
    let memory = memory::measure(&t1s(arguments))?;
    let allocations = allocations::measure(&course, &t1s(arguments))?;
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let rows: Vec<_> = table.done.iter().map(Row::json).collect();
        let document = json!({
            "schema": 1,
            "rows": rows,
            "memory": memory.iter().map(memory::Growth::json).collect::<Vec<_>>(),
            "allocations": allocations.iter().map(allocations::PerRequest::json).collect::<Vec<_>>(),
            "published": published::json(),
        });
        writeln!(out, "{document:#}")?;
    } else {
        write!(out, "{}{}", published::text(&table.done), memory::text(&memory))?;
        write!(out, "{}", allocations::text(&allocations))?;
    }
    out.flush()?;
    Ok(Exit::Fine)
}

fn is_wanted(arguments: &BenchArguments, name: WorkloadName) -> bool {
    arguments.name == name || arguments.name == WorkloadName::All
}

/// The workloads of T1, each caching for itself.
fn t1s(arguments: &BenchArguments) -> Vec<T1> {
    if !is_wanted(arguments, WorkloadName::T1) {
        return Vec::new();
    }
    let cachings = arguments.prefix_caching.map_or(vec![Switch::Off, Switch::On], |one| vec![one]);
    let of = |caching: Switch| {
        let prefix_caching = caching == Switch::On;
        let t1 = |replicas: &u32| T1 {
            requests: arguments.requests,
            replicas: *replicas,
            prefix_caching,
            ..T1::default()
        };
        arguments.replicas.iter().map(t1).collect::<Vec<_>>()
    };
    let mut wanted: Vec<T1> = cachings.into_iter().flat_map(of).collect();
    // What others were measured at.
    let published = T1 { requests: published::T1_REQUESTS, ..T1::default() };
    if arguments.only.is_none() && !wanted.contains(&published) {
        wanted.insert(0, published);
    }
    wanted
}

/// The workloads of T3.
fn t3s(arguments: &BenchArguments) -> Vec<T1> {
    if !is_wanted(arguments, WorkloadName::T3) {
        return Vec::new();
    }
    let prefix_caching = arguments.prefix_caching == Some(Switch::On);
    let of = |output_mean| T1 {
        requests: arguments.requests,
        replicas: 4,
        output_mean,
        prefix_caching,
        ..T1::default()
    };
    [64.0, 256.0, 1024.0, 4096.0].map(of).to_vec()
}

/// The trace of AZ, where it is wanted and there.
fn trace(arguments: &BenchArguments) -> Result<Option<PathBuf>, Failure> {
    if !is_wanted(arguments, WorkloadName::Az) {
        return Ok(None);
    }
    let folder = std::env::var_os("FORESCALE_DATA").map(PathBuf::from);
    match folder.map(|folder| folder.join("traces/AzureLLMInferenceTrace_conv.csv")) {
        Some(trace) => Ok(Some(trace)),
        None if arguments.name == WorkloadName::All => {
            anstream::eprintln!("skipped: AZ, since FORESCALE_DATA does not name the folder of data sets");
            Ok(None)
        }
        None => Err(Failure::Input(
            "AZ replays traces/AzureLLMInferenceTrace_conv.csv of github.com/Azure/AzurePublicDataset; \
             set FORESCALE_DATA to the folder that has it"
                .to_owned(),
        )),
    }
}
