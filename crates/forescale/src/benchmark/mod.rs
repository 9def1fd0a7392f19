//! `sim bench`

mod course;
mod row;
mod table;

use crate::cli::{BenchArguments, Switch, WorkloadName};
use crate::exit::{Exit, Failure};
use course::Course;
use forescale::bench::T1;
use row::{Row, Subject};
use table::Table;

/// Measures the loops on the workloads that were asked for, and prints a line for each as it is done.
pub(crate) fn bench(arguments: &BenchArguments) -> Result<Exit, Failure> {
    let course = Course { repeat: arguments.repeat, quiet: arguments.quiet };
    let mut table = Table::new(arguments.json);
    for (subject, t1) in poisson(arguments) {
        for row in course.poisson(&subject, &t1)? {
            table.row(row)?;
        }
    }
    table.end()?;
    Ok(Exit::Fine)
}

/// The workloads T1 and T3.
fn poisson(arguments: &BenchArguments) -> Vec<(Subject, T1)> {
    let is_wanted = |name| arguments.name == name || arguments.name == WorkloadName::All;
    let mut wanted = Vec::new();
    let mut add = |name: &'static str, replicas: u32, output_mean: f64, caching: Switch| {
        let prefix_caching = caching == Switch::On;
        let t1 = T1 { requests: arguments.requests, replicas, output_mean, prefix_caching, ..T1::default() };
        wanted.push((Subject { name, replicas, output_mean: Some(output_mean), prefix_caching }, t1));
    };
    let cachings = arguments.prefix_caching.map_or(vec![Switch::Off, Switch::On], |one| vec![one]);
    if is_wanted(WorkloadName::T1) {
        for caching in &cachings {
            arguments.replicas.iter().for_each(|replicas| add("T1", *replicas, 256.0, *caching));
        }
    }
    if is_wanted(WorkloadName::T3) {
        [64.0, 256.0, 1024.0, 4096.0].iter().for_each(|mean| add("T3", 4, *mean, cachings[0]));
    }
    wanted
}
