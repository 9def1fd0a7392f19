//! Prometheus, its target labels, and the adapter's rules for what the HPA asks.

use crate::codes;
use crate::context::{Context, Told};
use crate::external::{Wanted, external_metric, served_names};
use crate::manifests::{Manifests, hpa_namespace, scrape_interval};
use crate::raw::{Map, RawScenario};
use crate::text::Duration;
use forescale_core::gateway::Release;
use forescale_core::telemetry::{ExternalMetric, TelemetryConfig, check_selector};
use forescale_core::views::{FlowLabels, ModelServerInfo};
use forescale_document::{Code, Path, Spanned};
use forescale_kernel::SimDuration;

/// No interval is shorter, so that no run drowns in scrapes.
const SHORTEST: SimDuration = SimDuration::from_ms(100);

/// What metrics call the things that they are about.
pub(super) struct Names {
    pub(super) pool: String,
    pub(super) model: String,
    pub(super) flows: Vec<FlowLabels>,
    pub(super) model_server: ModelServerInfo,
}

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawScenario,
    manifests: &Manifests,
    names: Names,
    release: Release,
) -> Told<TelemetryConfig> {
    let given = &raw.telemetry;
    let adapter = &given.prometheus_adapter;
    let default = TelemetryConfig::default();
    let scrape = scrape(context, given.scrape_interval, manifests, default.scrape_interval);
    let look_back = at_least(context, "telemetry.look_back", given.look_back);
    let relist = at_least(
        context,
        "telemetry.prometheus_adapter.metrics_relist_interval",
        adapter.metrics_relist_interval,
    );
    let max_age = match adapter.metrics_max_age {
        Some(age) if age.0 < adapter.metrics_relist_interval.0 => {
            let message = "`metrics_max_age` must not be shorter than the relist interval; the adapter refuses to start";
            let diagnostic = context.error(Code::CONTRADICTION, age.span(), message);
            context.fail(diagnostic.related(adapter.metrics_relist_interval.span(), "the relist interval"))
        }
        Some(age) => Ok(age.0),
        None => Ok(adapter.metrics_relist_interval.0),
    };
    let epp_labels = target_labels(context, "telemetry.epp_target_labels", &given.epp_target_labels);
    let server_labels =
        target_labels(context, "telemetry.model_server_target_labels", &given.model_server_target_labels);
    let external = external(context, manifests);
    let config = TelemetryConfig {
        scrape_interval: scrape?,
        look_back: look_back?,
        discovery_delay: default.discovery_delay,
        relist_interval: relist?,
        max_age: max_age?,
        external: external?,
        model_name: names.model,
        inference_pool: names.pool,
        splits_stages: release.splits_stages(),
        flows: names.flows,
        epp_target_labels: epp_labels?,
        model_server_target_labels: server_labels?,
    };
    warn_about_selectors(context, manifests, &config, &names.model_server);
    Ok(config)
}

fn at_least(context: &mut Context, key: &str, value: Spanned<Duration>) -> Told<SimDuration> {
    match value.0 < SHORTEST {
        true => {
            let message = format!("`{key}` must be at least {SHORTEST}");
            context.fail(context.error(Code::OUT_OF_RANGE, value.span(), message))
        }
        false => Ok(value.0),
    }
}

/// The scenario's interval, else the monitors', else the default.
fn scrape(
    context: &mut Context,
    given: Option<Spanned<Duration>>,
    manifests: &Manifests,
    default: SimDuration,
) -> Told<SimDuration> {
    let monitored = scrape_interval(context, manifests)?;
    match (given, monitored) {
        (Some(given), Some((interval, place))) if given.0 != interval => {
            let message = format!(
                "`telemetry.scrape_interval` is {}, a monitor among the manifests says {interval}",
                given.0
            );
            let diagnostic = context.error(Code::CONTRADICTION, given.span(), message);
            context.fail(diagnostic.related(place, "the other interval"))
        }
        (Some(given), _) => at_least(context, "telemetry.scrape_interval", given),
        (None, Some((interval, place))) if interval < SHORTEST => {
            let message = format!("an interval of less than {SHORTEST} is not simulated");
            context.fail(context.error(codes::NOT_SIMULATED, place, message))
        }
        (None, Some((interval, _))) => Ok(interval),
        (None, None) => Ok(default),
    }
}

