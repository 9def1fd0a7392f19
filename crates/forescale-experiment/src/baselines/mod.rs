//! What a run is measured against: fleets of a fixed size, and a scaler that knows what is to come.
//!
//! All baselines run with the seeds of the runs that they are compared with, so they meet the same requests and the same cold starts.

mod clairvoyant;
mod demand;
mod fleet;

pub use clairvoyant::{Clairvoyant, typical_cold_start};
pub use demand::DemandCurve;
pub(crate) use fleet::meets_objectives;
pub use fleet::{Fleet, Fleets, Outcome};

use crate::runs::{Listener, Runs};
use crate::statistics::Difference;
use forescale_core::{RunConfig, RunError};

/// What is asked of the baselines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The largest fleet, at least 1: as many as the autoscaler may ask for.
    pub max_replicas: u32,
    /// Whether no replica at all is enough while nothing arrives: where the autoscaler may go to zero.
    pub to_zero: bool,
}

/// All baselines of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Baselines {
    /// The seeds, in order.
    pub seeds: Vec<u64>,
    /// Fleets of 1, 2, … replicas.
    pub fleets: Fleets,
    /// How many replicas were needed when, by seed.
    pub demand: Vec<DemandCurve>,
    /// A scaler that knew it beforehand, by seed.
    pub clairvoyant: Vec<Outcome>,
}

/// How much worse a run was than a baseline, run by run at the same seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regret {
    /// GPU-hours beyond the baseline's.
    pub gpu_hours: Difference,
    /// The baseline's SLO attainment less the run's own, a share; `None` where nothing was judged.
    pub attainment: Option<Difference>,
}

impl Baselines {
    /// Runs them all: `max_replicas` + 1 runs for each seed.
    ///
    /// # Errors
    /// That of the first run in their order that fails; [`RunError::Interrupted`] once `listener` breaks.
    pub fn run(
        config: &RunConfig,
        seeds: &[u64],
        settings: Settings,
        listener: Listener<'_>,
    ) -> Result<Self, RunError> {
        let runs = Runs::new(listener);
        let fleets = Fleets::run(config, seeds, settings.max_replicas, &runs)?;
        let places = 0..seeds.len();
        let demand: Vec<_> = places
            .map(|place| fleets.demand(&config.record, config.duration, place, settings.to_zero))
            .collect();
        let jobs: Vec<(u64, &DemandCurve)> = seeds.iter().copied().zip(&demand).collect();
        let clairvoyant = runs.all(&jobs, |(seed, demand)| {
            let config = Clairvoyant::new(demand, typical_cold_start(&config.cluster)).config(config, *seed);
            Outcome::of(&config, |now| runs.hear(now))
        });
        let clairvoyant = clairvoyant.into_iter().collect::<Result<_, _>>()?;
        Ok(Self { seeds: seeds.to_vec(), fleets, demand, clairvoyant })
    }

    /// The regret against the best fixed size; `None` where not even the largest fleet meets the objectives.
    pub fn regret_of_best_fixed(&self, own: &[Outcome]) -> Option<Regret> {
        self.fleets.best().and_then(|best| regret(&best.outcomes, own))
    }

    /// The regret against the clairvoyant scaler; `None` where there are no runs.
    pub fn regret_of_clairvoyant(&self, own: &[Outcome]) -> Option<Regret> {
        regret(&self.clairvoyant, own)
    }
}

/// Of outcomes with the same seeds in the same order.
fn regret(baseline: &[Outcome], own: &[Outcome]) -> Option<Regret> {
    let of =
        |side: &[Outcome], value: fn(&Outcome) -> Option<f64>| side.iter().map(value).collect::<Vec<_>>();
    let hours = |outcome: &Outcome| Some(outcome.gpu_hours);
    let share = |outcome: &Outcome| outcome.attainment.share();
    Some(Regret {
        gpu_hours: Difference::paired(&of(baseline, hours), &of(own, hours))?,
        attainment: Difference::paired(&of(own, share), &of(baseline, share)),
    })
}
