//! What ServiceMonitors, PodMonitors and Services select.

use super::metadata::{Labels, selects};
use super::monitor::Endpoint;
use super::{Found, Manifests, Monitor, Service};
use crate::codes;
use crate::context::Context;
use forescale_document::Diagnostic;

/// Where the exporter's pods get their `app.kubernetes.io/name` from, and what it is: NVIDIA's chart, NVIDIA's GPU operator, GKE.
pub(super) const DCGM_EXPORTERS: [&str; 3] =
    ["dcgm-exporter", "nvidia-dcgm-exporter", "gke-managed-dcgm-exporter"];
pub(super) const NAME_LABEL: &str = "app.kubernetes.io/name";
const DCGM_PORT: u16 = 9400;

/// Tells of selectors that select nothing of what is there.
pub(crate) fn check_selections(context: &mut Context, manifests: &Manifests) {
    for service in &manifests.services {
        check_service(context, manifests, service);
    }
    for monitor in &manifests.monitors {
        check_monitor(context, manifests, monitor);
    }
}

fn in_words(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { "no labels".to_owned() } else { pairs.join(",") }
}

/// Whether `namespaces` of a monitor reach an object; without a namespace of its own it may be applied to any.
pub(super) fn reaches(monitor: &Monitor, namespace: Option<&str>) -> bool {
    let names = &monitor.spec.namespace_selector.match_names;
    let own = monitor.metadata.namespace.as_ref().map(|own| own.as_str());
    match namespace {
        None => true,
        Some(_) if monitor.spec.namespace_selector.any => true,
        Some(namespace) if names.is_empty() => own.is_none_or(|own| own == namespace),
        Some(namespace) => names.iter().any(|name| name == namespace),
    }
}

fn check_monitor(context: &mut Context, manifests: &Manifests, found: &Found<Monitor>) {
    let monitor = &found.object;
    if let Some(expression) = monitor.spec.selector.match_expressions.first() {
        let message = "matchExpressions of a monitor's selector are not simulated yet";
        let diagnostic = context.error(codes::NOT_SIMULATED, expression.span(), message);
        context.report.push(diagnostic.help("write `matchLabels`"));
        return;
    }
    for endpoint in monitor.endpoints() {
        for (key, relabeling) in
            [("relabelings", &endpoint.relabelings), ("metricRelabelings", &endpoint.metric_relabelings)]
        {
            if let Some(relabeling) = relabeling {
                let message = format!("{key} of a {} are not simulated yet", monitor.kind);
                let diagnostic = context.error(codes::NOT_SIMULATED, relabeling.key_span(), message);
                context.report.push(diagnostic);
            }
        }
    }
    match monitor.kind.as_str() {
        "ServiceMonitor" => check_services(context, manifests, found),
        _ => check_pods(context, manifests, found),
    }
}

fn check_services(context: &mut Context, manifests: &Manifests, found: &Found<Monitor>) {
    let monitor = &found.object;
    let wanted = &monitor.spec.selector.match_labels;
    let in_reach: Vec<&Found<Service>> = manifests
        .services
        .iter()
        .filter(|service| {
            reaches(monitor, service.object.metadata.namespace.as_ref().map(|namespace| namespace.as_str()))
        })
        .collect();
    let mut selected =
        in_reach.iter().filter(|service| selects(wanted, &service.object.metadata.labels)).peekable();
    if selected.peek().is_none() {
        // A Service that stands for pods of these labels is what its writer had in mind.
        let meant = in_reach
            .iter()
            .find(|service| !wanted.is_empty() && selects(wanted, &service.object.spec.selector));
        // Any other may be there for something else, unless it is the model server's.
        let is_servers = |service: &&&Found<Service>| {
            let deployment = manifests.deployment.as_ref();
            let selector = &service.object.spec.selector;
            in_reach.len() == 1
                && deployment.is_none_or(|deployment| selects(selector, deployment.object.pod_labels()))
        };
        if let Some(service) = meant.or(in_reach.first().filter(is_servers)) {
            let diagnostic = no_service(context, monitor, service, meant.is_some());
            context.report.push(diagnostic);
        } else if let Some(first) = in_reach.first() {
            // The Service may come from a chart that is not among the manifests.
            let message = format!(
                "ServiceMonitor `{}` selects Services with {}, and none of the {} Services in its reach has these labels",
                monitor.metadata.name(),
                in_words(wanted),
                in_reach.len()
            );
            let span = monitor.spec.selector.key_span();
            let diagnostic = Diagnostic::warning(codes::SELECTS_NOTHING, span, message);
            context.report.push(diagnostic.related(first.source.place, "the first of them"));
        }
        return;
    }
    let ports: Vec<&Option<String>> =
        selected.flat_map(|service| service.object.spec.ports.iter().map(|port| &port.name)).collect();
    for endpoint in monitor.endpoints() {
        if let Some(port) = &endpoint.port
            && !ports.iter().any(|name| name.as_deref() == Some(port.as_str()))
        {
            let names: Vec<&str> = ports.iter().filter_map(|name| name.as_deref()).collect();
            let message = format!(
                "ServiceMonitor `{}` scrapes the port `{}`, which no Service that it selects has",
                monitor.metadata.name(),
                port.as_str()
            );
            let diagnostic = context.error(codes::SELECTS_NOTHING, port.span(), message);
            context.report.push(diagnostic.help(match names.as_slice() {
                [] => format!("give the Service's port that name: `name: {}`", port.as_str()),
                names => format!("their ports are called {}", names.join(", ")),
            }));
        }
    }
}

