//! A fixed number of replicas.

use super::{Autoscaler, Decision, MetricsApi};
use crate::views::ScaleTargetView;
use forescale_kernel::SimTime;

/// Sets the number of replicas once, at the start of the run, and never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    replicas: u32,
    is_set: bool,
}

impl Fixed {
    /// Always `replicas`.
    pub fn new(replicas: u32) -> Self {
        Self { replicas, is_set: false }
    }
}

impl Autoscaler for Fixed {
    fn next_sync(&self) -> Option<SimTime> {
        (!self.is_set).then_some(SimTime::ZERO)
    }

    fn sync(&mut self, _: SimTime, target: &ScaleTargetView, _: &dyn MetricsApi) -> Decision {
        self.is_set = true;
        let replicas = (target.spec_replicas != self.replicas).then_some(self.replicas);
        Decision { replicas, reason: format!("fixed at {}", self.replicas), sync: None }
    }
}
