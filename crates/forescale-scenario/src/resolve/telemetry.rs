//! Prometheus, its target labels, and the adapter's rules for what the HPA asks.

use super::Context;
use crate::error::ScenarioError;
use crate::external::{Wanted, external_metric, names};
use crate::manifests::{Manifests, hpa_namespace};
use crate::raw::RawScenario;
use forescale_core::gateway::Release;
use forescale_core::telemetry::{ExternalMetric, TelemetryConfig, check_selector};
use forescale_core::views::FlowLabels;
use forescale_kernel::SimDuration;
use std::collections::BTreeMap;

/// No interval is shorter, so that no run drowns in scrapes.
const SHORTEST: SimDuration = SimDuration::from_ms(100);

/// What metrics call the things that they are about.
pub(super) struct Names {
    pub(super) pool: String,
    pub(super) model: String,
    pub(super) flows: Vec<FlowLabels>,
}

pub(super) fn resolve(
    context: &mut Context<'_>,
    raw: &RawScenario,
    manifests: &Manifests,
    names: Names,
    release: Release,
) -> Result<TelemetryConfig, ScenarioError> {
    let given = &raw.telemetry;
    let adapter = given.prometheus_adapter.as_ref();
    let default = TelemetryConfig::default();
    let positive =
        |context: &Context<'_>, key: &str, value: Option<SimDuration>, default: SimDuration| match value {
            Some(value) if value < SHORTEST => {
                Err(context.error(key, format!("must be at least {SHORTEST}")))
            }
            value => Ok(value.unwrap_or(default)),
        };
    let scrape_interval = positive(
        context,
        "telemetry.scrape_interval",
        given.scrape_interval.map(|d| d.0),
        default.scrape_interval,
    )?;
    let relist = adapter.and_then(|adapter| adapter.metrics_relist_interval).map(|d| d.0);
    let relist_interval = positive(
        context,
        "telemetry.prometheus_adapter.metrics_relist_interval",
        relist,
        default.relist_interval,
    )?;
    let max_age = adapter.and_then(|adapter| adapter.metrics_max_age).map_or(relist_interval, |age| age.0);
    if max_age < relist_interval {
        let message = "must not be shorter than the relist interval; the adapter refuses to start";
        return Err(context.error("telemetry.prometheus_adapter.metrics_max_age", message));
    }
    let mut config = TelemetryConfig {
        scrape_interval,
        look_back: positive(context, "telemetry.look_back", given.look_back.map(|d| d.0), default.look_back)?,
        discovery_delay: default.discovery_delay,
        relist_interval,
        max_age,
        external: Vec::new(),
        model_name: names.model,
        inference_pool: names.pool,
        splits_stages: release.splits_stages(),
        flows: names.flows,
        epp_target_labels: target_labels(context, "telemetry.epp_target_labels", &given.epp_target_labels)?,
        model_server_target_labels: target_labels(
            context,
            "telemetry.model_server_target_labels",
            &given.model_server_target_labels,
        )?,
    };
    config.external = external(context, manifests)?;
    warn_about_selectors(context, &config);
    Ok(config)
}

fn target_labels(
    context: &Context<'_>,
    key: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, ScenarioError> {
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        name.starts_with(is_letter)
            && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
            && !name.starts_with("__")
    };
    match labels.keys().find(|name| !is_name(name)) {
        Some(name) => Err(context.error(key, format!("`{name}` is no name that a target label can have"))),
        None => Ok(labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect()),
    }
}

/// The external metrics that the HPA asks for, by the adapter's rules.
fn external(context: &mut Context<'_>, manifests: &Manifests) -> Result<Vec<ExternalMetric>, ScenarioError> {
    let Some(hpa) = &manifests.hpa else { return Ok(Vec::new()) };
    let Some(adapter) = &manifests.adapter else {
        context.warnings.push("no adapter rules are given, so no external metric has a value".to_owned());
        return Ok(Vec::new());
    };
    let namespace = hpa_namespace(&hpa.object);
    let in_rules = |message: String| ScenarioError::new(&adapter.file, message);
    let mut metrics: Vec<ExternalMetric> = Vec::new();
    for metric in hpa.object.spec.metrics.iter().filter_map(|metric| metric.external.as_ref()) {
        let wanted =
            Wanted { name: &metric.metric.name, selector: metric.metric.selector.as_ref(), namespace };
        match external_metric(&adapter.object, &wanted).map_err(in_rules)? {
            Some(found) if metrics.iter().all(|known| known.name != found.name) => metrics.push(found),
            Some(_) => {}
            None => {
                let served: Result<Vec<String>, String> =
                    adapter.object.external.iter().map(|rule| names(rule).map(|(_, name)| name)).collect();
                let served = match served.map_err(in_rules)?.join(", ") {
                    none if none.is_empty() => "it has no external rules".to_owned(),
                    names => format!("served are {names}"),
                };
                context.warnings.push(format!(
                    "no rule in {} serves the external metric `{}`, so it never has a value; {served}",
                    adapter.file.display(),
                    wanted.name,
                ));
            }
        }
    }
    Ok(metrics)
}

fn warn_about_selectors(context: &mut Context<'_>, config: &TelemetryConfig) {
    for metric in &config.external {
        for selector in std::iter::once(&metric.series).chain(metric.query.selectors()) {
            if let Some(error) = check_selector(selector, config) {
                let warning = format!("external metric `{}` never has a value: {error}", metric.name);
                if !context.warnings.contains(&warning) {
                    context.warnings.push(warning);
                }
            }
        }
    }
}
