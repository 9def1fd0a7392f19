//! Fleets of a fixed size.

use super::DemandCurve;
use crate::fixed::fixed;
use crate::runs::Runs;
use forescale_core::record::{Attainment, RecordConfig, RequestAttainment, RunRecord};
use forescale_core::{Progress, RunConfig, RunError, World};
use forescale_kernel::SimDuration;
use std::ops::ControlFlow;

/// What a run has cost and achieved.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// GPU-hours held.
    pub gpu_hours: f64,
    /// Requests judged one by one.
    pub attainment: RequestAttainment,
    /// How the objectives fared.
    pub objectives: Vec<Attainment>,
    /// Of each bin of the timeline: requests that arrived, and those of them that attained.
    pub bins: Vec<(u64, u64)>,
}

impl From<&RunRecord> for Outcome {
    fn from(record: &RunRecord) -> Self {
        Self {
            gpu_hours: record.gpu_hours(),
            attainment: record.request_attainment,
            objectives: record.attainments.clone(),
            bins: record.timeline.iter().map(|bin| (bin.arrived, bin.attained)).collect(),
        }
    }
}

impl Outcome {
    pub(super) fn of(
        config: &RunConfig,
        listener: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, RunError> {
        World::new(config)?.run_with(listener).map(|record| Self::from(&record))
    }
}

/// A fleet of a fixed size.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// How many replicas, all there from the start.
    pub replicas: u32,
    /// One for each seed.
    pub outcomes: Vec<Outcome>,
}

impl Fleet {
    /// The mean GPU-hours over seeds.
    pub fn gpu_hours(&self) -> f64 {
        self.outcomes.iter().map(|outcome| outcome.gpu_hours).sum::<f64>() / self.outcomes.len() as f64
    }

    /// Whether it met all objectives over the whole of its runs, the requests (or tokens) of all seeds taken together.
    pub fn meets_objectives(&self) -> bool {
        meets_objectives(&self.outcomes)
    }
}

/// Whether runs met all objectives, their requests (or tokens) taken together.
pub(crate) fn meets_objectives(outcomes: &[Outcome]) -> bool {
    let all = outcomes.first().map_or(0, |outcome| outcome.objectives.len());
    (0..all).all(|place| {
        let of_runs = || outcomes.iter().filter_map(|outcome| outcome.objectives.get(place));
        let total: u64 = of_runs().map(|it| it.total).sum();
        let within: f64 = of_runs().map(|it| (it.share.unwrap_or(0.0) * it.total as f64).round()).sum();
        let quantile = of_runs().next().map_or(1.0, |it| it.objective.quantile);
        total > 0 && within >= needed(quantile, total) as f64
    })
}

/// How many of so many must be within the limit for a quantile to be.
fn needed(quantile: f64, total: u64) -> u64 {
    // A share such as 0.99 is not exact in binary; a part in 10¹² less keeps a whole product whole.
    ((quantile * total as f64 * (1.0 - 1e-12)).ceil() as u64).max(1)
}

/// Fleets of 1, 2, … replicas, with the same seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleets(pub Vec<Fleet>);

impl Fleets {
    pub(super) fn run(
        base: &RunConfig,
        seeds: &[u64],
        max_replicas: u32,
        runs: &Runs<'_>,
    ) -> Result<Self, RunError> {
        let jobs: Vec<(u32, u64)> = (1..=max_replicas.max(1))
            .flat_map(|replicas| seeds.iter().map(move |seed| (replicas, *seed)))
            .collect();
        let all = runs
            .all(&jobs, |(replicas, seed)| Outcome::of(&fixed(base, *replicas, *seed), |now| runs.hear(now)));
        let mut outcomes = all.into_iter();
        let fleet = |replicas| {
            let of_seeds = outcomes.by_ref().take(seeds.len()).collect::<Result<_, _>>()?;
            Ok(Fleet { replicas, outcomes: of_seeds })
        };
        (1..=max_replicas.max(1)).map(fleet).collect::<Result<_, RunError>>().map(Self)
    }

    /// The best fixed size: the cheapest fleet that meets the objectives over whole runs, the smaller of equally cheap ones; `None` where none
    /// does.
    pub fn best(&self) -> Option<&Fleet> {
        let good = self.0.iter().filter(|fleet| fleet.meets_objectives());
        good.min_by(|a, b| a.gpu_hours().total_cmp(&b.gpu_hours()))
    }

