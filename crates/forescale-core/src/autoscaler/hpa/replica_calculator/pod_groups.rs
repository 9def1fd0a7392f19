//! Which pods count, and as what.

use super::ReplicaCalculator;
use super::samples::{Sample, Samples};
use crate::autoscaler::hpa::{ConditionStatus, Pod, PodPhase};
use forescale_kernel::{SimDuration, Timestamp};
use std::collections::BTreeSet;

/// The pods of the selector, each in one group.
#[derive(Debug, Default)]
pub(super) struct PodGroups<'a> {
    /// Pods whose samples count.
    pub(super) ready: usize,
    /// Pods that have not started; their samples do not count.
    pub(super) unready: BTreeSet<&'a str>,
    /// Pods without a sample.
    pub(super) missing: BTreeSet<&'a str>,
    /// Pods that go away or have failed; their samples do not count.
    pub(super) ignored: BTreeSet<&'a str>,
}

impl ReplicaCalculator {
    /// `groupPods` in replica_calculator.go, Kubernetes 1.36.2.
    pub(super) fn group_pods<'a>(
        &self,
        pods: &'a [Pod],
        samples: &Samples,
        resource: Option<&str>,
    ) -> PodGroups<'a> {
        let mut groups = PodGroups::default();
        for pod in pods {
            let name = pod.name.as_str();
            if pod.deletion_timestamp.is_some() || pod.phase == PodPhase::Failed {
                groups.ignored.insert(name);
            } else if pod.phase == PodPhase::Pending {
                groups.unready.insert(name);
            } else {
                match samples.get(name) {
                    None => _ = groups.missing.insert(name),
                    Some(sample) if resource == Some("cpu") && self.is_unready(pod, sample) => {
                        groups.unready.insert(name);
                    }
                    Some(_) => groups.ready += 1,
                }
            }
        }
        groups
    }

    /// Whether a pod's CPU is still that of its start.
    fn is_unready(&self, pod: &Pod, sample: &Sample) -> bool {
        let (Some(ready), Some(start)) = (pod.ready, pod.start_time) else { return true };
        let is_false = ready == ConditionStatus::False;
        // Without a transition that time is the year 1, before everything.
        let transition = pod.ready_transition_time;
        if after(start, self.cpu_initialization_period) > self.now {
            // The sample must come from a whole window after the pod became what it is.
            is_false || transition.is_some_and(|at| sample.timestamp < after(at, sample.window))
        } else {
            is_false && transition.is_none_or(|at| after(start, self.initial_readiness_delay) > at)
        }
    }
}

fn after(at: Timestamp, length: SimDuration) -> Timestamp {
    at.plus_ns(i64::try_from(length.as_ps() / 1000).unwrap_or(i64::MAX))
}
