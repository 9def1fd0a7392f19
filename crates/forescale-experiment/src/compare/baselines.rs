//! Each entrant against what could be.

use super::{CompareError, Compared, Comparison, Entrant};
use crate::baselines::{Baselines, Regret, Settings};
use crate::replications::{Count, replicate};
use crate::runs::{Heard, Listener};
use forescale_core::{ConfigError, RunError};

/// More fixed sizes than that are not tried.
const MOST_SIZES: u32 = 1_000;

/// Runs all entrants so often, and each one's baselines at the same seeds: fixed fleets up to the most replicas that its autoscaler may ask for,
/// and a clairvoyant scaler. An entrant whose autoscaler has no limits is set against fleets up to the greatest limit of the others; where
/// none has one, up to the Deployment's own size. The KPIs that need a demand are there.
///
/// # Errors
/// A [`CompareError`]: that of the first run that fails, [`RunError::Interrupted`] once `listener` breaks, and [`RunError::Config`] where an
/// autoscaler may ask for more than 1,000 replicas.
pub fn compare_with_baselines(
    entrants: &[Entrant],
    runs: usize,
    listener: Listener<'_>,
) -> Result<Comparison, Box<CompareError>> {
    let seed = entrants.first().map_or(0, |first| first.variant.config.seed);
    let seeds: Vec<u64> = (0..runs as u64).map(|place| seed.wrapping_add(place)).collect();
    let greatest =
        entrants.iter().filter_map(|entrant| entrant.variant.replica_limits).map(|(_, most)| most).max();
    let settings = |entrant: &Entrant| {
        let most = entrant.variant.replica_limits.map(|(_, most)| most).or(greatest);
        Settings {
            max_replicas: most.unwrap_or(entrant.variant.config.cluster.deployment.replicas).max(1),
            to_zero: entrant.variant.replica_limits.is_some_and(|(least, _)| least == 0),
        }
    };
    // Baselines leave the autoscaler out, so whoever serves alike within the same limits has the same ones.
    let twin = |place: usize, entrant: &Entrant| {
        let earlier = entrants.iter().take(place);
        let is_twin = |other: &&Entrant| {
            settings(other) == settings(entrant) && other.variant.config.serves_like(&entrant.variant.config)
        };
        earlier.enumerate().find(|(_, other)| is_twin(other)).map(|(place, _)| place)
    };
    let twins: Vec<Option<usize>> =
        entrants.iter().enumerate().map(|(place, entrant)| twin(place, entrant)).collect();
    // A run for each size, and one of the clairvoyant scaler.
    let runs_of_baselines = |entrant: &Entrant, twin: Option<usize>| match twin {
        Some(_) => 0,
        None => runs.saturating_mul(settings(entrant).max_replicas as usize + 1),
    };
    let of = entrants.iter().zip(&twins).map(|(entrant, twin)| runs_of_baselines(entrant, *twin));
    let of = of.fold(runs.saturating_mul(entrants.len()), usize::saturating_add);
    if let Some(entrant) = entrants.iter().find(|entrant| settings(entrant).max_replicas > MOST_SIZES) {
        let most = settings(entrant).max_replicas;
        let told = format!(
            "its autoscaler may ask for {most} replicas; baselines try each size, up to {MOST_SIZES}"
        );
        return Err(Box::new(CompareError {
            entrant: entrant.name.clone(),
            error: RunError::Config(ConfigError(told)),
        }));
    }
    let mut before: usize = 0;
    let mut compared: Vec<Compared> = Vec::new();
    for (entrant, twin) in entrants.iter().zip(&twins) {
        let failed = |error: RunError| Box::new(CompareError { entrant: entrant.name.clone(), error });
        let hear =
            |from: usize| move |heard: Heard| listener(Heard { done: from.saturating_add(heard.done), of });
        let variant = entrant.variant.at_seed(seed);
        let of_twin = twin.and_then(|place| compared.get(place)?.baselines.clone());
        let baselines = match of_twin {
            Some(baselines) => baselines,
            None => {
                Baselines::run(&variant.config, &seeds, settings(entrant), &hear(before)).map_err(failed)?
            }
        };
        before = before.saturating_add(runs_of_baselines(entrant, *twin));
        let count = Count::Fixed(runs);
        let replications = replicate(&variant, &count, &baselines.demand, &hear(before)).map_err(failed)?;
        compared.push(Compared { name: entrant.name.clone(), replications, baselines: Some(baselines) });
        before = before.saturating_add(runs);
    }
    Ok(Comparison { entrants: compared })
}

impl Compared {
    /// The regret against the best fixed size; `None` without baselines, and where not even the largest fleet meets the objectives.
    pub fn regret_of_best_fixed(&self) -> Option<Regret> {
        self.baselines.as_ref()?.regret_of_best_fixed(&self.replications.outcomes())
    }

    /// The regret against the clairvoyant scaler; `None` without baselines.
    pub fn regret_of_clairvoyant(&self) -> Option<Regret> {
        self.baselines.as_ref()?.regret_of_clairvoyant(&self.replications.outcomes())
    }
}
