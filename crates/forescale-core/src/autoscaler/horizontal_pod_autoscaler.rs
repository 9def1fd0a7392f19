//! The HPA controller as an autoscaler of a run.

use super::hpa::api::Spec;
use super::hpa::{
    ConditionStatus, Controller, FeatureGates, Flags, MetricsApi, Observed, Pod, PodPhase, Scale,
};
use super::{Autoscaler, Decision};
use crate::views::{self, ScaleTargetView};
use forescale_kernel::{SimDuration, SimTime, Timestamp, random};
use rand::RngExt;

/// One HorizontalPodAutoscaler, synced once per `--horizontal-pod-autoscaler-sync-period`.
///
/// The phase of the syncs is drawn per run; the period is exact.
#[derive(Clone, Debug)]
pub struct HorizontalPodAutoscaler {
    controller: Controller,
    spec: Spec,
    /// The wall clock at the start of the run.
    start: Timestamp,
    next: SimTime,
}

impl HorizontalPodAutoscaler {
    /// An HPA that was created just before the run; `seed` decides the phase of its syncs.
    pub fn new(spec: Spec, flags: Flags, gates: FeatureGates, start: Timestamp, seed: u64) -> Self {
        let mut phase = random::stream(seed, "hpa/sync_phase", 0);
        let next = phase.random_range(1..=flags.sync_period.as_ps().max(1));
        Self { controller: Controller::new(flags, gates), spec, start, next: SimTime::from_ps(next) }
    }
}

impl HorizontalPodAutoscaler {
    /// The same in this namespace, which its messages name; else it is in `default`.
    #[must_use]
    pub fn in_namespace(self, namespace: &str) -> Self {
        Self { controller: self.controller.in_namespace(namespace), ..self }
    }
}

impl Autoscaler for HorizontalPodAutoscaler {
    fn next_sync(&self) -> Option<SimTime> {
        Some(self.next)
    }

    fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision {
        self.next = now + self.controller.flags().sync_period.max(SimDuration::from_ms(1));
        let replicas = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let scale = Scale {
            spec_replicas: replicas(target.spec_replicas),
            status_replicas: replicas(target.status_replicas),
        };
        let pods: Vec<Pod> = target.pods.iter().map(|view| pod(view, self.start)).collect();
        let observed = Observed::new(scale, &pods, metrics);
        let sync = self.controller.reconcile(Timestamp::of_run(self.start, now), &self.spec, &observed);
        Decision {
            replicas: sync.rescale.map(|replicas| u32::try_from(replicas).unwrap_or(0)),
            reason: sync.to_string(),
            sync: Some(Box::new(sync)),
        }
    }
}

fn pod(view: &views::PodView, start: Timestamp) -> Pod {
    let phase = match view.phase {
        views::PodPhase::Pending => PodPhase::Pending,
        views::PodPhase::Running => PodPhase::Running,
    };
    let ready = if view.is_ready { ConditionStatus::True } else { ConditionStatus::False };
    let instant = |at: Option<SimTime>| at.map(|at| Timestamp::of_run(start, at));
    let mut pod = Pod::new(phase, Some(ready));
    pod.name = view.pod.to_string();
    pod.start_time = instant(view.start);
    pod.ready_transition_time = instant(view.ready_transition);
    pod.deletion_timestamp = instant(view.deletion);
    pod
}
