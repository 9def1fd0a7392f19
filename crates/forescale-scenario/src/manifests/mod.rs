//! Kubernetes manifests and Helm values, as deployed.

mod adapter;
mod address;
mod argument;
mod deployment;
mod endpoint_picker;
mod field;
mod fields;
mod metadata;
mod monitor;
mod monitoring;
mod object;
#[cfg(test)]
mod oracle;
mod prometheus_rule;
mod scrape_intervals;
mod selection;
mod service;
mod survey;
mod vllm_args;

pub(crate) use adapter::{Adapter, Rule};
pub(crate) use address::{Address, address, refused};
pub(crate) use deployment::{Container, DeploymentManifest};
pub(crate) use endpoint_picker::{EndpointPicker, WaitingLimits};
pub(crate) use field::{Edit, current, edit, field};
pub(crate) use metadata::selects;
pub(crate) use monitor::Monitor;
pub(crate) use monitoring::{check_selections, is_dcgm_exporter};
pub(crate) use object::{Object, objects_of};
pub(crate) use prometheus_rule::PrometheusRule;
pub(crate) use scrape_intervals::{Interval, scrape_intervals};
pub(crate) use service::Service;
pub(crate) use survey::{Survey, survey};
pub(crate) use vllm_args::{MaxModelLen, PerformanceMode, VllmArgs};

use crate::codes;
use crate::context::{Context, Stopped, Told};
use forescale_core::autoscaler::hpa::api::HorizontalPodAutoscaler;
use forescale_document::{Code, Node, Spanned, decode, nearest, yaml};
use object::{files, objects};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Kinds that would scale the Deployment: leaving them aside would simulate another cluster.
const AUTOSCALERS: [&str; 5] =
    ["ScaledObject", "PodAutoscaler", "VariantAutoscaling", "VerticalPodAutoscaler", "HTTPScaledObject"];
/// Kinds that could hold the model server.
const WORKLOADS: [&str; 3] = ["StatefulSet", "LeaderWorkerSet", "ReplicaSet"];

/// An object as its type, with the tree that it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub(crate) source: Object,
    pub(crate) object: T,
}

/// All objects of a scenario that the simulation reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifests {
    pub(crate) hpa: Option<Found<HorizontalPodAutoscaler>>,
    pub(crate) deployment: Option<Found<DeploymentManifest>>,
    pub(crate) endpoint_picker: Option<Found<EndpointPicker>>,
    pub(crate) adapter: Option<Adapter>,
    pub(crate) services: Vec<Found<Service>>,
    pub(crate) monitors: Vec<Found<Monitor>>,
    pub(crate) rules: Vec<Found<PrometheusRule>>,
}

/// The objects of all files that can be read, before any is read as its type; and whether all files could be read.
pub(crate) fn load(context: &mut Context, base: &Path, paths: &[Spanned<PathBuf>]) -> (Vec<Object>, bool) {
    let mut all = Vec::new();
    let mut is_fine = true;
    for path in paths {
        let Ok(files) = files(context, &base.join(path.as_path()), path.span()) else {
            is_fine = false;
            continue;
        };
        for file in files {
            match objects(context, &file, path.span()) {
                Ok(objects) => all.extend(objects),
                Err(Stopped) => is_fine = false,
            }
        }
    }
    (all, is_fine)
}

impl Manifests {
    /// Reads each object as its type.
    pub(crate) fn read(context: &mut Context, objects: Vec<Object>) -> Told<Self> {
        match Self::read_what_can_be(context, objects) {
            (manifests, true) => Ok(manifests),
            (_, false) => Err(Stopped),
        }
    }

