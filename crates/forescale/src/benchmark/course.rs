//! How a workload is measured: bare, engine and whole loop in turn, several times, so that a machine that slows down slows them all.

use super::row::{Row, Subject};
use crate::exit::Failure;
use crate::interrupt;
use crate::progress::ProgressLine;
use forescale::bench::{BenchError, Sums, T1, bare_loop, cpu_time, engine_loop_with};
use forescale::core::outcome::Outcome;
use forescale::core::{Progress, RunConfig, RunError, World};
use std::ops::ControlFlow;

/// Runs that are shorter are repeated until they took that long, in seconds.
const SHORTEST: f64 = 0.05;

pub(super) struct Course {
    /// How often each loop is measured; the median counts.
    pub(super) repeat: u32,
    pub(super) quiet: bool,
}

impl Course {
    /// T1 and T3.
    pub(super) fn poisson(&self, subject: &Subject, t1: &T1) -> Result<Vec<Row>, Failure> {
        let (config, engine) = (t1.config().map_err(failure)?, t1.engine());
        self.measure(
            subject,
            &[
                ("bare", &|| Ok(bare_loop(t1.draws(), t1.replicas, &engine))),
                ("engine", &|| self.engine(&config, t1.replicas)),
                ("whole", &|| self.whole(&config)),
            ],
        )
    }

    fn engine(&self, config: &RunConfig, replicas: u32) -> Result<Sums, BenchError> {
        let mut line = ProgressLine::new(self.quiet);
        let sums = engine_loop_with(config, replicas, |progress| heard(&mut line, &progress));
        line.clear();
        sums
    }

    fn whole(&self, config: &RunConfig) -> Result<Sums, BenchError> {
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
    fn measure(&self, subject: &Subject, loops: &[Loop<'_>]) -> Result<Vec<Row>, Failure> {
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); loops.len()];
        let mut sums = vec![Sums::default(); loops.len()];
        for _ in 0..self.repeat.max(1) {
            for (at, (_, work)) in loops.iter().enumerate() {
                let (seconds, result) = time(*work).map_err(failure)?;
                times[at].push(seconds);
                sums[at] = result;
            }
        }
        let row = |at: usize, which: &'static str| Row {
            subject: subject.clone(),
            which,
            requests: sums[at].requests,
            tokens: sums[at].tokens,
            seconds: median(times[at].clone()),
            of_bare: median(times[0].iter().zip(&times[at]).map(|(bare, own)| bare / own).collect()),
        };
        Ok(loops.iter().enumerate().map(|(at, (which, _))| row(at, which)).collect())
    }
}

/// A loop's name, and the loop.
type Loop<'a> = (&'static str, &'a dyn Fn() -> Result<Sums, BenchError>);

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

fn failure(error: BenchError) -> Failure {
    match error {
        BenchError::Run(RunError::Interrupted { .. }) => Failure::Interrupted("interrupted".to_owned()),
        error => Failure::Input(error.to_string()),
    }
}
