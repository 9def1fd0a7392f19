//! Replicas by the clock.

use super::{Autoscaler, Decision, MetricsApi};
use crate::views::ScaleTargetView;
use forescale_kernel::{SimDuration, SimTime};

/// Sets the number of replicas at given instants: a cron, or the series of somebody else's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Instants in ascending order, and the replicas from each on.
    steps: Vec<(SimDuration, u32)>,
    next: usize,
}

impl Schedule {
    /// So many replicas from each instant on, in ascending order; before the first the Deployment keeps its own.
    pub fn new(steps: Vec<(SimDuration, u32)>) -> Self {
        Self { steps, next: 0 }
    }
}

impl Autoscaler for Schedule {
    fn next_sync(&self) -> Option<SimTime> {
        self.steps.get(self.next).map(|(at, _)| SimTime::ZERO + *at)
    }

    fn sync(&mut self, _: SimTime, target: &ScaleTargetView, _: &dyn MetricsApi) -> Decision {
        let wanted = self.steps.get(self.next).map_or(target.spec_replicas, |(_, replicas)| *replicas);
        self.next += 1;
        let replicas = (target.spec_replicas != wanted).then_some(wanted);
        Decision { replicas, reason: format!("{wanted} by the schedule"), sync: None }
    }
}
