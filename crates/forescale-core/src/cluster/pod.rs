//! One pod, from creation until its GPUs are free again.

use super::config::{ClusterConfig, StartPhase};
use crate::ids::PodId;
use forescale_kernel::{SimDuration, SimTime, random};
use rand::Rng;

/// A pod of the Deployment.
#[derive(Clone, Debug)]
pub(super) struct Pod {
    pub(super) id: PodId,
    pub(super) created: SimTime,
    /// When a node takes it.
    pub(super) scheduled: SimTime,
    pub(super) container_starts: SimTime,
    pub(super) listens: SimTime,
    pub(super) becomes_ready: SimTime,
    pub(super) is_running: bool,
    /// Since when the Ready condition is True.
    pub(super) ready_since: Option<SimTime>,
    /// When it became Ready, also after it is gone.
    pub(super) first_ready: Option<SimTime>,
    pub(super) deletion: Option<SimTime>,
    /// When it was gone.
    pub(super) gone: Option<SimTime>,
    /// Decides between equals, as the API server's random UIDs do.
    pub(super) uid: u64,
}

impl Pod {
    /// A pod created at `now`, with all its start phases drawn.
    pub(super) fn create(id: PodId, now: SimTime, config: &ClusterConfig, seed: u64) -> Self {
        let length = |phase: StartPhase| {
            let mut stream = random::stream(seed, &format!("cluster/{}", phase.name()), id.0.into());
            SimDuration::from_secs_f64(config.cold_start.get(phase).sample(&mut stream))
        };
        let sum = |phases: &[StartPhase]| phases.iter().map(|&phase| length(phase)).sum::<SimDuration>();
        let scheduled = now + length(StartPhase::Node);
        let container_starts = scheduled + length(StartPhase::ImagePull);
        let listens = container_starts
            + sum(&[StartPhase::Bootstrap, StartPhase::Weights, StartPhase::Compile, StartPhase::Engine]);
        let becomes_ready = match config.deployment.probe {
            None => container_starts,
            Some(probe) => {
                let first_success = listens.max(container_starts + probe.initial_delay);
                first_success.at_or_after_on_grid(scheduled, probe.period)
            }
        };
        Self {
            id,
            created: now,
            scheduled,
            container_starts,
            listens,
            becomes_ready,
            is_running: false,
            ready_since: None,
            first_ready: None,
            deletion: None,
            gone: None,
            uid: random::stream(seed, "cluster/uid", id.0.into()).next_u64(),
        }
    }

    /// A pod that serves since the start of the run.
    pub(super) fn deployed(id: PodId, seed: u64) -> Self {
        Self {
            is_running: true,
            ready_since: Some(SimTime::ZERO),
            first_ready: Some(SimTime::ZERO),
            ..Self::create(id, SimTime::ZERO, &ClusterConfig::default(), seed)
        }
    }

    /// Whether the ReplicaSet counts it.
    pub(super) fn is_active(&self) -> bool {
        self.deletion.is_none()
    }

    /// How long GPUs were held for it by `now`: from its creation, since a node that boots for it is paid for too.
    pub(super) fn held(&self, now: SimTime) -> SimDuration {
        self.gone.unwrap_or(now).min(now).since(self.created)
    }

    /// How much of it was before the pod was Ready; all, where it never was.
    pub(super) fn starting(&self, now: SimTime) -> SimDuration {
        let end = self.gone.unwrap_or(now).min(now);
        self.first_ready.map_or(end, |ready| ready.min(end)).since(self.created)
    }
}
