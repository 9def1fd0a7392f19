//! A scaler that knows what is to come, but has to wait for pods like any other.

use super::DemandCurve;
use forescale_core::autoscaler::Schedule;
use forescale_core::cluster::{ClusterConfig, StartPhase};
use forescale_core::{AutoscalerFactory, RunConfig};
use forescale_kernel::{SimDuration, SimTime};

/// How long a pod takes from its creation until it is Ready, if each phase of its start takes its mean: node, image, then what the server needs
/// until it listens, then the next tick of the probe.
pub fn typical_cold_start(cluster: &ClusterConfig) -> SimDuration {
    let mean = |phase: StartPhase| SimDuration::from_secs_f64(cluster.cold_start.get(phase).mean());
    let scheduled = mean(StartPhase::Node);
    let container_starts = SimTime::ZERO + mean(StartPhase::ImagePull);
    let rest = [StartPhase::Bootstrap, StartPhase::Weights, StartPhase::Compile, StartPhase::Engine];
    let listens = container_starts + rest.into_iter().map(mean).sum::<SimDuration>();
    let probe = cluster.deployment.probe.filter(|probe| !probe.period.is_zero());
    let ready = probe.map_or(container_starts, |probe| {
        let first_success = listens.max(container_starts + probe.initial_delay);
        first_success.at_or_after_on_grid(SimTime::ZERO, probe.period)
    });
    scheduled + ready.since_start()
}

/// Replicas by the clock, so that each replica is asked for a typical cold start before it is needed, and none goes while it will be needed
/// again before a new one could be there: at t as many as the most that are needed from t to a cold start later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clairvoyant {
    /// Pods that are Ready at the start of the run.
    pub first: u32,
    /// From each instant on so many.
    pub steps: Vec<(SimDuration, u32)>,
}

impl Clairvoyant {
    /// Of a demand, with pods that take so long to start.
    pub fn new(demand: &DemandCurve, cold_start: SimDuration) -> Self {
        let needed = demand.steps();
        let changes: Vec<SimTime> = needed.changes().iter().map(|(at, _)| *at).collect();
        let most = |from: SimTime| {
            let until = from + cold_start;
            let within = needed.changes().iter().filter(|(at, _)| from < *at && *at <= until);
            within.map(|(_, count)| *count).fold(needed.at(from), u32::max)
        };
        let mut instants: Vec<SimTime> =
            changes.iter().flat_map(|at| [*at, *at - cold_start.min(at.since_start())]).collect();
        instants.sort();
        instants.dedup();
        let first = most(SimTime::ZERO);
        let mut steps: Vec<(SimDuration, u32)> = Vec::new();
        for at in instants {
            let wanted = most(at);
            if steps.last().map_or(first, |(_, last)| *last) != wanted {
                steps.push((at.since_start(), wanted));
            }
        }
        Self { first, steps }
    }

    /// The configuration with this scaler.
    pub(super) fn config(&self, base: &RunConfig, seed: u64) -> RunConfig {
        let mut config = base.clone();
        config.seed = seed;
        config.cluster.deployment.replicas = self.first;
        let steps = self.steps.clone();
        config.autoscaler = AutoscalerFactory::new(move |_| Box::new(Schedule::new(steps.clone())));
        config.record.log_requests = false;
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::cluster::{ColdStart, Deployment, Probe};
    use forescale_core::dist::Dist;
    use proptest::prelude::*;

    fn seconds(s: u64) -> SimDuration {
        SimDuration::from_secs(s)
    }

    /// By hand: the container starts at 3 + 10 s, the server listens 20 s later, and the probe, which ticks each 7 s from 3 s on, sees it at 38 s.
    #[test]
    fn a_typical_cold_start_by_hand() {
        let mut cold_start = ColdStart::default();
        cold_start.set(StartPhase::Node, Dist::Constant(3.0));
        cold_start.set(StartPhase::ImagePull, Dist::Uniform { min: 5.0, max: 15.0 });
        cold_start.set(StartPhase::Weights, Dist::Exponential { mean: 20.0 });
        let of = |probe| {
            let deployment = Deployment { probe, ..Deployment::default() };
            typical_cold_start(&ClusterConfig { deployment, cold_start: cold_start.clone() })
        };
        let probe = |initial_delay| Some(Probe { initial_delay: seconds(initial_delay), period: seconds(7) });
        assert_eq!(of(None), seconds(13));
        assert_eq!(of(probe(0)), seconds(3 + 35));
        assert_eq!(of(probe(26)), seconds(3 + 42));
    }

    /// A dip that is shorter than a cold start is kept; before a rise pods are asked for one cold start early.
    #[test]
    fn the_schedule_by_hand() {
        let demand = DemandCurve::new(seconds(10), vec![1, 1, 1, 3, 1, 2, 1, 1, 1, 1]);
        let found = Clairvoyant::new(&demand, seconds(15));
        assert_eq!(found.first, 1);
        assert_eq!(found.steps, [(15, 3), (40, 2), (60, 1)].map(|(at, count)| (seconds(at), count)));
        // What is needed within the first cold start is there from the start.
        assert_eq!(Clairvoyant::new(&demand, seconds(30)).first, 3);
        let none = Clairvoyant::new(&DemandCurve::new(seconds(10), vec![]), seconds(15));
        assert_eq!((none.first, none.steps.len()), (0, 0));
    }

    proptest! {
        /// A pod that takes exactly the typical time is there whenever it is needed, and nothing is held that is needed neither now nor
        /// within a cold start.
        #[test]
        fn never_too_few_and_never_without_a_reason(
            replicas in proptest::collection::vec(0u32..5, 1..40), cold_start in 0u64..50,
        ) {
            let demand = DemandCurve::new(seconds(10), replicas.clone());
            let found = Clairvoyant::new(&demand, seconds(cold_start));
            let asked = |at: u64| {
                let steps = found.steps.iter().take_while(|(from, _)| *from <= seconds(at));
                steps.last().map_or(found.first, |(_, count)| *count)
            };
            for at in 0..10 * replicas.len() as u64 {
                let needed = replicas[(at / 10) as usize];
                // Ready at `at` are those asked for all the time from a cold start earlier on.
                let since = at.saturating_sub(cold_start);
                let there = (since..=at).map(asked).min().unwrap();
                prop_assert!(there >= needed, "at {} s: {} of {}", at, there, needed);
                let soon = (at..=at + cold_start).filter_map(|at| replicas.get((at / 10) as usize)).max();
                prop_assert!(asked(at) <= *soon.unwrap(), "at {} s", at);
            }
        }
    }
}
