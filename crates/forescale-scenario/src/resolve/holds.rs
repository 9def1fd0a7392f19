//! What holds of the manifests, once everyone has filled in their defaults.

mod engine;

use crate::manifests::{Manifests, Rule, VllmArgs};
use crate::profile::GpuClass;
use crate::raw::RawGateway;
use crate::settings::{Origin, Setting, of_object};
use crate::text::Duration;
use forescale_core::autoscaler::hpa::api::Spec;
use forescale_core::cluster::ClusterConfig;
use forescale_core::gateway::GatewayConfig;
use forescale_core::replica::ModelServerConfig;
use forescale_core::telemetry::TelemetryConfig;
use forescale_document::{Node, Spanned};
use forescale_promql::Expr;
use std::fmt::Display;

/// What was made of the manifests.
pub(super) struct Resolved<'a> {
    pub(super) manifests: &'a Manifests,
    pub(super) cluster: &'a ClusterConfig,
    pub(super) model_server: &'a ModelServerConfig,
    pub(super) args: Option<&'a VllmArgs>,
    pub(super) gpu_class: Option<GpuClass>,
    pub(super) raw: &'a RawGateway,
    pub(super) gateway: &'a GatewayConfig,
    pub(super) hpa: Option<&'a Spec>,
    pub(super) telemetry: &'a TelemetryConfig,
}

/// Their settings, object by object.
pub(super) fn of_manifests(resolved: &Resolved<'_>) -> Vec<Setting> {
    let mut settings = deployment(resolved);
    if let (ModelServerConfig::Vllm(engine), Some(class)) = (resolved.model_server, resolved.gpu_class) {
        let no_args = VllmArgs::default();
        settings.extend(engine::of_engine(engine, class, resolved.args.unwrap_or(&no_args)));
    }
    settings.extend(gateway(resolved));
    if let (Some(found), Some(spec)) = (&resolved.manifests.hpa, resolved.hpa)
        && let Ok(spec) = serde_json::to_value(spec)
        && let Some(tree) = found.source.tree.get("spec")
    {
        settings.extend(of_object("hpa.spec", &spec, tree, "Kubernetes"));
    }
    settings.extend(metrics(resolved));
    settings
}

/// A value with the node that says it, if one does.
fn setting(path: String, value: impl Display, node: Option<&Node>, default_of: &'static str) -> Setting {
    let origin = node.map_or(Origin::Default(default_of), |node| Origin::Written(node.span));
    Setting { path, value: value.to_string(), origin }
}

fn quoted(value: impl Display) -> String {
    format!("\"{value}\"")
}

fn deployment(resolved: &Resolved<'_>) -> Vec<Setting> {
    let Some(found) = &resolved.manifests.deployment else { return Vec::new() };
    let holds = &resolved.cluster.deployment;
    let tree = &found.source.tree;
    let pod = tree.at("spec.template.spec");
    let container = pod.and_then(|pod| {
        let asks = |container: &&Node| {
            container
                .at("resources.limits")
                .is_some_and(|limits| limits.entries().iter().any(|entry| entry.key.ends_with("/gpu")))
        };
        let containers = pod.get("containers").map(Node::items).unwrap_or_default();
        containers.iter().find(asks).or(containers.first())
    });
    let gpus = container.and_then(|container| container.at("resources.limits")).and_then(|limits| {
        limits.entries().iter().find(|entry| entry.key.ends_with("/gpu")).map(|entry| &entry.node)
    });
    let probe =
        container.and_then(|container| container.get("startupProbe").or(container.get("readinessProbe")));
    let key = |name: &str| format!("deployment.{name}");
    let mut settings = vec![
        setting(key("replicas"), holds.replicas, tree.at("spec.replicas"), "Kubernetes"),
        setting(key("gpus_per_pod"), holds.gpus_per_pod, gpus, "the profile"),
        setting(
            key("termination_grace_period"),
            quoted(holds.termination_grace_period),
            pod.and_then(|pod| pod.get("terminationGracePeriodSeconds")),
            "Kubernetes",
        ),
        setting(
            key("pre_stop"),
            quoted(holds.pre_stop),
            container.and_then(|container| container.at("lifecycle.preStop")),
            "Kubernetes",
        ),
    ];
    if let Some(holds) = &holds.probe {
        let of_probe = |name: &str| probe.and_then(|probe| probe.get(name));
        settings.push(setting(
            key("probe.initial_delay"),
            quoted(holds.initial_delay),
            of_probe("initialDelaySeconds"),
            "Kubernetes",
        ));
        settings.push(setting(
            key("probe.period"),
            quoted(holds.period),
            of_probe("periodSeconds"),
            "Kubernetes",
        ));
    }
    settings
}