    /// Reads each object as its type, and says whether all of them could be read.
    pub(crate) fn read_what_can_be(context: &mut Context, objects: Vec<Object>) -> (Self, bool) {
        let mut manifests = Self::default();
        let Ok(selected) = selection::select(context, objects) else { return (manifests, false) };
        let mut is_fine = true;
        let mut ignored = Vec::new();
        for object in selected {
            let read = match object.kind.as_str() {
                "HorizontalPodAutoscaler" => place(context, &mut manifests.hpa, object),
                "Deployment" => place(context, &mut manifests.deployment, object),
                "EndpointPickerConfig" => place(context, &mut manifests.endpoint_picker, object),
                "Service" => push(context, &mut manifests.services, object),
                "ServiceMonitor" | "PodMonitor" => push(context, &mut manifests.monitors, object),
                "PrometheusRule" => push(context, &mut manifests.rules, object),
                "ConfigMap" => manifests.config_map(context, object, &mut ignored),
                kind if AUTOSCALERS.contains(&kind) => {
                    let message = format!("{} is an autoscaler that is not simulated yet", object.title());
                    context.fail(context.error(codes::NOT_SIMULATED, Some(object.place), message))
                }
                kind if WORKLOADS.contains(&kind) => {
                    let message = format!("{} is not simulated yet; a Deployment is", object.title());
                    context.fail(context.error(codes::NOT_SIMULATED, Some(object.place), message))
                }
                kind => match misspelt(kind, &object) {
                    Some(near) => {
                        let message = format!("there is no kind `{kind}`");
                        let diagnostic = context.error(codes::REJECTED, Some(object.place), message);
                        context.fail(diagnostic.label(format!("did you mean `{near}`?")))
                    }
                    None => {
                        ignored.push(object);
                        Ok(())
                    }
                },
            };
            is_fine &= read.is_ok();
        }
        if let Some(first) = ignored.first() {
            let titles: Vec<String> = ignored.iter().map(Object::title).collect();
            context.warn(
                codes::IGNORED,
                first.place,
                format!("objects without effect here: {}", titles.join(", ")),
            );
        }
        (manifests, is_fine)
    }

    fn config_map(&mut self, context: &mut Context, object: Object, ignored: &mut Vec<Object>) -> Told<()> {
        if let Some(data) = object.config_data(&["kind: EndpointPickerConfig"]) {
            let documents = yaml::parse_embedded(&mut context.report, data).ok_or(Stopped)?;
            for tree in documents {
                let inner = Object { kind: "EndpointPickerConfig".to_owned(), tree, ..object.clone() };
                place(context, &mut self.endpoint_picker, inner)?;
            }
            return Ok(());
        }
        match object.config_data(&["seriesQuery", "externalRules:"]) {
            Some(data) => {
                let adapter = Adapter::of_config_map(context, data)?;
                self.set_adapter(context, adapter)
            }
            None => {
                ignored.push(object);
                Ok(())
            }
        }
    }

    /// Reads the Helm values of prometheus-adapter.
    pub(crate) fn load_adapter_values(
        &mut self,
        context: &mut Context,
        base: &Path,
        path: &Spanned<PathBuf>,
    ) -> Told<()> {
        let adapter = Adapter::of_values(context, &base.join(path.as_path()), path.span())?;
        self.set_adapter(context, adapter)
    }

    /// Takes the rules of Helm values that were read already.
    pub(crate) fn read_adapter_values(&mut self, context: &mut Context, values: &Node) -> Told<()> {
        let adapter = Adapter::of_values_tree(context, values, None)?;
        self.set_adapter(context, adapter)
    }

    fn set_adapter(&mut self, context: &mut Context, adapter: Adapter) -> Told<()> {
        match &self.adapter {
            Some(other) => {
                let message = "this is a second set of adapter rules";
                let diagnostic = context.error(codes::SECOND, Some(adapter.place), message);
                context.fail(diagnostic.related(other.place, "the first one is here"))
            }
            None => {
                self.adapter = Some(adapter);
                Ok(())
            }
        }
    }
}

/// The API versions of the kinds that are read by one version only.
const API_VERSIONS: [(&str, &str); 6] = [
    ("HorizontalPodAutoscaler", "autoscaling/v2"),
    ("Deployment", "apps/v1"),
    ("Service", "v1"),
    ("ServiceMonitor", "monitoring.coreos.com/v1"),
    ("PodMonitor", "monitoring.coreos.com/v1"),
    ("PrometheusRule", "monitoring.coreos.com/v1"),
];

/// Whether the object is of the API version that is read.
fn check_api_version(context: &mut Context, object: &Object) -> Told<()> {
    let Some((_, wanted)) = API_VERSIONS.iter().find(|(kind, _)| *kind == object.kind) else { return Ok(()) };
    let given = object.tree.get("apiVersion");
    match given.and_then(Node::text) {
        Some(version) if version == *wanted => Ok(()),
        Some(version) => {
            let message = format!("apiVersion `{version}` of a {} is not read; `{wanted}` is", object.kind);
            let is_served = version == "autoscaling/v1" && object.kind == "HorizontalPodAutoscaler";
            let code = if is_served { codes::NOT_SIMULATED } else { codes::REJECTED };
            let diagnostic = context.error(code, given.map(|node| node.span), message);
            context.fail(match object.kind.as_str() {
                "HorizontalPodAutoscaler" => diagnostic
                    .help("`kubectl get hpa.v2.autoscaling NAME -o yaml` prints it as autoscaling/v2"),
                _ => diagnostic.help(format!("write `apiVersion: {wanted}`")),
            })
        }
        None => {
            let message = format!("the key `apiVersion` is missing in {}", object.title());
            let diagnostic = context.error(Code::MISSING_KEY, Some(object.place), message);
            context.fail(diagnostic.help(format!("write `apiVersion: {wanted}`")))
        }
    }
}