fn no_service(context: &Context, monitor: &Monitor, service: &Found<Service>, is_meant: bool) -> Diagnostic {
    let wanted = in_words(&monitor.spec.selector.match_labels);
    let object = &service.object;
    let name = object.metadata.name();
    let message = format!(
        "ServiceMonitor `{}` selects Services with {wanted}, and Service `{name}` has {}, so it scrapes nothing",
        monitor.metadata.name(),
        in_words(&object.metadata.labels)
    );
    let span = monitor.spec.selector.key_span();
    let diagnostic = context.error(codes::SELECTS_NOTHING, span, message);
    let label = match is_meant {
        true => "this Service selects pods with these labels, but has them not itself",
        false => "the only Service in reach",
    };
    let unnamed = |endpoint: &&Endpoint| {
        let names = object.spec.ports.iter().filter_map(|port| port.name.as_deref());
        endpoint.port.as_ref().is_some_and(|wanted| !names.into_iter().any(|name| name == wanted.as_str()))
    };
    let port = monitor.endpoints().iter().find(unnamed).and_then(|endpoint| endpoint.port.as_ref());
    let port = port.map(|port| format!(", and name its port: `name: {}`", port.as_str())).unwrap_or_default();
    let labels: Vec<String> =
        monitor.spec.selector.match_labels.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let help =
        format!("give the Service the labels: `metadata: {{ labels: {{ {} }} }}`{port}", labels.join(", "));
    diagnostic.related(service.source.place, label).help(help)
}

fn check_pods(context: &mut Context, manifests: &Manifests, found: &Found<Monitor>) {
    let Some(deployment) = &manifests.deployment else { return };
    let labels = deployment.object.pod_labels();
    let monitor = &found.object;
    let wanted = &monitor.spec.selector.match_labels;
    // A monitor may be for other pods than the model server's; one key in common says that it is not.
    let is_meant = wanted.keys().any(|key| labels.contains_key(key));
    if is_meant && !selects(wanted, labels) {
        let message = format!(
            "PodMonitor `{}` selects pods with {}, the pods of Deployment `{}` have {}",
            monitor.metadata.name(),
            in_words(wanted),
            deployment.source.name,
            in_words(labels)
        );
        let diagnostic = context.error(codes::SELECTS_NOTHING, monitor.spec.selector.key_span(), message);
        context.report.push(diagnostic.related(deployment.source.place, "the Deployment"));
    }
}

/// Whether a Service stands before the exporter of GPU metrics, by what it selects.
pub(crate) fn is_dcgm_exporter(service: &Service) -> bool {
    let name = service.spec.selector.get(NAME_LABEL);
    name.is_some_and(|name| DCGM_EXPORTERS.contains(&name.as_str()))
}

/// The exporter of GPU metrics comes from a chart, so its pods are in no manifest; their labels are known.
fn check_service(context: &mut Context, manifests: &Manifests, found: &Found<Service>) {
    let service = &found.object;
    let selector = &service.spec.selector;
    let is_dcgm = service.spec.ports.iter().any(|port| *port.port == DCGM_PORT);
    let Some(name) = selector.get(NAME_LABEL).filter(|_| is_dcgm) else { return };
    let is_in_manifests =
        manifests.deployment.as_ref().is_some_and(|found| selects(selector, found.object.pod_labels()));
    if !DCGM_EXPORTERS.contains(&name.as_str()) && !is_in_manifests {
        let message = format!(
            "Service `{}` selects pods with {NAME_LABEL}={name}, which no DCGM exporter has, so it has no endpoints",
            service.metadata.name()
        );
        let diagnostic = context.error(codes::SELECTS_NOTHING, selector.key_span(), message);
        context.report.push(diagnostic.help(format!(
            "the pods of NVIDIA's chart have `{NAME_LABEL}: dcgm-exporter`, those of its GPU operator `nvidia-dcgm-exporter`, those of GKE `gke-managed-dcgm-exporter`"
        )));
    }
}
