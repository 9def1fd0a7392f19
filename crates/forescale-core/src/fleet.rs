//! What the world shows of its parts to other parts.

use crate::autoscaler::MetricsApi;
use crate::autoscaler::hpa::MetricsError;
use crate::autoscaler::hpa::api::LabelSelector;
use crate::gateway::Gateway;
use crate::ids::PodId;
use crate::replica::Replica;
use crate::telemetry::Telemetry;
use crate::views::{GatewayView, MetricsEndpoints, ModelServerMetrics, ModelServerView, ModelServers};
use forescale_kernel::SimTime;

/// The model servers, by pod.
pub(crate) struct Fleet<'a>(pub(crate) &'a mut [Option<Replica>]);

impl ModelServers for Fleet<'_> {
    fn observe(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerView> {
        self.0.get_mut(pod.0 as usize)?.as_mut()?.observe(at)
    }
}

/// All `/metrics` endpoints.
pub(crate) struct Endpoints<'a> {
    pub(crate) replicas: &'a mut [Option<Replica>],
    pub(crate) gateway: &'a Gateway,
}

impl MetricsEndpoints for Endpoints<'_> {
    fn model_server(&mut self, pod: PodId, at: SimTime) -> Option<ModelServerMetrics<'_>> {
        self.replicas.get_mut(pod.0 as usize)?.as_mut()?.scrape(at)
    }

    fn epp(&mut self, at: SimTime) -> GatewayView {
        self.gateway.observe(at, &mut Fleet(self.replicas))
    }
}

/// The metrics APIs at one instant.
pub(crate) struct Metrics<'a> {
    pub(crate) telemetry: &'a Telemetry,
    pub(crate) now: SimTime,
}

impl MetricsApi for Metrics<'_> {
    fn external_metric(
        &self,
        name: &str,
        selector: Option<&LabelSelector>,
    ) -> Result<Vec<i64>, MetricsError> {
        let key = external_metric_key(name, selector);
        let values = self.telemetry.external_metric(self.now, &key);
        values.ok_or_else(|| {
            MetricsError(format!("the server could not find the metric {name} in external.metrics.k8s.io"))
        })
    }
}

/// The name under which telemetry keeps an external metric that is asked for with a selector.
pub fn external_metric_key(name: &str, selector: Option<&LabelSelector>) -> String {
    match selector {
        Some(selector) if *selector != LabelSelector::default() => format!("{name} {selector}"),
        _ => name.to_owned(),
    }
}