    /// d(t) of one seed: in each bin until the arrivals end the smallest fleet of which at least the share of requests arriving in the bin attains that
    /// the strictest objective's quantile asks for; without objectives, all of them. Where none does, the smallest of those that do best. A bin
    /// without arrivals needs one replica, or none where `to_zero`.
    pub(super) fn demand(
        &self,
        record: &RecordConfig,
        duration: SimDuration,
        place: usize,
        to_zero: bool,
    ) -> DemandCurve {
        let objectives = &record.objectives;
        let quantile = objectives.iter().map(|objective| objective.quantile).reduce(f64::max).unwrap_or(1.0);
        let fleets: Vec<(u32, &[(u64, u64)])> = self
            .0
            .iter()
            .filter_map(|fleet| Some((fleet.replicas, fleet.outcomes.get(place)?.bins.as_slice())))
            .collect();
        let width = record.bin.as_ps().max(1);
        let until = duration.as_ps().div_ceil(width);
        let shortest = fleets.iter().map(|(_, bins)| bins.len()).min().unwrap_or(0);
        let bins = shortest.min(usize::try_from(until).unwrap_or(usize::MAX));
        let mut unmet = 0;
        let in_bin = |bin: usize| {
            let arrived =
                fleets.iter().find_map(|(_, bins)| bins.get(bin)).map_or(0, |(arrived, _)| *arrived);
            if arrived == 0 {
                return u32::from(!to_zero);
            }
            let attained =
                || fleets.iter().filter_map(|(replicas, bins)| Some((*replicas, bins.get(bin)?.1)));
            let enough = attained().find(|(_, attained)| *attained >= needed(quantile, arrived));
            let (replicas, _) = enough.unwrap_or_else(|| {
                unmet += 1;
                let most = attained().map(|(_, attained)| attained).max();
                attained().find(|(_, attained)| Some(*attained) == most).unwrap_or((1, 0))
            });
            replicas
        };
        let replicas = (0..bins).map(in_bin).collect();
        let mut demand = DemandCurve::new(record.bin, replicas);
        demand.unmet = unmet;
        demand
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::record::{Measure, Objective};

    const OBJECTIVE: Objective =
        Objective { measure: Measure::Ttft, quantile: 0.9, limit: SimDuration::from_secs(1) };

    /// Of `total` requests so many are within the limit.
    fn outcome(gpu_hours: f64, within: u64, total: u64, attained: &[u64]) -> Outcome {
        let fared = Attainment {
            objective: OBJECTIVE,
            observed: None,
            total,
            lost: 0,
            overdue: 0,
            share: Some(within as f64 / total as f64),
            is_met: false,
        };
        let attainment = RequestAttainment { attained: within, missed: total - within };
        let bins = attained.iter().zip([10, 0, 20, 10]).map(|(attained, arrived)| (arrived, *attained));
        Outcome { gpu_hours, attainment, objectives: vec![fared], bins: bins.collect() }
    }

    /// Two seeds; the second fleet misses with one of them, but not with the requests of both.
    #[test]
    fn the_best_is_the_cheapest_that_meets_the_objectives() {
        let fleet = |replicas, outcomes| Fleet { replicas, outcomes };
        let small = fleet(1, vec![outcome(1.0, 899, 1000, &[]), outcome(1.0, 900, 1000, &[])]);
        let middle = fleet(2, vec![outcome(2.0, 890, 1000, &[]), outcome(2.0, 910, 1000, &[])]);
        let large = fleet(3, vec![outcome(3.0, 1000, 1000, &[]), outcome(3.0, 1000, 1000, &[])]);
        assert_eq!([&small, &middle, &large].map(Fleet::meets_objectives), [false, true, true]);
        let fleets = Fleets(vec![small.clone(), middle, large]);
        assert_eq!(fleets.best().map(|fleet| (fleet.replicas, fleet.gpu_hours())), Some((2, 2.0)));
        assert_eq!(Fleets(vec![small]).best(), None);
    }

    /// Nine of ten must attain, and 18 of 20; in the last bin no fleet is enough, and two do equally well.
    #[test]
    fn demand_by_hand() {
        let attained = [[9, 0, 17, 3], [10, 0, 18, 8], [8, 0, 20, 8]];
        let fleets = (1..)
            .zip(attained)
            .map(|(replicas, attained)| Fleet { replicas, outcomes: vec![outcome(1.0, 1, 1, &attained)] });
        let fleets = Fleets(fleets.collect());
        let record = RecordConfig {
            bin: SimDuration::from_secs(10),
            warm_up: SimDuration::ZERO,
            log_requests: false,
            objectives: vec![OBJECTIVE],
        };
        let demand = |seconds, to_zero| fleets.demand(&record, SimDuration::from_secs(seconds), 0, to_zero);
        assert_eq!((demand(40, false).replicas, demand(40, false).unmet), (vec![1, 1, 2, 2], 1));
        assert_eq!(demand(40, true).replicas, [1, 0, 2, 2]);
        // The bins of the drain are left out, and one that the arrivals end in is not.
        assert_eq!(demand(21, true).replicas, [1, 0, 2]);
        assert!(fleets.demand(&record, SimDuration::from_secs(40), 1, false).replicas.is_empty());
    }
}
