//! How a workload is measured: bare, engine and whole loop in turn, several times, so that a machine that slows down slows them all.

use super::row::{Row, Subject};
use crate::exit::Failure;
use crate::interrupt;
use crate::progress::ProgressLine;
use forescale::bench::{AzureHour, BenchError, Sums, T1, bare_loop, cpu_time, engine_loop_with};
use forescale::core::outcome::Outcome;
use forescale::core::{Progress, RunConfig, RunError, World};
use std::ops::ControlFlow;
use std::path::Path;

/// Runs that are shorter are repeated until they took that long, in seconds.
const SHORTEST: f64 = 0.05;

pub(super) struct Course {
    /// How often each loop is measured; the median counts.
    pub(super) repeat: u32,
    pub(super) quiet: bool,
}

impl Course {
    /// T1 and T3.
    pub(super) fn poisson(&self, name: &'static str, t1: &T1) -> Result<Vec<Row>, Failure> {
        let (config, engine) = (t1.config().map_err(failure)?, t1.engine());
        let subject = Subject::of(t1, name);
        self.measure(&[
            (&subject, "bare", &|| Ok(bare_loop(t1.draws(), t1.replicas, &engine))),
            (&subject, "engine", &|| self.engine(&config, t1.replicas)),
            (&subject, "whole", &|| self.whole(&config)),
        ])
    }

    /// AZ on fixed replicas, and with the guide's HPA.
    pub(super) fn azure(&self, trace: &Path) -> Result<Vec<Row>, Failure> {
        const REPLICAS: u32 = 4;
        let hour = |replicas| AzureHour { trace: trace.to_owned(), replicas };
        let (fixed, free) = (hour(Some(REPLICAS)), hour(None));
        let (rows, engine) = (fixed.rows().map_err(failure)?, fixed.engine());
        let config = fixed.config().map_err(failure)?;
        let with_hpa = free.config().map_err(failure)?;
        let [subject, hpa] = [fixed.replicas, free.replicas].map(Subject::azure);
        self.measure(&[
            (&subject, "bare", &|| Ok(bare_loop(rows.iter().cloned(), REPLICAS, &engine))),
            (&subject, "engine", &|| self.engine(&config, REPLICAS)),
            (&subject, "whole", &|| self.whole(&config)),
            (&hpa, "whole", &|| self.whole(&with_hpa)),
        ])
    }

    /// Demand and engines alone.
    pub(super) fn engine(&self, config: &RunConfig, replicas: u32) -> Result<Sums, BenchError> {
        let mut line = ProgressLine::new(self.quiet);
        let sums = engine_loop_with(config, replicas, |progress| heard(&mut line, &progress));
        line.clear();
        sums
    }

    /// Everything.
    pub(super) fn whole(&self, config: &RunConfig) -> Result<Sums, BenchError> {
        let mut line = ProgressLine::new(self.quiet);
        let record = World::new(config)?.run_with(|progress| heard(&mut line, &progress));
        line.clear();
        let record = record?;
        Ok(Sums {
            requests: record.account.with(Outcome::Finished),
            lost: record.account.lost(),
            tokens: record.generated_tokens,
            ..Sums::default()
        })
    }

    /// Measures loops in turn; the first is what the others are compared with.
    fn measure(&self, loops: &[Loop<'_>]) -> Result<Vec<Row>, Failure> {
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); loops.len()];
        let mut sums = vec![Sums::default(); loops.len()];
        for _ in 0..self.repeat.max(1) {
            for (at, (_, _, work)) in loops.iter().enumerate() {
                let (seconds, result) = time(*work).map_err(failure)?;
                times[at].push(seconds);
                sums[at] = result;
            }
        }
        let row = |(at, (subject, which, _)): (usize, &Loop<'_>)| Row {
            subject: (*subject).clone(),
            which,
            requests: sums[at].requests,
            tokens: sums[at].tokens,
            seconds: median(times[at].clone()),
            of_bare: median(times[0].iter().zip(&times[at]).map(|(bare, own)| bare / own).collect()),
        };
        Ok(loops.iter().enumerate().map(row).collect())
    }
}

/// What runs, in which loop, and the loop.
type Loop<'a> = (&'a Subject, &'static str, &'a dyn Fn() -> Result<Sums, BenchError>);

/// CPU-seconds of one run.
fn time(work: &dyn Fn() -> Result<Sums, BenchError>) -> Result<(f64, Sums), BenchError> {
    let (mut total, mut runs) = (0.0, 0.0);
    loop {
        let (seconds, result) = cpu_time(work);
        (total, runs) = (total + seconds, runs + 1.0);
        let result = result?;
        if total >= SHORTEST {
            return Ok((total / runs, result));
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[middle],
        _ => values[middle - 1].midpoint(values[middle]),
    }
}

fn heard(line: &mut ProgressLine, progress: &Progress) -> ControlFlow<()> {
    line.tell(progress);
    if interrupt::is_wanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

pub(super) fn failure(error: BenchError) -> Failure {
    match error {
        BenchError::Run(RunError::Interrupted { .. }) => Failure::Interrupted("interrupted".to_owned()),
        BenchError::Run(error) => error.into(),
        BenchError::Rejected(rejection) => Failure::Rejected(Box::new(rejection.0)),
        error => Failure::Input(error.to_string()),
    }
}
