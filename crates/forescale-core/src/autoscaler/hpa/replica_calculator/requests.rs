//! What pods request of a resource.

use crate::autoscaler::hpa::{Container, Pod, Requests};
use std::collections::BTreeMap;

/// The requests of all pods, in thousandths (`calculateRequests` in replica_calculator.go, Kubernetes 1.36.2).
///
/// # Errors
/// A pod, whatever its phase, in which a container does not request the resource, or that has no container of that name.
pub(super) fn of_pods<'a>(
    pods: &'a [Pod],
    container: Option<&str>,
    resource: &str,
) -> Result<BTreeMap<&'a str, i64>, String> {
    let request = |pod: &'a Pod| {
        let request = match container {
            None if has_pod_level(pod) => pod_level(pod, resource)
                .ok_or_else(|| format!("missing pod-level request for {resource} in Pod {}", pod.name)),
            None => of_containers(pod, resource),
            Some(name) => of_container(pod, name, resource),
        };
        request.map(|request| (pod.name.as_str(), request))
    };
    pods.iter().map(request).collect()
}

/// Containers, then sidecars.
fn running(pod: &Pod) -> impl Iterator<Item = &Container> {
    let sidecars = pod.init_containers.iter().filter(|init| init.is_sidecar).map(|init| &init.container);
    pod.containers.iter().chain(sidecars)
}

fn one(pod: &Pod, container: &Container, resource: &str) -> Result<i64, String> {
    container.requests.get(resource).copied().ok_or_else(|| {
        format!("missing request for {resource} in container {} of Pod {}", container.name, pod.name)
    })
}

fn of_containers(pod: &Pod, resource: &str) -> Result<i64, String> {
    running(pod).try_fold(0_i64, |sum, container| Ok(sum.wrapping_add(one(pod, container, resource)?)))
}

fn of_container(pod: &Pod, name: &str, resource: &str) -> Result<i64, String> {
    match running(pod).find(|container| container.name == name) {
        Some(container) => one(pod, container, resource),
        None => Err(format!("container {name} not found in Pod {}", pod.name)),
    }
}

/// Whether the pod as a whole requests something that pods can (`IsPodLevelRequestsSet`).
fn has_pod_level(pod: &Pod) -> bool {
    pod.requests.keys().any(|resource| is_pod_level(resource))
}

fn is_pod_level(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}

/// The pod's own request, else what its containers need at any time: all that run beside each other, or an init container
/// with the sidecars before it (`PodRequests` in `k8s.io/component-helpers/resource`, Kubernetes 1.36.2). A container
/// without a request adds nothing. None if nobody requests the resource.
fn pod_level(pod: &Pod, resource: &str) -> Option<i64> {
    if let Some(own) = pod.requests.get(resource).filter(|_| is_pod_level(resource)) {
        return Some(*own);
    }
    let request = |requests: &Requests| requests.get(resource).copied();
    let mut peak = None;
    let mut sidecars = None;
    for init in &pod.init_containers {
        let own = request(&init.container.requests);
        let beside = plus(sidecars, own);
        if init.is_sidecar {
            sidecars = beside;
        }
        peak = peak.max(beside);
    }
    let running = running(pod).fold(None, |sum, container| plus(sum, request(&container.requests)));
    running.max(peak)
}

fn plus(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}
