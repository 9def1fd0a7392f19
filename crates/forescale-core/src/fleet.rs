//! What the world shows of its parts to other parts.

use crate::autoscaler::MetricsApi;
use crate::autoscaler::hpa::api::LabelSelector;
use crate::autoscaler::hpa::{MetricsError, PodMetric};
use crate::gateway::Gateway;
use crate::ids::PodId;
use crate::replica::Replica;
use crate::telemetry::{Telemetry, Unanswered};
use crate::views::{
    GatewayView, MetricsEndpoints, ModelServerMetrics, ModelServerView, ModelServers, ScaleTargetView,
};
use forescale_kernel::{SimDuration, SimTime};

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

    fn epp(&mut self, at: SimTime, view: &mut GatewayView) {
        self.gateway.observe(at, &mut Fleet(self.replicas), view);
    }

    fn gpu_busy(&mut self, pod: PodId, at: SimTime) -> SimDuration {
        let replica = self.replicas.get_mut(pod.0 as usize).and_then(Option::as_mut);
        replica.map_or(SimDuration::ZERO, |replica| replica.gpu_busy(at))
    }
}

/// The metrics APIs at one instant.
pub(crate) struct Metrics<'a> {
    pub(crate) telemetry: &'a Telemetry,
    pub(crate) target: &'a ScaleTargetView,
    pub(crate) now: SimTime,
}

/// HTTP 500 of the adapter, whatever it was that failed.
const QUERY_FAILED: &str = "Internal error occurred: unable to fetch metrics";

impl Metrics<'_> {
    fn error(unanswered: Unanswered, not_found: String) -> MetricsError {
        MetricsError(match unanswered {
            Unanswered::NotFound => not_found,
            Unanswered::QueryFailed => QUERY_FAILED.to_owned(),
        })
    }
}

impl MetricsApi for Metrics<'_> {
    fn external_metric(
        &self,
        name: &str,
        selector: Option<&LabelSelector>,
    ) -> Result<Vec<i64>, MetricsError> {
        let key = external_metric_key(name, selector);
        let not_found = || format!("the server could not find the metric {name} in external.metrics.k8s.io");
        let values = self.telemetry.external_metric(self.now, &key);
        values.map_err(|unanswered| Self::error(unanswered, not_found()))
    }

    /// The adapter asks Prometheus for the pods that the API server lists, whatever their phase.
    fn pods_metric(
        &self,
        name: &str,
        selector: Option<&LabelSelector>,
    ) -> Result<Vec<PodMetric>, MetricsError> {
        let key = external_metric_key(name, selector);
        let not_found = || format!("the server could not find the metric {name} for pods");
        let values = self.telemetry.pods_metric(self.now, &key);
        let values = values.map_err(|unanswered| Self::error(unanswered, not_found()))?;
        let listed: Vec<String> = self.target.pods.iter().map(|view| view.pod.to_string()).collect();
        let listed = values.into_iter().filter(|(pod, _)| listed.contains(pod));
        Ok(listed.map(|(pod, value_milli)| PodMetric { pod, value_milli }).collect())
    }
}

/// The name under which telemetry keeps an external or custom metric that is asked for with a selector.
pub fn external_metric_key(name: &str, selector: Option<&LabelSelector>) -> String {
    match selector {
        Some(selector) if *selector != LabelSelector::default() => format!("{name} {selector}"),
        _ => name.to_owned(),
    }
}
