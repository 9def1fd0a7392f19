//! A whole number over time: replicas.

use forescale_core::record::{PodEvent, RunRecord};
use forescale_kernel::{SimDuration, SimTime};
use std::collections::BTreeMap;

/// A number that changes at instants and stays in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// From each instant on so many; the first at the start of the run, instants ascend, and neighbours differ.
    steps: Vec<(SimTime, u32)>,
}

impl Steps {
    /// From each instant on so many, in order of time; of several at one instant the last holds. Before the first it is `first`.
    pub fn new(first: u32, changes: impl IntoIterator<Item = (SimTime, u32)>) -> Self {
        let mut steps = vec![(SimTime::ZERO, first)];
        for (at, count) in changes {
            if steps.last().is_some_and(|(last, _)| *last == at) {
                steps.pop();
            }
            if steps.last().is_none_or(|(_, last)| *last != count) {
                steps.push((at, count));
            }
        }
        Self { steps }
    }

    /// `spec.replicas` of the Deployment.
    pub fn spec_replicas(record: &RunRecord) -> Self {
        let unchanged = record.timeline.last().map_or(0, |bin| bin.desired);
        let first = record.syncs.first().map_or(unchanged, |sync| sync.from);
        Self::new(first, record.scalings().map(|sync| (sync.at, sync.to())))
    }

    /// Pods that serve: Ready, and not terminating, so that the gateway sends them requests.
    pub fn serving(record: &RunRecord) -> Self {
        let mut serving = BTreeMap::new();
        let changes = record.pods.iter().filter_map(|(at, pod, event)| {
            match event {
                PodEvent::Ready => serving.insert(*pod, ()),
                PodEvent::Terminating | PodEvent::Gone => serving.remove(pod),
                PodEvent::Created => return None,
            };
            Some((*at, serving.len() as u32))
        });
        Self::new(0, changes.collect::<Vec<_>>())
    }

    /// The number at an instant: what a change at that instant has made it.
    pub fn at(&self, at: SimTime) -> u32 {
        let after = self.steps.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).and_then(|place| self.steps.get(place)).map_or(0, |(_, count)| *count)
    }

    /// The instants of change and the numbers from then on, the start of the run first.
    pub fn changes(&self) -> &[(SimTime, u32)] {
        &self.steps
    }

    /// The greatest number at any time before `end`.
    pub fn peak(&self, end: SimTime) -> u32 {
        let before = self.steps.iter().filter(|(at, _)| *at < end || *at == SimTime::ZERO);
        before.map(|(_, count)| *count).max().unwrap_or(0)
    }

    /// How often it changes after the start and before `end`.
    pub fn count_changes(&self, end: SimTime) -> usize {
        self.steps.iter().skip(1).filter(|(at, _)| *at < end).count()
    }

    /// The stretches before `end` in which neither this number nor another one changes: their lengths and both numbers.
    pub fn beside(&self, other: &Self, end: SimTime) -> Vec<(SimDuration, u32, u32)> {
        let mut instants: Vec<SimTime> =
            self.steps.iter().chain(&other.steps).map(|(at, _)| *at).filter(|at| *at < end).collect();
        instants.sort();
        instants.dedup();
        let until = instants.iter().skip(1).copied().chain([end]);
        instants
            .iter()
            .zip(until)
            .map(|(at, until)| (until.since(*at), self.at(*at), other.at(*at)))
            .collect()
    }

    /// How long before `end` the number is such that `is` holds.
    pub fn time_in(&self, end: SimTime, is: impl Fn(u32) -> bool) -> SimDuration {
        let stretches = self.beside(self, end).into_iter();
        stretches.filter(|(_, count, _)| is(*count)).map(|(span, _, _)| span).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ps: u64) -> SimTime {
        SimTime::from_ps(ps)
    }

    #[test]
    fn what_lasts_no_time_is_no_step() {
        let steps =
            Steps::new(1, [(0, 3), (10, 5), (10, 3), (20, 4), (30, 4), (40, 2)].map(|(t, n)| (at(t), n)));
        assert_eq!(steps.changes(), [(at(0), 3), (at(20), 4), (at(40), 2)]);
        assert_eq!([steps.at(at(19)), steps.at(at(20)), steps.at(at(99))], [3, 4, 2]);
        assert_eq!([steps.peak(at(20)), steps.peak(at(21)), steps.peak(at(0))], [3, 4, 3]);
        assert_eq!((steps.count_changes(at(40)), steps.count_changes(at(41))), (1, 2));
        assert_eq!(steps.time_in(at(50), |count| count >= 3).as_ps(), 40);
        let other = Steps::new(7, [(at(30), 8)]);
        let beside: Vec<_> =
            other.beside(&steps, at(50)).iter().map(|(t, a, b)| (t.as_ps(), *a, *b)).collect();
        assert_eq!(beside, [(20, 7, 3), (10, 7, 4), (10, 8, 4), (10, 8, 2)]);
        assert_eq!(other.beside(&steps, at(0)), []);
    }

    /// A change that is taken back at its own instant leaves no trace, not even a step to itself.
    #[test]
    fn a_change_that_is_taken_back_is_none() {
        let steps = Steps::new(1, [(10, 2), (10, 1), (20, 1), (30, 2)].map(|(t, n)| (at(t), n)));
        assert_eq!(steps.changes(), [(at(0), 1), (at(30), 2)]);
    }
}
