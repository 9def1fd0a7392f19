//! What one sync sees of the cluster.

use super::Pod;
use super::metrics::MetricsApi;

/// The scale subresource of the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// `spec.replicas`: replicas asked for.
    pub spec_replicas: i32,
    /// `status.replicas`: pods that exist, ready or not.
    pub status_replicas: i32,
}

/// What the controller sees of the cluster at the instant of a sync.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// The scale subresource, or the API server's error.
    pub scale: Result<Scale, String>,
    /// What a write of the scale subresource gives, if one is made.
    pub scale_update: Result<(), String>,
    /// Pods that match the target's selector.
    pub pods: &'a [Pod],
    /// The metrics APIs.
    pub metrics: &'a dyn MetricsApi,
}

impl std::fmt::Debug for dyn MetricsApi + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricsApi")
    }
}

impl<'a> Observed<'a> {
    /// A cluster whose API server answers.
    pub const fn new(scale: Scale, pods: &'a [Pod], metrics: &'a dyn MetricsApi) -> Self {
        Self { scale: Ok(scale), scale_update: Ok(()), pods, metrics }
    }
}
