//! What Prometheus and its adapter are told.

use super::dcgm_exporter::DcgmExporter;
use super::exposition::dcgm_exporter;
use super::outage::Outage;
use super::rules::RuleGroup;
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

/// A custom metric that the adapter serves per pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodsMetric {
    /// Its name in `custom.metrics.k8s.io`, with the request's selector as in [`ExternalMetric::name`].
    pub name: String,
    /// `seriesQuery`, of series that belong to a pod: the metric is served while some such series has a recent sample.
    pub series: Selector,
    /// `metricsQuery` without its matcher of pod names, run afresh at each request; each sample of its answer is one pod's.
    pub query: Expr,
    /// The label that holds the pod's name.
    pub pod_label: String,
}

/// The metrics pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TelemetryConfig {
    /// How often each target is scraped, where its monitor does not say it; above 0.
    pub scrape_interval: SimDuration,
    /// How often each model server is scraped; above 0. As all targets if `None`.
    pub model_server_scrape_interval: Option<SimDuration>,
    /// How often each exporter of GPU metrics is scraped; above 0. As all targets if `None`.
    pub dcgm_exporter_scrape_interval: Option<SimDuration>,
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
    /// Custom metrics of pods by the adapter's rules.
    pub pods: Vec<PodsMetric>,
    /// Recording rules. Those that no metric is made of are not evaluated.
    pub rule_groups: Vec<RuleGroup>,
    /// When metrics have no answer.
    pub outages: Vec<Outage>,
    /// The exporter of GPU metrics on each node.
    pub dcgm_exporter: DcgmExporter,
    /// Whether there is an EPP to scrape.
    pub has_epp: bool,
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
            model_server_scrape_interval: None,
            dcgm_exporter_scrape_interval: None,
            look_back: SimDuration::from_secs(300),
            discovery_delay: SimDuration::from_secs(10),
            relist_interval: SimDuration::from_secs(60),
            max_age: SimDuration::from_secs(60),
            external: Vec::new(),
            pods: Vec::new(),
            rule_groups: Vec::new(),
            outages: Vec::new(),
            dcgm_exporter: DcgmExporter::default(),
            has_epp: true,
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
    /// All selectors that the adapter's queries read.
    fn asked(&self) -> impl Iterator<Item = &Selector> {
        let external = self.external.iter().map(|metric| (&metric.series, &metric.query));
        let pods = self.pods.iter().map(|metric| (&metric.series, &metric.query));
        external.chain(pods).flat_map(|(series, query)| std::iter::once(series).chain(query.selectors()))
    }

    /// All selectors that some query or rule reads.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let rules = self.rule_groups.iter().flat_map(|group| &group.rules);
        self.asked().chain(rules.flat_map(|rule| rule.expr.selectors()))
    }

    /// Drops the recording rules that no query is made of, neither by itself nor through another rule.
    pub(super) fn drop_idle_rules(&mut self) {
        let rules = |config: &Self| {
            let rules = config.rule_groups.iter().flat_map(|group| &group.rules);
            rules.map(|rule| rule.record.clone()).collect::<Vec<_>>()
        };
        let mut needed: Vec<String> = Vec::new();
        loop {
            let is_read = |name: &String| {
                let of_rules = self.rule_groups.iter().flat_map(|group| &group.rules);
                let of_rules = of_rules.filter(|rule| needed.contains(&rule.record));
                let read = of_rules.flat_map(|rule| rule.expr.selectors());
                self.asked().chain(read).any(|selector| selector.matches_name(name))
            };
            let more: Vec<String> =
                rules(self).into_iter().filter(|name| !needed.contains(name) && is_read(name)).collect();
            if more.is_empty() {
                break;
            }
            needed.extend(more);
        }
        for group in &mut self.rule_groups {
            group.rules.retain(|rule| needed.contains(&rule.record));
        }
        self.rule_groups.retain(|group| !group.rules.is_empty());
    }

    /// Whether some query or rule reads GPU utilization.
    pub fn reads_gpus(&self) -> bool {
        !dcgm_exporter(&self.dcgm_exporter, "", &|name| self.selects_name(name)).is_empty()
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
