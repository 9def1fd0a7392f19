//! The metrics that the HPA asks for, by the adapter's rules.

use super::Metrics;
use super::dcgm_exporter::check_metric;
use crate::codes;
use crate::context::{Context, Told};
use crate::external::{Wanted, external_metric, pods_metric, served_names};
use crate::manifests::{Adapter, Manifests, Rule, hpa_namespace};
use forescale_core::autoscaler::hpa::api::MetricIdentifier;
use forescale_core::telemetry::{TelemetryConfig, check_selector};
use forescale_core::views::ModelServerInfo;
use forescale_document::{Diagnostic, Path, Span};
use forescale_promql::{Expr, Selector};

/// What a metric is, by the API that serves it.
#[derive(Clone, Copy)]
enum Api {
    External,
    Pods,
}

impl Api {
    const fn adjective(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Pods => "custom",
        }
    }

    /// The key of its source in the HPA.
    const fn key(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Pods => "pods",
        }
    }

    fn rules(self, adapter: &Adapter) -> &[Rule] {
        match self {
            Self::External => &adapter.external,
            Self::Pods => &adapter.custom,
        }
    }

    /// The query behind a metric.
    fn place(self, adapter: &Adapter, name: &str) -> Span {
        let rule = self.rules(adapter).iter().find(|rule| name.starts_with(rule.name.alias.as_str()));
        rule.and_then(|rule| rule.metrics_query.span()).unwrap_or(adapter.place)
    }
}

/// The metrics that the HPA asks for; those that no rule serves are warned of and left out.
pub(super) fn resolve(context: &mut Context, manifests: &Manifests) -> Told<Metrics> {
    let mut metrics = Metrics { external: Vec::new(), pods: Vec::new() };
    let Some(hpa) = &manifests.hpa else { return Ok(metrics) };
    let Some(adapter) = &manifests.adapter else {
        let message = "no adapter rules are given, so no external or custom metric has a value";
        context.warn(codes::NO_VALUE, None, message);
        return Ok(metrics);
    };
    let namespace = hpa_namespace(&hpa.object);
    for (index, metric) in hpa.object.spec.metrics.iter().enumerate() {
        let external = metric.external.as_ref().map(|source| (Api::External, &source.metric));
        let pods = metric.pods.as_ref().map(|source| (Api::Pods, &source.metric));
        let Some((api, MetricIdentifier { name, selector })) = external.or(pods) else { continue };
        let place = |below: &str| {
            let path = Path::parse(&format!("spec.metrics[{index}].{}.metric.{below}", api.key()));
            path.map_or(hpa.source.place, |path| path.nearest_span(&hpa.source.tree))
        };
        let at = place("selector.matchExpressions");
        let wanted = Wanted { name, selector: selector.as_ref(), namespace, place: at };
        let is_served = match api {
            Api::External => external_metric(context, adapter, &wanted)?.map(|found| {
                if metrics.external.iter().all(|known| known.name != found.name) {
                    metrics.external.push(found);
                }
            }),
            Api::Pods => pods_metric(context, adapter, &wanted)?.map(|found| {
                if metrics.pods.iter().all(|known| known.name != found.name) {
                    metrics.pods.push(found);
                }
            }),
        };
        if is_served.is_none() && !context.report.has_errors() {
            warn_about_name(context, adapter, api, name, place("name"))?;
        }
    }
    let external = metrics.external.iter().map(|it| (Api::External, &it.name, &it.query));
    let pods = metrics.pods.iter().map(|it| (Api::Pods, &it.name, &it.query));
    for (api, name, query) in external.chain(pods) {
        check_metric(context, query.selectors(), Some(api.place(adapter, name)))?;
    }
    Ok(metrics)
}

fn warn_about_name(context: &mut Context, adapter: &Adapter, api: Api, name: &str, span: Span) -> Told<()> {
    let adjective = api.adjective();
    let served = match served_names(context, api.rules(adapter))?.join(", ") {
        none if none.is_empty() => format!("there are no {adjective} rules"),
        names => format!("served are {names}"),
    };
    let message =
        format!("no rule serves the {adjective} metric `{name}`, so it never has a value; {served}");
    let diagnostic = Diagnostic::warning(codes::NO_VALUE, span, message);
    context.report.push(diagnostic.related(adapter.place, "the rules"));
    Ok(())
}

/// Warns of queries that can never select anything.
pub(super) fn warn_about_selectors(
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
    let external = config.external.iter().map(|it| (Api::External, &it.name, &it.series, &it.query));
    let pods = config.pods.iter().map(|it| (Api::Pods, &it.name, &it.series, &it.query));
    let all: Vec<(Api, &String, &Selector, &Expr)> = external.chain(pods).collect();
    for (api, name, series, query) in all {
        for selector in std::iter::once(series).chain(query.selectors()) {
            if let Some(error) = check_selector(selector, config, info) {
                let span = api.place(adapter, name);
                let adjective = api.adjective();
                let message = format!("the {adjective} metric `{name}` never has a value: {error}");
                context.warn(codes::NO_VALUE, span, message);
            }
        }
    }
}
