//! One run of the sweep: a load on so many replicas, with one seed.

use super::metric::Metric;
use super::sweep::Plan;
use super::{By, KneeError};
use crate::fixed::fixed;
use forescale_core::record::{Bin, Latency, Measure, Objective, RunRecord};
use forescale_core::{Progress, RunConfig, World};
use forescale_kernel::{SimDuration, SimTime};
use std::ops::ControlFlow;

/// The width of the bins over which gauges are averaged.
const BIN: SimDuration = SimDuration::from_secs(1);
/// Requests per replica by which one user alone is measured.
const ALONE: u64 = 16;
/// The longest that they may take.
const LONGEST: SimDuration = SimDuration::from_secs(86_400);

/// How long a run goes on before it is measured, and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) warm_up: SimDuration,
    pub(super) measured: SimDuration,
}

/// A load on so many replicas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) by: By,
    pub(super) replicas: u32,
    /// Users or requests/s, over all replicas.
    pub(super) load: f64,
    pub(super) span: Span,
    /// Which of the seeds.
    pub(super) place: usize,
}

/// What one run has shown after its warm-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    values: [f64; Metric::ALL.len()],
    greatest: [f64; Metric::ALL.len()],
    /// What each objective limits, in seconds; infinite where the quantile falls among lost requests, or nothing was measured.
    pub objectives: Vec<f64>,
}

impl Observation {
    /// Of values that somebody made up; metrics that are not given are zero.
    #[cfg(test)]
    pub(super) fn new(given: &[(Metric, f64)], objectives: &[f64]) -> Self {
        let mut values = [0.0; Metric::ALL.len()];
        for (metric, value) in given {
            values[*metric as usize] = *value;
        }
        Self { values, greatest: values, objectives: objectives.to_vec() }
    }

    /// The same with the greatest reading of a gauge.
    #[cfg(test)]
    pub(super) fn with_greatest(mut self, metric: Metric, reading: f64) -> Self {
        self.greatest[metric as usize] = reading;
        self
    }

    /// The value of a metric.
    pub fn get(&self, metric: Metric) -> f64 {
        self.values[metric as usize]
    }

    /// The greatest reading of a gauge at any full second, as a scrape would have found it there; of other metrics the value.
    pub fn greatest(&self, metric: Metric) -> f64 {
        self.greatest[metric as usize]
    }
}

impl Cell {
    /// The configuration of the run.
    fn config(&self, plan: &Plan<'_>) -> Result<RunConfig, KneeError> {
        let seed = plan.seeds.get(self.place).copied().unwrap_or(plan.base.seed);
        let ramp = SimDuration::from_ps(self.span.warm_up.as_ps() / 3);
        let workload = match self.by {
            By::Concurrency => {
                Some(plan.content.users(plan.workload, self.load.round() as u32, ramp, self.place))
            }
            By::Rate => plan.content.rate(plan.workload, self.load, seed, self.place),
        };
        let mut config = fixed(plan.base, self.replicas, seed);
        config.workloads = vec![workload.ok_or(KneeError::NoRate(self.load))?];
        (config.duration, config.drain) = (self.span.warm_up + self.span.measured, SimDuration::ZERO);
        config.record.bin = BIN;
        config.record.objectives = Vec::new();
        config.record.warm_up = self.span.warm_up;
        Ok(config)
    }

