//! Replications: runs of one configuration that differ in nothing but the seed.
//!
//! The seeds are that of the configuration and those after it. So two configurations with the same seed share them, run by run: common random
//! numbers.

mod pooled;

pub use pooled::Pooled;

use crate::baselines::{DemandCurve, Outcome};
use crate::kpi::{Delay, Kpi, KpiName, Kpis, Scope, Statistic};
use crate::runs::{Listener, Runs};
use crate::statistics::{Difference, Estimate, PooledQuantile, Sequential, ratio};
use crate::variant::Variant;
use crate::warning::{Symptoms, Warning};
use forescale_core::RunError;
use forescale_core::record::{Bin, Fingerprint};
use std::sync::{Mutex, PoisonError};

/// How many replications.
#[derive(Clone, Debug, PartialEq)]
pub enum Count {
    /// So many.
    Fixed(usize),
    /// Until each of these is precise: looked at after the fewest, then after every five more. A run without the value is left out.
    Until(Sequential, Vec<KpiName>),
}

/// So many more are run between two looks at the precision, whatever the number of threads.
const MORE: usize = 5;

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Its seed.
    pub seed: u64,
    /// Its KPIs.
    pub kpis: Kpis,
    /// What it has cost and achieved.
    pub outcome: Outcome,
    /// The course of the run in one number.
    pub fingerprint: Fingerprint,
    /// The run over time; only of the first one.
    pub timeline: Vec<Bin>,
    symptoms: Symptoms,
}

/// All that replications leave behind. It does not depend on the number of threads, unless somebody has broken them off.
#[derive(Clone, Debug)]
pub struct Replications {
    /// Those that are finished, in the order of their seeds.
    pub runs: Vec<Replication>,
    /// The latencies of all of them together.
    pub pooled: Pooled,
    /// The names of the workloads, in their order.
    pub workloads: Vec<String>,
    /// Whether the listener broke them off, so that seeds are missing.
    pub is_interrupted: bool,
}

/// Runs replications of a variant, from the seed of its configuration on. `demand`, by seed, is from [`Baselines`](crate::baselines::Baselines) and may be empty.
/// `listener` hears how far they have come, from any thread, and may end them; what is finished by then is
/// kept.
///
/// # Errors
/// That of the first run in their order that fails.
pub fn replicate(
    variant: &Variant,
    count: &Count,
    demand: &[DemandCurve],
    listener: Listener<'_>,
) -> Result<Replications, RunError> {
    let runs = Runs::new(listener);
    let pooled = Mutex::new(Pooled::new(variant.config.workloads.len()));
    let one = |place: &usize| -> Result<Replication, RunError> {
        let variant = variant.at_seed(variant.config.seed.wrapping_add(*place as u64));
        let (record, kpis) = variant.run(demand.get(*place), &runs)?;
        // Sums of whole numbers: the order in which runs come in leaves no trace.
        pooled.lock().unwrap_or_else(PoisonError::into_inner).merge(&record);
        Ok(Replication {
            seed: variant.config.seed,
            kpis,
            outcome: Outcome::from(&record),
            fingerprint: record.fingerprint,
            symptoms: Symptoms::of(&record, &variant.config),
            timeline: if *place == 0 { record.timeline } else { Vec::new() },
        })
    };
    let workloads: Vec<String> =
        variant.config.workloads.iter().map(|workload| workload.name.clone()).collect();
    let (mut finished, mut is_interrupted, mut begun) = (Vec::new(), false, 0);
    while let Some(more) = count.more(&finished, &workloads).filter(|more| *more > 0 && !is_interrupted) {
        let places: Vec<usize> = (begun..begun + more).collect();
        begun += more;
        for result in runs.all(&places, one) {
            match result {
                Ok(run) => finished.push(run),
                Err(RunError::Interrupted { .. }) => is_interrupted = true,
                Err(error) => return Err(error),
            }
        }
    }
    let pooled = pooled.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Replications { runs: finished, pooled, workloads, is_interrupted })
}

