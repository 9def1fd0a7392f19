//! Labels that targets must have for the HPA's queries to find them.

use crate::context::Context;
use crate::examine::Examined;
use crate::external::{Wanted, external_metric};
use crate::manifests::hpa_namespace;
use forescale_promql::{METRIC_NAME, MatchOp, Selector};
use std::collections::BTreeMap;

/// Labels that the exporters set themselves; all others come with the scrape.
const OWN: [&str; 18] = [
    METRIC_NAME,
    "inference_pool",
    "stage",
    "fairness_id",
    "priority",
    "model_name",
    "target_model_name",
    "error_code",
    "engine",
    "finished_reason",
    "reason",
    "source",
    "sleep_state",
    "block_size",
    "num_gpu_blocks",
    "enable_prefix_caching",
    "pod",
    "le",
];

/// Target labels, and the pool that the queries name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TargetLabels {
    pub(super) epp: BTreeMap<String, String>,
    pub(super) model_servers: BTreeMap<String, String>,
    pub(super) inference_pool: Option<String>,
}

impl TargetLabels {
    /// What the queries behind the HPA's metrics ask for; every target is in this namespace.
    pub(super) fn of(examined: &Examined, namespace: &str) -> Self {
        let own = BTreeMap::from([("namespace".to_owned(), namespace.to_owned())]);
        let mut labels = Self { epp: own.clone(), model_servers: own, inference_pool: None };
        let Some(adapter) = &examined.manifests.adapter else { return labels };
        for hpa in &examined.hpas {
            let external = hpa.object.spec.metrics.iter().filter_map(|metric| metric.external.as_ref());
            for metric in external.map(|external| &external.metric) {
                let namespace = hpa_namespace(&hpa.object);
                let place = hpa.source.place;
                let wanted =
                    Wanted { name: &metric.name, selector: metric.selector.as_ref(), namespace, place };
                if let Ok(Some(metric)) = external_metric(&mut Context::default(), adapter, &wanted) {
                    metric.query.selectors().for_each(|selector| labels.take(selector));
                }
            }
        }
        labels
    }

    fn take(&mut self, selector: &Selector) {
        let is_server = selector.metric_name().is_some_and(|name| name.starts_with("vllm:"));
        for matcher in selector.matchers() {
            let is_equal = matches!(matcher.op, MatchOp::Equal) && !matcher.value.is_empty();
            if is_equal && matcher.name == "inference_pool" {
                self.inference_pool.get_or_insert_with(|| matcher.value.clone());
            }
            if is_equal && !OWN.contains(&matcher.name.as_str()) {
                let target = if is_server { &mut self.model_servers } else { &mut self.epp };
                target.insert(matcher.name.clone(), matcher.value.clone());
            }
        }
    }
}
