//! The values of one run.

use super::control::Control;
use super::elasticity::Elasticity;
use super::{Delay, Kpi};
use crate::baselines::DemandCurve;
use forescale_core::record::{Counts, Latencies, RequestAttainment, RunRecord};

/// What a run's KPIs need to know beside its record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Price of a GPU-hour, in dollars.
    pub gpu_price_per_hour: Option<f64>,
    /// The fewest and the most replicas that the autoscaler may ask for.
    pub replica_limits: Option<(u32, u32)>,
    /// How many replicas were needed when, from the baselines of the same seed.
    pub demand: Option<&'a DemandCurve>,
}

/// Whose value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole run's.
    All,
    /// That of one workload, by its place in the configuration.
    Workload(usize),
}

/// The KPIs of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Kpis {
    values: Vec<(Scope, Kpi, Option<f64>)>,
}

impl Kpis {
    /// All KPIs of a run, and where it has several workloads those that are known of each.
    pub fn of(record: &RunRecord, context: &Context<'_>) -> Self {
        let control = Control::of(record, context.replica_limits, context.demand);
        let elasticity = context.demand.and_then(|demand| Elasticity::of(&control.serving, demand));
        let whole = Requests {
            record,
            counts: *record.account.counts(),
            latencies: Some(&record.latencies),
            attainment: record.request_attainment,
        };
        let of_run = |kpi: Kpi| {
            let value = whole.value(kpi).or_else(|| of_run(record, context, kpi));
            let value = value.or_else(|| control.value(kpi));
            value.or_else(|| elasticity.as_ref().and_then(|it| it.value(kpi)))
        };
        let mut values: Vec<_> = Kpi::all().into_iter().map(|kpi| (Scope::All, kpi, of_run(kpi))).collect();
        let several = record.by_workload.len() > 1;
        for (place, counts) in record.by_workload.iter().enumerate().filter(|_| several) {
            let of_workload = Requests {
                record,
                counts: *counts,
                latencies: record.latencies_of(place),
                attainment: record.request_attainment_by_workload.get(place).copied().unwrap_or_default(),
            };
            let known = Kpi::all().into_iter().filter(|kpi| kpi.is_by_workload());
            values.extend(known.map(|kpi| (Scope::Workload(place), kpi, of_workload.value(kpi))));
        }
        Self { values }
    }

    /// A value; `None` where the run has none, for example a latency of nothing.
    pub fn get(&self, scope: Scope, kpi: Kpi) -> Option<f64> {
        let found = self.values.iter().find(|(of, what, _)| *of == scope && *what == kpi);
        found.and_then(|(_, _, value)| *value)
    }

    /// All of them in the order of reports: the whole run's, then those of each workload. `None` where the run has none.
    pub fn iter(&self) -> impl Iterator<Item = (Scope, Kpi, Option<f64>)> {
        self.values.iter().copied()
    }
}

/// Requests of a run, or of one workload.
struct Requests<'a> {
    record: &'a RunRecord,
    counts: Counts,
    latencies: Option<&'a Latencies>,
    attainment: RequestAttainment,
}

impl Requests<'_> {
    fn value(&self, kpi: Kpi) -> Option<f64> {
        let arrived = self.counts.arrivals();
        let share = |count: u64| (arrived > 0).then(|| count as f64 / arrived as f64);
        match kpi {
            Kpi::Latency(delay, statistic) => statistic.of(Delay::of(delay, self.latencies?)),
            Kpi::Attainment => self.attainment.share(),
            Kpi::Goodput => {
                let seconds = self.record.end.since(self.record.measured_from).as_secs_f64();
                (seconds > 0.0).then(|| self.attainment.attained as f64 / seconds)
            }
            Kpi::Requests => Some(arrived as f64),
            Kpi::Share(outcome) => share(self.counts.with(outcome)),
            Kpi::InFlight => share(self.counts.in_flight()),
            _ => None,
        }
    }
}

/// The KPIs that only a whole run has.
fn of_run(record: &RunRecord, context: &Context<'_>, kpi: Kpi) -> Option<f64> {
    let hours = |ps: u128| ps as f64 / 3.6e15;
    let gpu = record.gpu_time;
    match kpi {
        Kpi::GoodputPerGpuHour => {
            let attained: u64 = record.timeline.iter().map(|bin| bin.attained).sum();
            (gpu.allocated_ps > 0).then(|| attained as f64 / hours(gpu.allocated_ps))
        }
        Kpi::Retries => Some(record.attempts.arrivals().saturating_sub(record.account.arrivals()) as f64),
        Kpi::Http(status) => {
            let found = record.account.by_http().iter().find(|(of, _)| *of == status);
            Some(found.map_or(0.0, |(_, count)| *count as f64))
        }
        Kpi::GpuHours => Some(hours(gpu.allocated_ps)),
        Kpi::GpuHoursStarting => Some(hours(gpu.starting_ps)),
        Kpi::GpuHoursBusy => Some(hours(gpu.busy_ps)),
        Kpi::GpuHoursIdle => Some(hours(gpu.idle_ps)),
        Kpi::Cost => context.gpu_price_per_hour.map(|price| price * hours(gpu.allocated_ps)),
        Kpi::ScaleEvents => Some(record.scalings().count() as f64),
        _ => None,
    }
}
