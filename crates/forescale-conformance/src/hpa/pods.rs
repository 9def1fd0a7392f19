//! Recorded pods.

use super::instant::after;
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_core::autoscaler::hpa::{ConditionStatus, Container, InitContainer, Pod, PodPhase, Requests};
use forescale_kernel::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The pods of the selector, in one of two forms.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum PodsRecord {
    Mix(PodMix),
    Each(Vec<PodRecord>),
}

impl Default for PodsRecord {
    fn default() -> Self {
        Self::Each(Vec::new())
    }
}

impl PodsRecord {
    /// The pods at `now`, whose containers request `resource`.
    pub(super) fn pods(&self, now: Timestamp, resource: &str) -> Result<Vec<Pod>, String> {
        match self {
            Self::Mix(mix) => Ok(mix.pods(now)),
            Self::Each(pods) => pods.iter().map(|pod| pod.pod(now, resource)).collect(),
        }
    }
}

/// Pods in the short form: how many are ready, unready, pending, failed, terminating while ready.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct PodMix(u16, u16, u16, u16, u16);

impl PodMix {
    fn pods(self, now: Timestamp) -> Vec<Pod> {
        let hour_ago = Some(after(now, -3600.0));
        let pod = |name: &str, index: u16, phase, ready| {
            let mut pod = Pod::new(phase, ready);
            pod.name = format!("{name}{index}");
            if phase != PodPhase::Pending {
                (pod.start_time, pod.ready_transition_time) = (hour_ago, hour_ago);
            }
            pod.deletion_timestamp = hour_ago.filter(|_| name == "d");
            pod
        };
        let (yes, no) = (Some(ConditionStatus::True), Some(ConditionStatus::False));
        let groups = [
            (self.0, "r", PodPhase::Running, yes),
            (self.1, "u", PodPhase::Running, no),
            (self.2, "p", PodPhase::Pending, None),
            (self.3, "f", PodPhase::Failed, yes),
            (self.4, "d", PodPhase::Running, yes),
        ];
        let pods = groups.into_iter().flat_map(|(count, name, phase, ready)| {
            (0..count).map(move |index| pod(name, index, phase, ready))
        });
        pods.collect()
    }
}

/// A pod in the long form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PodRecord {
    #[serde(rename = "n")]
    name: String,
    #[serde(default = "running", rename = "ph")]
    phase: String,
    #[serde(default = "ready", rename = "rd")]
    ready: String,
    #[serde(rename = "st")]
    start: Option<f64>,
    #[serde(rename = "tr")]
    transition: Option<f64>,
    #[serde(default)]
    del: bool,
    /// Name and request.
    #[serde(default, rename = "c")]
    containers: Vec<(String, Option<Quantity>)>,
    #[serde(default, rename = "init")]
    init_containers: Vec<InitRecord>,
    #[serde(default, rename = "preq")]
    pod_requests: BTreeMap<String, Quantity>,
}

/// Name and request of an init container, and whether it is a sidecar.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum InitRecord {
    Sidecar(String, Option<Quantity>, bool),
    Once(String, Option<Quantity>),
}

fn running() -> String {
    "Running".to_owned()
}

fn ready() -> String {
    "True".to_owned()
}

impl PodRecord {
    fn pod(&self, now: Timestamp, resource: &str) -> Result<Pod, String> {
        let phase = match self.phase.as_str() {
            "Running" => PodPhase::Running,
            "Pending" => PodPhase::Pending,
            "Failed" => PodPhase::Failed,
            "Succeeded" => PodPhase::Succeeded,
            "Unknown" => PodPhase::Unknown,
            other => return Err(format!("pod phase `{other}`")),
        };
        let ready = match self.ready.as_str() {
            "True" => Some(ConditionStatus::True),
            "False" => Some(ConditionStatus::False),
            "Unknown" => Some(ConditionStatus::Unknown),
            "none" => None,
            other => return Err(format!("ready condition `{other}`")),
        };
        let container = |name: &String, request: &Option<Quantity>| {
            let request = request.iter().map(|request| (resource.to_owned(), request.milli_value()));
            Container { name: name.clone(), requests: request.collect() }
        };
        let mut pod = Pod::new(phase, ready);
        pod.name = self.name.clone();
        pod.start_time = self.start.map(|seconds| after(now, seconds));
        pod.ready_transition_time = self.transition.map(|seconds| after(now, seconds));
        pod.deletion_timestamp = self.del.then_some(now);
        pod.containers = self.containers.iter().map(|(name, request)| container(name, request)).collect();
        pod.init_containers = self
            .init_containers
            .iter()
            .map(|record| {
                let (name, request, is_sidecar) = match record {
                    InitRecord::Sidecar(name, request, is_sidecar) => (name, request, *is_sidecar),
                    InitRecord::Once(name, request) => (name, request, false),
                };
                InitContainer { container: container(name, request), is_sidecar }
            })
            .collect();
        let requests = self.pod_requests.iter().map(|(name, request)| (name.clone(), request.milli_value()));
        pod.requests = requests.collect::<Requests>();
        Ok(pod)
    }
}
