//! Manifests alone: what they hold, and whether Kubernetes and the other components would take them.

use crate::codes;
use crate::context::Context;
use crate::external::names;
use crate::manifests::{Found, Manifests, Object, Survey, VllmArgs, check_selections, scrape_intervals};
use crate::manifests::{WaitingLimits, survey, typed};
use crate::resolve::{check_metrics, check_target, place, reject};
use forescale_core::autoscaler::hpa::FeatureGates;
use forescale_core::autoscaler::hpa::api::{HorizontalPodAutoscaler, MetricSourceType, MetricSpec};
use forescale_core::gateway::Release;
use forescale_document::{Diagnostic, SourceId, Sources, Span};
use std::path::PathBuf;

/// Manifests that were read and checked, as far as they could be.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    pub(crate) survey: Survey,
    /// The files, by their names.
    sources: Sources,
    pub(crate) manifests: Manifests,
    /// All of them; one is simulated.
    pub(crate) hpas: Vec<Found<HorizontalPodAutoscaler>>,
    /// The model server's.
    pub(crate) args: Option<VllmArgs>,
}

impl Examined {
    /// The name of a file that was read.
    pub(crate) fn file(&self, source: SourceId) -> &str {
        self.sources.name(source)
    }

    /// Whether a simulation reads this object.
    pub(crate) fn reads(&self, object: &Object) -> bool {
        let manifests = &self.manifests;
        let deployment = manifests.deployment.iter().map(|found| found.source.place);
        let hpas = self.hpas.iter().map(|found| found.source.place);
        let picker = manifests.endpoint_picker.iter().map(|found| found.source.place);
        let services = manifests.services.iter().map(|found| found.source.place);
        let monitors = manifests.monitors.iter().map(|found| found.source.place);
        let rules = manifests.adapter.iter().map(|adapter| adapter.place);
        let recording = manifests.rules.iter().map(|found| found.source.place);
        let is_within = |place: Span| {
            let data = object.tree.get("data").map(|data| data.span);
            let is_in = |data: Span| {
                data.source == place.source && data.start <= place.start && place.start < data.end
            };
            object.kind == "ConfigMap" && data.is_some_and(is_in)
        };
        let mut all = deployment
            .chain(hpas)
            .chain(picker)
            .chain(services)
            .chain(monitors)
            .chain(rules)
            .chain(recording);
        all.any(|place| place == object.place || is_within(place))
    }
}

/// Reads and checks manifests; the report has all that is wrong with them, and what is valid but not simulated yet as errors of
/// [`codes::NOT_SIMULATED`].
pub(crate) fn examine(context: &mut Context, paths: &[PathBuf]) -> Examined {
    let survey = survey(context, paths);
    let (mut manifests, _) = Manifests::read_what_can_be(context, survey.objects.clone());
    for values in &survey.values {
        manifests.read_adapter_values(context, values).unwrap_or(());
    }
    check_selections(context, &manifests);
    scrape_intervals(context, &manifests).ok();
    let mut hpas = Vec::new();
    for object in survey.objects.iter().filter(|object| object.kind == "HorizontalPodAutoscaler") {
        if let Ok(hpa) = typed(context, object.clone()) {
            check_hpa(context, &hpa, &manifests);
            hpas.push(hpa);
        }
    }
    let args = check_server(context, &manifests);
    if let Some(found) = &manifests.endpoint_picker {
        found.resolve(context, Release::default(), &WaitingLimits::default()).ok();
    }
    if let Some(adapter) = manifests.adapter.clone() {
        for rule in &adapter.external {
            names(context, rule).ok();
        }
        if !context.report.has_errors() {
            check_metrics(context, &manifests);
        }
    }
    Examined { sources: context.report.sources.clone(), survey, manifests, hpas, args }
}

fn not_yet(context: &mut Context, span: Span, what: &str) {
    context.report.push(Diagnostic::error(codes::NOT_SIMULATED, span, format!("not simulated yet: {what}")));
}

/// The metric's name, whatever type it is of.
fn metric_name(metric: &MetricSpec) -> &str {
    let object = metric.object.as_ref().map(|source| &source.metric.name);
    let pods = metric.pods.as_ref().map(|source| &source.metric.name);
    let external = metric.external.as_ref().map(|source| &source.metric.name);
    let resource = metric.resource.as_ref().map(|source| &source.name);
    let container = metric.container_resource.as_ref().map(|source| &source.name);
    object.or(pods).or(external).or(resource).or(container).map_or("", String::as_str)
}

fn check_hpa(context: &mut Context, found: &Found<HorizontalPodAutoscaler>, manifests: &Manifests) {
    let hpa = &found.object;
    let gates = FeatureGates { hpa_scale_to_zero: true, ..FeatureGates::default() };
    let errors = hpa.validate(gates);
    reject(context, found, &errors);
    if errors.is_empty() && !hpa.validate(FeatureGates::default()).is_empty() {
        let message = "`minReplicas: 0` is accepted only with the feature gate HPAScaleToZero";
        context.warn(codes::REJECTED, place(found, "spec.minReplicas"), message);
    }
    check_target(context, found, manifests).unwrap_or(());
    for (index, metric) in hpa.spec.metrics.iter().enumerate() {
        let source = &metric.source_type;
        if errors.is_empty() && ![MetricSourceType::External, MetricSourceType::Pods].contains(source) {
            let span = place(found, &format!("spec.metrics[{index}].type"));
            let name = metric_name(metric);
            not_yet(
                context,
                span,
                &format!("metric `{name}` of type {}; External and Pods metrics are", source.as_str()),
            );
        }
    }
    if errors.is_empty() && hpa.spec.metrics.is_empty() {
        let what = "an HPA without metrics, for which Kubernetes takes 80 % of the CPU request; External and Pods metrics are";
        not_yet(context, place(found, "spec"), what);
    }
}

fn check_server(context: &mut Context, manifests: &Manifests) -> Option<VllmArgs> {
    let found = manifests.deployment.as_ref()?;
    let deployment = &found.object;
    deployment.check(context, found.source.place).ok()?;
    let server = deployment.server(context).ok()?;
    server.gpus(context).ok();
    server.pre_stop_seconds(context, deployment.grace_period_seconds()).ok();
    let words = server.command_line(context).ok()?;
    VllmArgs::parse(context, &words).ok()
}