impl Count {
    /// How many more after these; `None` where these are enough.
    fn more(&self, finished: &[Replication], workloads: &[String]) -> Option<usize> {
        let done = finished.len();
        match self {
            Self::Fixed(count) => (done < *count).then(|| count - done),
            Self::Until(rule, _) if done < rule.least.min(rule.most) => {
                Some(rule.least.min(rule.most) - done)
            }
            Self::Until(rule, kpis) => {
                let known = |name: &KpiName| {
                    values(finished, workloads, name).into_iter().flatten().collect::<Vec<_>>()
                };
                let is_enough = done >= rule.most || kpis.iter().all(|kpi| rule.is_precise(&known(kpi)));
                (!is_enough).then(|| MORE.min(rule.most - done))
            }
        }
    }
}

/// The value of each run.
fn values(runs: &[Replication], workloads: &[String], name: &KpiName) -> Vec<Option<f64>> {
    let scope = name.scope(workloads);
    runs.iter().map(|run| run.kpis.get(scope?, name.kpi)).collect()
}

impl Replications {
    /// The value of each run, in the order of the seeds; `None` where it has none, and of a workload that there is not.
    pub fn values(&self, name: impl Into<KpiName>) -> Vec<Option<f64>> {
        values(&self.runs, &self.workloads, &name.into())
    }

    /// The mean over the runs that have a value, with its interval; `None` where none has.
    pub fn estimate(&self, name: impl Into<KpiName>) -> Option<Estimate> {
        Estimate::of(&self.values(name).into_iter().flatten().collect::<Vec<_>>())
    }

    /// How much more another configuration has of a KPI than this one: paired where both have the same seeds, else by Welch's interval. `None` where
    /// a side has no value at all.
    pub fn difference(&self, other: &Self, name: impl Into<KpiName>) -> Option<Difference> {
        let name = name.into();
        let (own, others) = (self.values(&name), other.values(&name));
        let seeds = |of: &Self| of.runs.iter().map(|run| run.seed).collect::<Vec<_>>();
        if seeds(self) == seeds(other) {
            return Difference::paired(&own, &others);
        }
        let [own, others] = [own, others].map(|side| side.into_iter().flatten().collect::<Vec<_>>());
        Difference::independent(&own, &others)
    }

    /// The ratio of two KPIs over all runs, such as GPU-hours per request, over the runs that have both; `None` where none has.
    pub fn ratio(&self, above: impl Into<KpiName>, below: impl Into<KpiName>) -> Option<Estimate> {
        let pairs = self.values(above).into_iter().zip(self.values(below));
        ratio(&pairs.filter_map(|(above, below)| above.zip(below)).collect::<Vec<_>>())
    }

    /// A quantile over the samples of all runs together; `None` for the mean, and where there are no samples.
    pub fn quantile(&self, scope: Scope, delay: Delay, statistic: Statistic) -> Option<PooledQuantile> {
        let latency = delay.of(self.pooled.latencies(scope)?);
        let kpi = Kpi::Latency(delay, statistic);
        let of_runs: Vec<_> = self.runs.iter().map(|run| run.kpis.get(scope, kpi)).collect();
        PooledQuantile::of(latency, statistic.quantile()?, &of_runs)
    }

    /// What the runs have cost and achieved, in the order of the seeds.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.runs.iter().map(|run| run.outcome.clone()).collect()
    }

    /// What to know before believing the numbers.
    pub fn warnings(&self) -> Vec<Warning> {
        let symptoms: Vec<Symptoms> = self.runs.iter().map(|run| run.symptoms).collect();
        let mut warnings = Symptoms::warnings(&symptoms);
        for delay in Delay::ALL {
            // A lower quantile has more samples beyond it: the lowest one that has too few says enough.
            let few = Statistic::ALL.into_iter().find_map(|statistic| {
                self.quantile(Scope::All, delay, statistic)
                    .filter(PooledQuantile::is_too_few)
                    .map(|it| (statistic, it))
            });
            warnings.extend(few.map(|(statistic, it)| {
                let PooledQuantile { beyond, samples, .. } = it;
                Warning::TooFew { delay, statistic, beyond, samples }
            }));
        }
        warnings
    }
}
