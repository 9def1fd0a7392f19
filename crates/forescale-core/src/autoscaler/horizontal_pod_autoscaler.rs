//! The HPA controller as an autoscaler of a run.

use super::hpa::api::Spec;
use super::hpa::{
    ConditionStatus, Controller, FeatureGates, Flags, MetricsApi, Observed, Pod, PodPhase, Scale,
};
use super::{Autoscaler, Decision};
use crate::views::{self, ScaleTargetView};
use forescale_kernel::{SimDuration, SimTime, Timestamp, random};
use rand::RngExt;
use std::fmt::Write;

/// One HorizontalPodAutoscaler, synced once per `--horizontal-pod-autoscaler-sync-period`.
///
/// It was created less than a period before the run; when, is drawn per run. Its first sync comes a period later, or with the
/// gate `HPAGeneration` at once, which here is the start of the run. The next sync begins a period after the end of one.
#[derive(Clone, Debug)]
pub struct HorizontalPodAutoscaler {
    controller: Controller,
    spec: Spec,
    /// The wall clock at the start of the run.
    start: Timestamp,
    next: SimTime,
    /// The sync after the one at the start of the run, while that has not been.
    second: Option<SimTime>,
    sync_duration: SimDuration,
    /// The pods of the last sync: room for those of the next.
    pods: Vec<Pod>,
}

impl HorizontalPodAutoscaler {
    /// An HPA whose syncs take no time; `seed` decides their phase.
    pub fn new(spec: Spec, flags: Flags, gates: FeatureGates, start: Timestamp, seed: u64) -> Self {
        let mut phase = random::stream(seed, "hpa/sync_phase", 0);
        let phase = SimTime::from_ps(phase.random_range(1..=flags.sync_period.as_ps().max(1)));
        let (next, second) = if gates.hpa_generation { (SimTime::ZERO, Some(phase)) } else { (phase, None) };
        Self {
            controller: Controller::new(flags, gates),
            spec,
            start,
            next,
            second,
            sync_duration: SimDuration::ZERO,
            pods: Vec::new(),
        }
    }

    /// Lets each sync take that long, so that syncs drift away from the grid of their period. What a sync sees and decides is that
    /// of its beginning.
    #[must_use]
    pub fn with_sync_duration(mut self, sync_duration: SimDuration) -> Self {
        self.sync_duration = sync_duration;
        self
    }

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
        let period = self.controller.flags().sync_period.max(SimDuration::from_ms(1));
        self.next = self.second.take().unwrap_or(now + self.sync_duration + period);
        let replicas = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let scale = Scale {
            spec_replicas: replicas(target.spec_replicas),
            status_replicas: replicas(target.status_replicas),
        };
        self.pods.resize_with(target.pods.len(), Pod::default);
        for (pod, view) in self.pods.iter_mut().zip(&target.pods) {
            show(pod, view, self.start);
        }
        let observed = Observed::new(scale, &self.pods, metrics);
        let sync = self.controller.reconcile(Timestamp::of_run(self.start, now), &self.spec, &observed);
        Decision {
            replicas: sync.rescale.map(|replicas| u32::try_from(replicas).unwrap_or(0)),
            reason: sync.to_string(),
            sync: Some(Box::new(sync)),
        }
    }
}

/// Makes a pod what the API server shows of it.
fn show(pod: &mut Pod, view: &views::PodView, start: Timestamp) {
    let instant = |at: Option<SimTime>| at.map(|at| Timestamp::of_run(start, at));
    let mut name = std::mem::take(&mut pod.name);
    name.clear();
    // Writing to a text never fails.
    _ = write!(name, "{}", view.pod);
    let phase = match view.phase {
        views::PodPhase::Pending => PodPhase::Pending,
        views::PodPhase::Running => PodPhase::Running,
    };
    let ready = if view.is_ready { ConditionStatus::True } else { ConditionStatus::False };
    *pod = Pod::new(phase, Some(ready));
    pod.name = name;
    pod.start_time = instant(view.start);
    pod.ready_transition_time = instant(view.ready_transition);
    pod.deletion_timestamp = instant(view.deletion);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscaler::hpa::api::{HorizontalPodAutoscalerSpec, LabelSelector};
    use crate::autoscaler::hpa::{KubernetesVersion, MetricsError};

    struct NoMetrics;

    impl MetricsApi for NoMetrics {
        fn external_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
            Ok(Vec::new())
        }
    }

    /// The times of the first syncs in milliseconds.
    fn syncs(version: KubernetesVersion, sync_duration: u64) -> Vec<u64> {
        let gates = version.feature_gates();
        let spec = HorizontalPodAutoscalerSpec { max_replicas: 3, ..Default::default() }.defaulted(gates);
        let target = ScaleTargetView { spec_replicas: 1, status_replicas: 1, pods: Vec::new() };
        let hpa = HorizontalPodAutoscaler::new(spec, Flags::default(), gates, Timestamp::default(), 7);
        let mut hpa = hpa.with_sync_duration(SimDuration::from_ms(sync_duration));
        let mut sync = || {
            let now = hpa.next_sync().unwrap();
            hpa.sync(now, &target, &NoMetrics);
            now.as_ps() / 1_000_000_000
        };
        (0..4).map(|_| sync()).collect()
    }

    #[test]
    fn syncs_follow_the_end_of_the_one_before() {
        let exact = syncs(KubernetesVersion::V1_36, 0);
        let first = exact[0];
        assert!(first <= 15_000);
        assert_eq!(exact, [first, first + 15_000, first + 30_000, first + 45_000]);
        let drifting = syncs(KubernetesVersion::V1_36, 20);
        assert_eq!(drifting, [first, first + 15_020, first + 30_040, first + 45_060]);
    }

    #[test]
    fn with_hpa_generation_the_first_sync_is_at_creation() {
        let first = syncs(KubernetesVersion::V1_36, 0)[0];
        assert_eq!(syncs(KubernetesVersion::V1_37, 0), [0, first, first + 15_000, first + 30_000]);
    }
}