fn target_labels(
    context: &mut Context,
    key: &str,
    labels: &Map<String, String>,
) -> Told<Vec<(String, String)>> {
    let is_name = |name: &str| {
        let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        name.starts_with(is_letter)
            && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
            && !name.starts_with("__")
    };
    let mut is_fine = Ok(());
    for name in labels.keys().filter(|name| !is_name(name)) {
        let message = format!("`{}` in `{key}` is no name that a target label can have", name.as_str());
        let diagnostic = context.error(Code::WRONG_VALUE, name.span(), message);
        is_fine =
            context.fail(diagnostic.help("letters, digits and `_`, not beginning with a digit or `__`"));
    }
    is_fine.map(|()| labels.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
}

/// The external metrics that the HPA asks for, by the adapter's rules.
fn external(context: &mut Context, manifests: &Manifests) -> Told<Vec<ExternalMetric>> {
    let Some(hpa) = &manifests.hpa else { return Ok(Vec::new()) };
    let Some(adapter) = &manifests.adapter else {
        let message = "no adapter rules are given, so no external metric has a value";
        context.warn(codes::NO_VALUE, None, message);
        return Ok(Vec::new());
    };
    let namespace = hpa_namespace(&hpa.object);
    let mut metrics: Vec<ExternalMetric> = Vec::new();
    for (index, metric) in hpa.object.spec.metrics.iter().enumerate() {
        let Some(metric) = &metric.external else { continue };
        let path = Path::parse(&format!("spec.metrics[{index}].external.metric.selector.matchExpressions"));
        let place = path.map_or(hpa.source.place, |path| path.nearest_span(&hpa.source.tree));
        let wanted =
            Wanted { name: &metric.metric.name, selector: metric.metric.selector.as_ref(), namespace, place };
        match external_metric(context, adapter, &wanted)? {
            Some(found) if metrics.iter().all(|known| known.name != found.name) => metrics.push(found),
            Some(_) => {}
            None if context.report.has_errors() => {}
            None => {
                let served = match served_names(context, adapter)?.join(", ") {
                    none if none.is_empty() => "there are no external rules".to_owned(),
                    names => format!("served are {names}"),
                };
                let message = format!(
                    "no rule serves the external metric `{}`, so it never has a value; {served}",
                    wanted.name
                );
                let path = Path::parse(&format!("spec.metrics[{index}].external.metric.name"));
                let span = path.map_or(hpa.source.place, |path| path.nearest_span(&hpa.source.tree));
                let place = adapter.place;
                let diagnostic = forescale_document::Diagnostic::warning(codes::NO_VALUE, span, message);
                context.report.push(diagnostic.related(place, "the rules"));
            }
        }
    }
    Ok(metrics)
}

fn warn_about_selectors(
    context: &mut Context,
    manifests: &Manifests,
    config: &TelemetryConfig,
    info: &ModelServerInfo,
) {
    let Some(adapter) = &manifests.adapter else { return };
    // With mistakes elsewhere nobody knows which series there will be.
    if context.report.has_errors() {
        return;
    }
    for metric in &config.external {
        for selector in std::iter::once(&metric.series).chain(metric.query.selectors()) {
            if let Some(error) = check_selector(selector, config, info) {
                let rule =
                    adapter.external.iter().find(|rule| metric.name.starts_with(rule.name.alias.as_str()));
                let span = rule.and_then(|rule| rule.metrics_query.span()).unwrap_or(adapter.place);
                let message = format!("the external metric `{}` never has a value: {error}", metric.name);
                context.warn(codes::NO_VALUE, span, message);
            }
        }
    }
}
