//! What a variant is measured against.

use super::difference::Difference;
use crate::compare::baselines::{asked, unmet};
use forescale_experiment::baselines::{Fleet, Outcome};
use forescale_experiment::compare::{Compared, Contrast};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Baselines {
    /// The largest fixed size that was tried.
    largest: u32,
    /// The share of time in which not even the largest size is enough, over all seeds, 0 to 1.
    unmet: f64,
    /// The cheapest fixed size that meets all objectives; `null` where no size does.
    best_fixed: Option<BestFixed>,
    /// A scaler that knows how many replicas will be needed, and asks for each a typical cold start early.
    clairvoyant: Clairvoyant,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct BestFixed {
    /// The size.
    replicas: u32,
    /// What it holds, for each seed.
    gpu_hours: Vec<f64>,
    /// How much worse the variant is; below zero it is better. `null` without runs.
    regret: Option<Regret>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Clairvoyant {
    /// The fewest replicas that it asks for at any seed.
    least: u32,
    /// The most.
    most: u32,
    /// Whether it meets all objectives itself, over the requests of all its runs together.
    meets_objectives: bool,
    /// What it holds, for each seed.
    gpu_hours: Vec<f64>,
    /// How much worse the variant is; below zero it is better. `null` without runs.
    regret: Option<Regret>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Regret {
    /// The variant's GPU-hours less the baseline's, and over them.
    gpu_hours: Difference,
    /// The baseline's attainment less the variant's, a share; it has no `ratio`. `null` where nothing was judged.
    attainment: Option<Difference>,
}

impl Baselines {
    /// `None` without baselines.
    pub(super) fn of(entrant: &Compared) -> Option<Self> {
        let baselines = entrant.baselines.as_ref()?;
        let (least, most) = asked(baselines).into_inner();
        let best = |best: &Fleet| BestFixed {
            replicas: best.replicas,
            gpu_hours: gpu_hours(&best.outcomes),
            regret: entrant.regret_of_best_fixed().map(Regret::from),
        };
        Some(Self {
            largest: baselines.fleets.0.last().map_or(0, |fleet| fleet.replicas),
            unmet: unmet(baselines),
            best_fixed: baselines.fleets.best().map(best),
            clairvoyant: Clairvoyant {
                least,
                most,
                meets_objectives: baselines.clairvoyant_meets_objectives(),
                gpu_hours: gpu_hours(&baselines.clairvoyant),
                regret: entrant.regret_of_clairvoyant().map(Regret::from),
            },
        })
    }
}

fn gpu_hours(outcomes: &[Outcome]) -> Vec<f64> {
    outcomes.iter().map(|outcome| outcome.gpu_hours).collect()
}

impl From<forescale_experiment::baselines::Regret> for Regret {
    fn from(regret: forescale_experiment::baselines::Regret) -> Self {
        let hours = Contrast { difference: regret.gpu_hours, ratio: regret.gpu_hours_ratio };
        let attainment = regret.attainment.map(|difference| Contrast { difference, ratio: None });
        Self { gpu_hours: Difference::from(&hours), attainment: attainment.as_ref().map(Difference::from) }
    }
}