    /// Runs it.
    pub(super) fn run(
        &self,
        plan: &Plan<'_>,
        listener: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Observation, KneeError> {
        let record = World::new(&self.config(plan)?)?.run_with(listener);
        Ok(observe(&record?, SimTime::ZERO + self.span.warm_up, &plan.settings.objectives))
    }
}

/// How long a request takes that is alone on its replica, in seconds; `None` where none is ever done.
pub(super) fn alone(
    plan: &Plan<'_>,
    replicas: u32,
    listener: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<f64>, KneeError> {
    let mut config = fixed(plan.base, replicas, plan.seeds.first().copied().unwrap_or(plan.base.seed));
    let mut workload = plan.content.users(plan.workload, replicas, SimDuration::ZERO, 0);
    workload.requests = Some(ALONE * u64::from(replicas));
    config.workloads = vec![workload];
    (config.duration, config.drain) = (LONGEST, LONGEST);
    config.record.bin = LONGEST;
    config.record.objectives = Vec::new();
    let record = World::new(&config)?.run_with(listener)?;
    Ok(record.latencies.e2e.mean())
}

/// What the record says about the time after `from`.
fn observe(record: &RunRecord, from: SimTime, objectives: &[Objective]) -> Observation {
    let bins: Vec<&Bin> = record.timeline.iter().filter(|bin| bin.at > from).collect();
    let seconds = record.end.since(from).as_secs_f64();
    let mean = |gauge: fn(&Bin) -> f64| bins.iter().map(|bin| gauge(bin)).sum::<f64>() / bins.len() as f64;
    let sum = |count: fn(&Bin) -> u64| bins.iter().map(|bin| count(bin)).sum::<u64>();
    let (finished, lost) = (sum(|bin| bin.finished), sum(|bin| bin.lost));
    let latencies = &record.latencies;
    let of = |measure| match measure {
        Measure::Ttft => (&latencies.ttft, lost),
        Measure::E2e => (&latencies.e2e, lost),
        Measure::Itl => (&latencies.itl, 0),
    };
    let quantile = |measure, q| {
        let (latency, lost) = of(measure);
        quantile_with_lost(latency, lost, q)
    };
    let figure = |metric| match metric {
        Metric::Throughput => Figure::Number(finished as f64 / seconds),
        Metric::OutputTokens => {
            Figure::Number((latencies.ttft.count() + latencies.itl.count()) as f64 / seconds)
        }
        Metric::TtftP50 => Figure::Number(quantile(Measure::Ttft, 0.5)),
        Metric::TtftP95 => Figure::Number(quantile(Measure::Ttft, 0.95)),
        Metric::TtftP99 => Figure::Number(quantile(Measure::Ttft, 0.99)),
        Metric::ItlMean => Figure::Number(latencies.itl.mean().unwrap_or(f64::INFINITY)),
        Metric::ItlP95 => Figure::Number(quantile(Measure::Itl, 0.95)),
        Metric::E2eMean => Figure::Number(latencies.e2e.mean().unwrap_or(f64::INFINITY)),
        Metric::QueueSize => Figure::Gauge(|bin| bin.queue_size as f64),
        Metric::EppRunning => Figure::Gauge(|bin| bin.epp_running as f64),
        Metric::Running => Figure::Gauge(|bin| bin.running as f64),
        Metric::Waiting => Figure::Gauge(|bin| bin.waiting as f64),
        Metric::KvCacheUsage => Figure::Gauge(|bin| bin.kv_cache_usage),
        Metric::GpuUtilization => Figure::Gauge(|bin| bin.gpu_utilization),
        Metric::LostShare => Figure::Number(lost as f64 / (finished + lost).max(1) as f64),
    };
    let figures = Metric::ALL.map(figure);
    Observation {
        values: figures.map(|figure| match figure {
            Figure::Number(value) => value,
            Figure::Gauge(gauge) => mean(gauge),
        }),
        greatest: figures.map(|figure| match figure {
            Figure::Number(value) => value,
            Figure::Gauge(gauge) => bins.iter().map(|bin| gauge(bin)).fold(0.0, f64::max),
        }),
        objectives: objectives
            .iter()
            .map(|objective| quantile(objective.measure, objective.quantile))
            .collect(),
    }
}

/// What is known of a metric.
#[derive(Clone, Copy)]
enum Figure {
    /// What is counted or timed.
    Number(f64),
    /// What a bin says of a gauge at its end, or of GPUs over it.
    Gauge(fn(&Bin) -> f64),
}

/// A quantile in seconds where lost requests count as infinitely late; infinite too where nothing was measured.
fn quantile_with_lost(latency: &Latency, lost: u64, q: f64) -> f64 {
    let total = latency.count() + lost;
    let rank = (q * total as f64 * (1.0 - 1e-12)).ceil().max(1.0);
    if rank > latency.count() as f64 {
        return f64::INFINITY;
    }
    latency.quantile(rank / latency.count() as f64).unwrap_or(f64::INFINITY)
}
