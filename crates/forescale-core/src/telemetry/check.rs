//! Selectors that no target can ever match.

use super::config::TelemetryConfig;
use super::exposition;
use crate::views::{FlowView, GatewayView, ModelServerView};
use forescale_promql::{Labels, METRIC_NAME, Matcher, Selector};

/// A selector that will never select anything, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// No target exposes such a metric.
    #[error("no simulated target exposes a metric `{metric}`; known are {}", known.join(", "))]
    UnknownMetric {
        /// The metric's name.
        metric: String,
        /// All names that are exposed.
        known: Vec<String>,
    },
    /// The metric never has a label that meets this matcher.
    #[error("`{metric}` never has a label that matches `{matcher}`; {found}")]
    NeverMatches {
        /// The metric's name.
        metric: String,
        /// The matcher, as in PromQL.
        matcher: String,
        /// What the label is instead.
        found: String,
    },
}

/// All series that could ever be exposed, with the pod's name left open.
fn possible_series(config: &TelemetryConfig) -> Vec<Labels> {
    let flow = FlowView {
        queue_size: Some(0),
        queue_bytes: Some(0),
        request_running: Some(0),
        request_total: Some(0),
        request_errors: vec![("ModelServerError", 1), ("ResourceExhausted", 1), ("ServiceUnavailable", 1)],
    };
    let gateway = GatewayView {
        flows: vec![flow; config.flows.len()],
        pool_saturation: Some(0.0),
        has_candidates: true,
    };
    let mut series = exposition::epp(&gateway, config);
    series.extend(exposition::model_server(&ModelServerView::default(), "", config));
    series.into_iter().map(|(labels, _)| labels).collect()
}

/// Finds why a selector can never select anything; `None` if it can.
pub fn check_selector(selector: &Selector, config: &TelemetryConfig) -> Option<SelectorError> {
    let series = possible_series(config);
    let is_named = |labels: &&Labels| {
        let mut names = selector.matchers().iter().filter(|matcher| matcher.name == METRIC_NAME);
        names.all(|matcher| matcher.matches(labels.metric_name()))
    };
    let named: Vec<&Labels> = series.iter().filter(is_named).collect();
    let metric = selector.metric_name().map_or_else(|| selector.to_string(), str::to_owned);
    if named.is_empty() {
        let mut known: Vec<String> = series.iter().map(|labels| labels.metric_name().to_owned()).collect();
        known.sort_unstable();
        known.dedup();
        return Some(SelectorError::UnknownMetric { metric, known });
    }
    let hits = |labels: &Labels, matcher: &Matcher| {
        let is_pod = matcher.name == exposition::POD && labels.metric_name().starts_with("vllm:");
        is_pod || matcher.matches(labels.get(&matcher.name))
    };
    let never = |matcher: &&Matcher| !named.iter().any(|labels| hits(labels, matcher));
    let matcher = selector.matchers().iter().find(never)?;
    let mut values: Vec<&str> = named.iter().map(|labels| labels.get(&matcher.name)).collect();
    values.sort_unstable();
    values.dedup();
    let found = match values.as_slice() {
        [""] => {
            let names: Vec<&str> =
                named.iter().flat_map(|labels| labels.iter().map(|(name, _)| name)).collect();
            let mut names: Vec<&str> = names.into_iter().filter(|name| *name != METRIC_NAME).collect();
            names.sort_unstable();
            names.dedup();
            format!("its labels are {}", names.join(", "))
        }
        values => format!("`{}` is {}", matcher.name, values.join(" or ")),
    };
    Some(SelectorError::NeverMatches { metric, matcher: matcher.to_string(), found })
}