/// The kind that a kind which nobody knows most likely means.
fn misspelt(kind: &str, object: &Object) -> Option<&'static str> {
    let read = API_VERSIONS.iter().map(|(kind, _)| *kind).chain(["EndpointPickerConfig", "ConfigMap"]);
    let near = nearest(kind, read.chain(AUTOSCALERS).chain(WORKLOADS))?;
    // A kind of another group may resemble one of these by right.
    let group = object.tree.get("apiVersion").and_then(Node::text).unwrap_or_default();
    let is_theirs =
        group.contains('/') && !["apps/", "autoscaling/"].iter().any(|own| group.starts_with(own));
    (!is_theirs || kind.eq_ignore_ascii_case(near)).then_some(near)
}

/// Whether the object has a name that Kubernetes takes: a DNS subdomain (RFC 1123).
fn check_name(context: &mut Context, object: &Object) -> Told<()> {
    let metadata = object.tree.get("metadata");
    let Some(name) = metadata.and_then(|metadata| metadata.get("name")) else {
        // A misspelt `metadata` is told as the key that does not exist.
        let is_misspelt = metadata.is_none()
            && object.tree.entries().iter().any(|entry| nearest(&entry.key, ["metadata"]).is_some());
        let generated =
            is_misspelt || metadata.is_some_and(|metadata| metadata.get("generateName").is_some());
        let message = "metadata.name: Required value: name or generateName is required";
        let place = object.tree.entry("metadata").map_or(object.place, |entry| entry.key_span);
        return if generated {
            Ok(())
        } else {
            context.fail(context.error(codes::REJECTED, Some(place), message))
        };
    };
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_label = |label: &str| {
        label.starts_with(is_end) && label.ends_with(is_end) && label.chars().all(|c| is_end(c) || c == '-')
    };
    match name.text() {
        Some(text) if text.len() > 253 || !text.split('.').all(is_label) => {
            let message = format!(
                "metadata.name: Invalid value: {text:?}: a name consists of lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit"
            );
            context.fail(context.error(codes::REJECTED, Some(name.span), message))
        }
        _ => Ok(()),
    }
}

/// An object as its type.
pub(crate) fn typed<T: DeserializeOwned>(context: &mut Context, object: Object) -> Told<Found<T>> {
    check_api_version(context, &object)?;
    let named = match API_VERSIONS.iter().any(|(kind, _)| *kind == object.kind) {
        true => check_name(context, &object),
        false => Ok(()),
    };
    let typed = decode(&object.tree, &mut context.report).ok_or(Stopped)?;
    named?;
    Ok(Found { source: object, object: typed })
}

fn push<T: DeserializeOwned>(context: &mut Context, list: &mut Vec<Found<T>>, object: Object) -> Told<()> {
    list.push(typed(context, object)?);
    Ok(())
}

fn place<T: DeserializeOwned>(
    context: &mut Context,
    slot: &mut Option<Found<T>>,
    object: Object,
) -> Told<()> {
    if let Some(other) = slot {
        let message =
            format!("{} is a second {}; one is simulated per scenario", object.title(), object.kind);
        let label = format!("the first one, `{}`, is here", other.source.name);
        let diagnostic = context.error(codes::SECOND, Some(object.place), message);
        return context.fail(diagnostic.related(other.source.place, label));
    }
    *slot = Some(typed(context, object)?);
    Ok(())
}

/// The HPA's namespace.
pub(crate) fn hpa_namespace(hpa: &HorizontalPodAutoscaler) -> &str {
    match hpa.metadata.namespace.as_str() {
        "" => "default",
        namespace => namespace,
    }
}

/// Reads YAML in tests.
#[cfg(test)]
pub(crate) fn typed_for_tests<T: DeserializeOwned>(text: &str) -> T {
    let mut context = Context::default();
    let source = context.report.sources.add("test.yaml", text);
    let documents = yaml::parse(&mut context.report, source).unwrap();
    decode(&documents[0], &mut context.report)
        .unwrap_or_else(|| panic!("{}", context.report.render(false, 120)))
}
