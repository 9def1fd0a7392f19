//! Each entrant against what could be.

use super::{CompareError, Compared, Comparison, Entrant};
use crate::baselines::{Baselines, Regret, Settings as BaselineSettings};
use crate::replications::{Count, Settings, replicate};
use crate::runs::{Heard, Listener};
use forescale_core::{ConfigError, RunConfig, RunError};

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
    let seed = entrants.first().map_or(0, |first| first.config.seed);
    let seeds: Vec<u64> = (0..runs as u64).map(|place| seed.wrapping_add(place)).collect();
    let greatest = entrants.iter().filter_map(|entrant| entrant.replica_limits).map(|(_, most)| most).max();
    let settings = |entrant: &Entrant| {
        let most = entrant.replica_limits.map(|(_, most)| most).or(greatest);
        BaselineSettings {
            max_replicas: most.unwrap_or(entrant.config.cluster.deployment.replicas).max(1),
            to_zero: entrant.replica_limits.is_some_and(|(least, _)| least == 0),
        }
    };
    // A run for each size, one of the clairvoyant scaler, and its own.
    let runs_of = |entrant: &Entrant| runs.saturating_mul(settings(entrant).max_replicas as usize + 2);
    let of = entrants.iter().map(runs_of).fold(0, usize::saturating_add);
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
    let mut compared = Vec::new();
    for entrant in entrants {
        let failed = |error: RunError| Box::new(CompareError { entrant: entrant.name.clone(), error });
        let hear =
            |from: usize| move |heard: Heard| listener(Heard { done: from.saturating_add(heard.done), of });
        let config = RunConfig { seed, ..entrant.config.clone() };
        let own = before.saturating_add(runs_of(entrant) - runs);
        let baselines = Baselines::run(&config, &seeds, settings(entrant), &hear(before)).map_err(failed)?;
        let settings = Settings {
            count: Count::Fixed(runs),
            gpu_price_per_hour: entrant.gpu_price_per_hour,
            replica_limits: entrant.replica_limits,
            demand: &baselines.demand,
        };
        let replications = replicate(&config, &settings, &hear(own)).map_err(failed)?;
        compared.push(Compared { name: entrant.name.clone(), replications, baselines: Some(baselines) });
        before = before.saturating_add(runs_of(entrant));
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
