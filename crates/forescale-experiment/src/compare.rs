//! Configurations compared run by run, at the same seeds.
//!
//! All have the same seeds, so they meet the same requests and the same luck as far as they agree: common random numbers. Each difference is
//! taken seed by seed, which takes most of what chance does to both sides out of it.

mod baselines;

pub use baselines::compare_with_baselines;

use crate::baselines::Baselines;
use crate::kpi::{Kpi, KpiName, distinct};
use crate::replications::{Count, Replications, replicate};
use crate::runs::{Heard, Listener};
use crate::statistics::{Difference, Estimate, ratio};
use crate::variant::Variant;
use forescale_core::RunError;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is compared.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// What it is called.
    pub name: String,
    /// What it is; the seed counts of the first one.
    pub variant: Variant,
}

/// An entrant with its runs.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What it is called.
    pub name: String,
    /// Its runs.
    pub replications: Replications,
    /// What they are measured against, at the same seeds; `None` where nobody has asked for it.
    pub baselines: Option<Baselines>,
}

/// All entrants with their runs. The first one is the base, which the others are measured against.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the order in which they were given; at least one.
    pub entrants: Vec<Compared>,
}

/// How an entrant differs from the base in a KPI.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The entrant less the base.
    pub difference: Difference,
    /// The entrant over the base, over the seeds that both have; `None` where the base has zero.
    pub ratio: Option<Estimate>,
}

/// Why there is no comparison.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{entrant}: {error}")]
pub struct CompareError {
    /// Whose run it was.
    pub entrant: String,
    /// Why it ended early.
    #[source]
    pub error: RunError,
}

/// Runs all entrants equally often. Where the number of runs depends on their precision, the one that needs most decides for all.
///
/// # Errors
/// A [`CompareError`]; that of the first run that fails.
pub fn compare(
    entrants: &[Entrant],
    count: &Count,
    listener: Listener<'_>,
) -> Result<Comparison, Box<CompareError>> {
    let seed = entrants.first().map_or(0, |first| first.variant.config.seed);
    let before = AtomicUsize::new(0);
    let run = |entrant: &Entrant, count: &Count, after: usize| -> Result<Replications, Box<CompareError>> {
        let done = before.load(Ordering::Relaxed);
        // Those that follow will run as often as this one.
        let hear =
            |heard: Heard| listener(Heard { done: done + heard.done, of: done + heard.of * (after + 1) });
        let replications = replicate(&entrant.variant.at_seed(seed), count, &[], &hear)
            .map_err(|error| Box::new(CompareError { entrant: entrant.name.clone(), error }))?;
        before.fetch_add(replications.runs.len(), Ordering::Relaxed);
        Ok(replications)
    };
    let mut all = Vec::new();
    for (place, entrant) in entrants.iter().enumerate() {
        all.push(run(entrant, count, entrants.len() - place - 1)?);
    }
    let most = all.iter().map(|replications| replications.runs.len()).max().unwrap_or(0);
    let is_interrupted = all.iter().any(|replications| replications.is_interrupted);
    for (entrant, replications) in entrants.iter().zip(&mut all) {
        if replications.runs.len() < most && !is_interrupted {
            *replications = run(entrant, &Count::Fixed(most), 0)?;
        }
    }
    let compared = |(entrant, replications): (&Entrant, _)| Compared {
        name: entrant.name.clone(),
        replications,
        baselines: None,
    };
    Ok(Comparison { entrants: entrants.iter().zip(all).map(compared).collect() })
}

impl Comparison {
    /// The base.
    pub fn base(&self) -> Option<&Compared> {
        self.entrants.first()
    }

    /// Takes out whom a listener has broken off, and gives their names; all of them where the base is among them, since nobody can be measured then.
    pub fn take_unfinished(&mut self) -> Vec<String> {
        let is_broken = |of: &Compared| of.replications.is_interrupted;
        let is_base = self.base().is_some_and(is_broken);
        let taken = self.entrants.extract_if(.., |entrant| is_base || is_broken(entrant));
        taken.map(|entrant| entrant.name).collect()
    }

    /// How the entrant at this place differs from the base; `None` for the base itself, and where a side has no value.
    pub fn contrast(&self, place: usize, name: impl Into<KpiName>) -> Option<Contrast> {
        let name = name.into();
        let (base, entrant) = (self.base()?, self.entrants.get(place).filter(|_| place > 0)?);
        let difference = base.replications.difference(&entrant.replications, &name)?;
        let values = |of: &Compared| of.replications.values(&name);
        let pairs: Vec<(f64, f64)> =
            values(entrant).into_iter().zip(values(base)).filter_map(|(own, base)| own.zip(base)).collect();
        let ratio = ratio(&pairs).filter(|ratio| ratio.mean.is_finite());
        Some(Contrast { difference, ratio })
    }

    /// The cheapest entrant in the mean of those that meet all objectives; of equally cheap ones the first. `None` where none meets them.
    pub fn cheapest(&self) -> Option<&Compared> {
        let hours = |of: &Compared| of.gpu_hours().map_or(f64::INFINITY, |estimate| estimate.mean);
        let good = self.entrants.iter().filter(|entrant| entrant.meets_objectives());
        good.min_by(|a, b| hours(a).total_cmp(&hours(b)))
    }

    /// All KPIs of whole runs, and where an entrant has several workloads those that are known of each.
    pub fn kpis(&self) -> Vec<KpiName> {
        distinct(self.entrants.iter().flat_map(|entrant| KpiName::all(&entrant.replications.workloads)))
    }

    /// The runs, of all entrants together.
    pub fn runs(&self) -> usize {
        self.entrants.iter().map(|entrant| entrant.replications.runs.len()).sum()
    }
}

impl Compared {
    /// Whether all objectives are met over the whole of its runs, the requests of all seeds taken together.
    pub fn meets_objectives(&self) -> bool {
        crate::baselines::meets_objectives(&self.replications.outcomes())
    }

    /// In how many of its runs all objectives are met.
    pub fn good_runs(&self) -> usize {
        let is_good = |run: &&crate::replications::Replication| {
            run.outcome.objectives.iter().all(|attainment| attainment.is_met)
        };
        self.replications.runs.iter().filter(is_good).count()
    }

    /// The GPU-hours of a run.
    pub fn gpu_hours(&self) -> Option<Estimate> {
        self.replications.estimate(Kpi::GpuHours)
    }
}
