//! The parts and their order.

use crate::ids::PodId;

/// The parts, in the order in which equal times are served: observers first, then what changes from the engine outwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Telemetry,
    Recorder,
    Replica(PodId),
    Cluster,
    Demand,
    Gateway,
    Autoscaler,
}

impl Part {
    pub(super) const SINGLE: [Self; 6] =
        [Self::Telemetry, Self::Recorder, Self::Cluster, Self::Demand, Self::Gateway, Self::Autoscaler];

    pub(super) const fn class(self) -> u8 {
        match self {
            Self::Telemetry => 0,
            Self::Recorder => 1,
            Self::Replica(_) => 2,
            Self::Cluster => 3,
            Self::Demand => 4,
            Self::Gateway => 5,
            Self::Autoscaler => 6,
        }
    }

    /// The part's slot in the calendar: its class, or for replicas a number above all classes.
    pub(super) const fn slot(self) -> u32 {
        match self {
            Self::Replica(pod) => 7 + pod.0,
            part => part.class() as u32,
        }
    }

    pub(super) fn of_slot(slot: u32) -> Self {
        let single = Self::SINGLE.into_iter().find(|part| part.slot() == slot);
        single.unwrap_or(Self::Replica(PodId(slot.saturating_sub(7))))
    }
}