fn gateway(resolved: &Resolved<'_>) -> Vec<Setting> {
    let Some(found) = &resolved.manifests.endpoint_picker else { return Vec::new() };
    let tree = &found.source.tree;
    let holds = resolved.gateway;
    let mut settings = Vec::new();
    let gates = tree.get("featureGates");
    let is_on = holds.flow_control.is_some();
    settings.push(setting("gateway.flowControl".to_owned(), is_on, gates, "the EPP"));
    let detector = &holds.detector;
    let parameters = tree.get("plugins").map(Node::items).unwrap_or_default().iter().find_map(|plugin| {
        let is_detector = plugin.get("type").and_then(Node::text) == Some("utilization-detector");
        plugin.get("parameters").filter(|_| is_detector)
    });
    let parameter = |name: &str| parameters.and_then(|parameters| parameters.get(name));
    for (name, value) in [
        ("queueDepthThreshold", detector.queue_depth_threshold.to_string()),
        ("kvCacheUtilThreshold", detector.kv_cache_util_threshold.to_string()),
        ("metricsStalenessThreshold", quoted(detector.metrics_staleness_threshold)),
    ] {
        settings.push(setting(
            format!("gateway.saturationDetector.{name}"),
            value,
            parameter(name),
            "the EPP",
        ));
    }
    if let Some(control) = &holds.flow_control {
        let section = tree.get("flowControl");
        let of = |name: &str| section.and_then(|section| section.get(name));
        for (name, value, of_scenario) in [
            ("maxRequests", control.max_requests.to_string(), None),
            ("maxBytes", control.max_bytes.to_string(), None),
            ("defaultRequestTTL", quoted(control.default_request_ttl), resolved.raw.default_request_ttl),
            (
                "noEndpointRequestTTL",
                quoted(control.no_endpoint_request_ttl),
                resolved.raw.no_endpoint_request_ttl,
            ),
        ] {
            let mut limit = setting(format!("gateway.flowControl.{name}"), value, of(name), "the EPP");
            if let Some(span) = of_scenario.and_then(|limit: Spanned<Duration>| limit.span()) {
                limit.origin = Origin::Written(span);
            }
            settings.push(limit);
        }
    }
    let profile = tree.get("schedulingProfiles");
    for (scorer, weight) in &holds.scorers {
        settings.push(setting(format!("gateway.scorers.{}", scorer.name()), weight, profile, "the EPP"));
    }
    settings
}

fn metrics(resolved: &Resolved<'_>) -> Vec<Setting> {
    let Some(adapter) = &resolved.manifests.adapter else { return Vec::new() };
    let setting = |rules: &[Rule], api: &str, name: &str, query: &Expr| {
        let rule = rules.iter().find(|rule| name.starts_with(rule.name.alias.as_str()));
        let span = rule.and_then(|rule| rule.metrics_query.span()).unwrap_or(adapter.place);
        Setting {
            path: format!("metrics.{api}.{name}"),
            value: format!("{:?}", query.to_string()),
            origin: Origin::Written(span),
        }
    };
    let telemetry = resolved.telemetry;
    let external = telemetry.external.iter();
    let external = external.map(|it| setting(&adapter.external, "external", &it.name, &it.query));
    let pods = telemetry.pods.iter().map(|it| setting(&adapter.custom, "pods", &it.name, &it.query));
    external.chain(pods).collect()
}
