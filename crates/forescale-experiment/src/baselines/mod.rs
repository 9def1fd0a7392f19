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
use crate::statistics::{Difference, Estimate, ratio};
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
    /// What a scaler that knew it beforehand asked for, by seed.
    pub schedules: Vec<Clairvoyant>,
    /// What became of that, by seed.
    pub clairvoyant: Vec<Outcome>,
}

/// How much worse a run was than a baseline, run by run at the same seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regret {
    /// GPU-hours beyond the baseline's.
    pub gpu_hours: Difference,
    /// GPU-hours over the baseline's, by the jackknife; `None` where the baseline has none.
    pub gpu_hours_ratio: Option<Estimate>,
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
        let cold_start = typical_cold_start(&config.cluster);
        let schedules: Vec<_> = demand.iter().map(|demand| Clairvoyant::new(demand, cold_start)).collect();
        let jobs: Vec<(u64, &Clairvoyant)> = seeds.iter().copied().zip(&schedules).collect();
        let clairvoyant = runs.all(&jobs, |(seed, schedule)| {
            Outcome::of(&schedule.config(config, *seed), |now| runs.hear(now))
        });
        let clairvoyant = clairvoyant.into_iter().collect::<Result<_, _>>()?;
        Ok(Self { seeds: seeds.to_vec(), fleets, demand, schedules, clairvoyant })
    }

    /// The regret against the best fixed size; `None` where not even the largest fleet meets the objectives.
    pub fn regret_of_best_fixed(&self, own: &[Outcome]) -> Option<Regret> {
        self.fleets.best().and_then(|best| regret(&best.outcomes, own))
    }

    /// Whether the clairvoyant scaler met all objectives over the whole of its runs, the requests (or tokens) of all seeds taken together.
    pub fn clairvoyant_meets_objectives(&self) -> bool {
        meets_objectives(&self.clairvoyant)
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
    let pairs: Vec<(f64, f64)> =
        own.iter().zip(baseline).map(|(own, baseline)| (own.gpu_hours, baseline.gpu_hours)).collect();
    Some(Regret {
        gpu_hours_ratio: ratio(&pairs).filter(|ratio| ratio.mean.is_finite()),
        gpu_hours: Difference::paired(&of(baseline, hours), &of(own, hours))?,
        attainment: Difference::paired(&of(own, share), &of(baseline, share)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::record::RequestAttainment;

    fn outcome(gpu_hours: f64, attained: u64) -> Outcome {
        let attainment = RequestAttainment { attained, missed: 100 - attained };
        Outcome { gpu_hours, attainment, objectives: Vec::new(), bins: Vec::new() }
    }

    /// Two seeds: 3 and 5 hours in place of 2 and 2, and 10 and 20 points less attained.
    #[test]
    fn regret_by_hand() {
        let baseline = [outcome(2.0, 100), outcome(2.0, 90)];
        let found = regret(&baseline, &[outcome(3.0, 90), outcome(5.0, 70)]).unwrap();
        assert_eq!(found.gpu_hours.estimate().mean, 2.0);
        assert_eq!(found.gpu_hours_ratio.unwrap().mean, 2.0);
        assert!((found.attainment.unwrap().estimate().mean - 0.15).abs() < 1e-12);
        let none = regret(&baseline, &baseline).unwrap();
        assert_eq!(none.gpu_hours, Difference::Degenerate { pairs: 2 });
        assert!(regret(&[], &[]).is_none());
    }
}
