//! What Prometheus and its adapter are told.

use crate::views::FlowLabels;
use forescale_kernel::SimDuration;
use forescale_promql::{Expr, Labels, Selector};

/// An external metric that the adapter serves.
#[derive(Clone, Debug, PartialEq)]
pub struct ExternalMetric {
    /// Its name in `external.metrics.k8s.io`, followed by the selector of the request if it has one ([`external_metric_key`](crate::external_metric_key)).
    pub name: String,
    /// `seriesQuery`: the metric is served while some such series has a recent sample.
    pub series: Selector,
    /// `metricsQuery`, run afresh at each request.
    pub query: Expr,
}

/// The metrics pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TelemetryConfig {
    /// How often each target is scraped; above 0.
    pub scrape_interval: SimDuration,
    /// `--query.lookback-delta`: how old a sample may be and still answer; 5 min.
    pub look_back: SimDuration,
    /// A new target is found after a uniform draw from 0 to this.
    pub discovery_delay: SimDuration,
    /// `--metrics-relist-interval` of the adapter; above 0. 1 min in its chart.
    pub relist_interval: SimDuration,
    /// `--metrics-max-age` of the adapter; the relist interval by default.
    pub max_age: SimDuration,
    /// External metrics by the adapter's rules.
    pub external: Vec<ExternalMetric>,
    /// `model_name` of the model servers.
    pub model_name: String,
    /// `inference_pool` of the EPP's metrics.
    pub inference_pool: String,
    /// Whether `pool_saturation` carries the label `stage`.
    pub splits_stages: bool,
    /// The flows of the gateway, in its order.
    pub flows: Vec<FlowLabels>,
    /// Labels that the scrape of the EPP adds.
    pub epp_target_labels: Vec<(String, String)>,
    /// Labels that the scrape of a model server adds, beside `pod`.
    pub model_server_target_labels: Vec<(String, String)>,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            scrape_interval: SimDuration::from_secs(15),
            look_back: SimDuration::from_secs(300),
            discovery_delay: SimDuration::from_secs(10),
            relist_interval: SimDuration::from_secs(60),
            max_age: SimDuration::from_secs(60),
            external: Vec::new(),
            model_name: String::new(),
            inference_pool: String::new(),
            splits_stages: true,
            flows: Vec::new(),
            epp_target_labels: Vec::new(),
            model_server_target_labels: Vec::new(),
        }
    }
}

impl TelemetryConfig {
    /// All selectors that some query reads.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.external
            .iter()
            .flat_map(|metric| std::iter::once(&metric.series).chain(metric.query.selectors()))
    }

    /// Whether some query may read a metric of this name.
    pub(super) fn selects_name(&self, name: &str) -> bool {
        self.selectors().any(|selector| selector.matches_name(name))
    }

    /// Whether some query reads this series.
    pub(super) fn selects(&self, labels: &Labels) -> bool {
        self.selectors().any(|selector| selector.matches(labels))
    }
}
