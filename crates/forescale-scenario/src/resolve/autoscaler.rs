//! The autoscaler: the HPA of the manifests, or a fixed number of replicas.

use super::Head;
use super::cluster::{Cluster, MOST_REPLICAS};
use super::control_plane::{self, ControlPlane};
use crate::codes;
use crate::context::{Context, Stopped, Told};
use crate::manifests::{Found, Manifests, hpa_namespace};
use crate::raw::{RawAutoscaler, RawScenario};
use crate::scenario::{AutoscalerText, ResolvedHpa};
use forescale_core::AutoscalerFactory;
use forescale_core::autoscaler::hpa::api::{
    FieldError, HPAScalingPolicyType, HorizontalPodAutoscaler as Manifest, MetricSourceType, PathSegment,
    ScalingPolicySelect, Spec,
};
use forescale_core::autoscaler::{Fixed, HorizontalPodAutoscaler, Schedule};
use forescale_core::cluster::ColdStart;
use forescale_document::{Code, Diagnostic, Path, Span, Step};

/// The autoscaler and how to call it.
pub(super) struct Autoscaler {
    pub(super) factory: AutoscalerFactory,
    pub(super) text: AutoscalerText,
    /// The HPA, where it is one.
    pub(super) hpa: Option<ResolvedHpa>,
}

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawScenario,
    manifests: &Manifests,
    cluster: Option<&Cluster>,
    head: Option<&Head>,
) -> Told<Autoscaler> {
    // Its mistakes are told whoever scales.
    let control_plane = control_plane::resolve(context, &raw.kubernetes);
    let autoscaler = chosen(context, raw, manifests, cluster, head, control_plane);
    control_plane.and(autoscaler)
}

fn chosen(
    context: &mut Context,
    raw: &RawScenario,
    manifests: &Manifests,
    cluster: Option<&Cluster>,
    head: Option<&Head>,
    control_plane: Told<ControlPlane>,
) -> Told<Autoscaler> {
    match (raw.autoscaler.as_deref(), &manifests.hpa) {
        (Some(RawAutoscaler::Fixed(table)), hpa) => {
            let replicas = table.replicas;
            in_place_of(context, hpa, "fixed", *replicas, replicas.span())?;
            Ok(fixed(*replicas, at(*replicas)))
        }
        (Some(RawAutoscaler::Schedule(table)), hpa) => {
            let steps = table.replicas.0.clone();
            let highest = steps.iter().map(|(_, replicas)| *replicas).max().unwrap_or(0);
            in_place_of(context, hpa, "schedule", highest, table.replicas.span())?;
            let changes = steps.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
            Ok(Autoscaler {
                factory: AutoscalerFactory::new(move |_| Box::new(Schedule::new(steps.clone()))),
                text: AutoscalerText {
                    kind: "schedule",
                    description: format!("by the clock, {changes} changes, at most {highest} replicas"),
                },
                hpa: None,
            })
        }
        (None, Some(found)) => {
            if cluster.is_some_and(|cluster| cluster.config.cold_start == ColdStart::default()) {
                let message = "new pods start in no time, since `cluster.cold_start` is not set";
                context.warn(codes::INSTANT_START, None, message);
            }
            hpa(context, found, manifests, head, control_plane)
        }
        (None, None) => {
            let replicas = cluster.ok_or(Stopped)?.config.deployment.replicas;
            Ok(fixed(replicas, format!("{} as deployed, no autoscaler", at(replicas))))
        }
    }
}

/// Checks an autoscaler of the scenario, which asks for `highest` replicas at most, and says that an HPA among the manifests is not used.
fn in_place_of(
    context: &mut Context,
    hpa: &Option<Found<Manifest>>,
    kind: &str,
    highest: u32,
    place: Option<Span>,
) -> Told<()> {
    if highest > MOST_REPLICAS {
        let message = format!("`autoscaler.{kind}.replicas` must be at most {MOST_REPLICAS}");
        return context.fail(context.error(Code::OUT_OF_RANGE, place, message));
    }
    if let Some(found) = hpa {
        let message = format!("`autoscaler.{kind}` is set, so {} is not used", found.source.title());
        context.warn(codes::NO_EFFECT, found.source.place, message);
    }
    Ok(())
}

fn fixed(replicas: u32, description: String) -> Autoscaler {
    Autoscaler {
        factory: AutoscalerFactory::new(move |_| Box::new(Fixed::new(replicas))),
        text: AutoscalerText { kind: "fixed", description },
        hpa: None,
    }
}

fn at(replicas: u32) -> String {
    format!("at {replicas} replica{}", if replicas == 1 { "" } else { "s" })
}

/// The place of a field of the HPA, by Kubernetes' path to it.
pub(crate) fn place(found: &Found<Manifest>, field: &str) -> Span {
    match Path::parse(field) {
        Ok(path) => path.nearest_span(&found.source.tree),
        Err(_) => found.source.place,
    }
}

/// What the API server says, at the fields that it is about.
pub(crate) fn reject(context: &mut Context, found: &Found<Manifest>, errors: &[FieldError]) {
    let mut rest = errors;
    while let Some(error) = rest.first() {
        // All that is wrong with one field is one mistake.
        let count = rest.iter().take_while(|other| other.field == error.field).count();
        let (same, others) = rest.split_at(count);
        rest = others;
        let reasons: Vec<String> = same.iter().map(|error| error.reason.to_string()).collect();
        let steps = error.field.segments().iter().map(|segment| match segment {
            PathSegment::Field(name) => Step::Key((*name).to_owned()),
            PathSegment::Index(index) => Step::Index(*index),
        });
        let path = Path(steps.collect());
        let span = path.nearest_span(&found.source.tree);
        let message = format!("{}: {}", error.field, reasons.join("; "));
        let diagnostic = context.error(codes::REJECTED, Some(span), message).label("Kubernetes rejects this");
        let other = other_half(found, &path).filter(|_| {
            reasons.iter().any(|reason| reason.contains("minReplicas") || reason.starts_with("Forbidden"))
        });
        let diagnostic = match other {
            Some((place, label)) => diagnostic.related(place, label),
            None => diagnostic,
        };
        context.report.push(diagnostic);
    }
}

/// The field that contradicts this one, if there is one.
fn other_half(found: &Found<Manifest>, path: &Path) -> Option<(Span, String)> {
    let (last, before) = path.0.split_last()?;
    let Step::Key(last) = last else { return None };
    let others: &[&str] = match last.as_str() {
        "maxReplicas" => &["minReplicas"],
        "value" => &["averageValue"],
        "averageValue" => &["averageUtilization"],
        "object" | "pods" | "external" | "resource" | "containerResource" => &["type"],
        _ => &[],
    };
    let parent = Path(before.to_vec()).find(&found.source.tree)?;
    let (name, node) = others.iter().find_map(|name| Some((name, parent.get(name)?)))?;
    Some((node.span, format!("`{name}` is here")))
}

fn hpa(
    context: &mut Context,
    found: &Found<Manifest>,
    manifests: &Manifests,
    head: Option<&Head>,
    control_plane: Told<ControlPlane>,
) -> Told<Autoscaler> {
    let ControlPlane { gates, flags, sync_duration } = control_plane?;
    let manifest = &found.object;
    let errors = manifest.validate(gates);
    reject(context, found, &errors);
    // What Kubernetes rejects is not looked for.
    let is_named = errors.iter().all(|error| !error.field.to_string().starts_with("spec.scaleTargetRef"));
    let target = if is_named { check_target(context, found, manifests) } else { Err(Stopped) };
    if !errors.is_empty() {
        return Err(Stopped);
    }
    target?;
    let start = head.ok_or(Stopped)?.start;
    if manifest.spec.metrics.is_empty() {
        let message = "the HPA has no metrics, for which Kubernetes takes 80 % of the CPU request; what pods use of CPU is not simulated";
        return context.fail(context.error(codes::NOT_SIMULATED, Some(place(found, "spec")), message));
    }
    let spec = manifest.spec.defaulted(gates);
    for (index, metric) in spec.metrics.iter().enumerate() {
        if let Some(why) = not_served(&metric.source_type) {
            let span = place(found, &format!("spec.metrics[{index}].type"));
            let message = format!("spec.metrics[{index}]: {why}");
            return context.fail(context.error(codes::NOT_SIMULATED, Some(span), message));
        }
    }
    if spec.max_replicas > MOST_REPLICAS as i32 {
        let message = format!("maxReplicas above {MOST_REPLICAS} is more than can be simulated");
        return context.fail(context.error(
            codes::NOT_SIMULATED,
            Some(place(found, "spec.maxReplicas")),
            message,
        ));
    }
    if !leaves_zero(&spec) {
        let message = "the HPA may scale to zero, and its policies for scaling up never lead out of there: a Percent of no replicas is none";
        let field = ["spec.behavior.scaleUp.selectPolicy", "spec.behavior.scaleUp.policies"]
            .into_iter()
            .filter_map(|field| Path::parse(field).ok())
            .find(|path| path.find(&found.source.tree).is_some());
        let span = field.map_or(found.source.place, |path| path.nearest_span(&found.source.tree));
        let diagnostic = Diagnostic::warning(codes::NEVER_LEAVES_ZERO, span, message);
        context.report.push(diagnostic.help("add `{ type: Pods, value: 1, periodSeconds: 15 }`"));
    }
    let description = describe(&spec, &manifest.metadata.name);
    let (name, namespace) = (manifest.metadata.name.clone(), hpa_namespace(manifest).to_owned());
    let (own, its_namespace) = (spec.clone(), namespace.clone());
    let factory = AutoscalerFactory::new(move |seed| {
        let hpa = HorizontalPodAutoscaler::new(own.clone(), flags, gates, start, seed);
        Box::new(hpa.in_namespace(&its_namespace).with_sync_duration(sync_duration))
    });
    let hpa = Some(ResolvedHpa { name, namespace, spec, flags });
    Ok(Autoscaler { factory, text: AutoscalerText { kind: "HPA", description }, hpa })
}

/// Why no API of the simulated cluster answers for metrics of a type; the controller would compute all of them.
fn not_served(source: &MetricSourceType) -> Option<&'static str> {
    match source {
        MetricSourceType::External | MetricSourceType::Pods => None,
        MetricSourceType::Resource | MetricSourceType::ContainerResource => {
            Some("what pods use of CPU and memory is not simulated, so resource metrics have no value")
        }
        MetricSourceType::Object | MetricSourceType::Other(_) => Some(
            "the simulated adapter does not serve metrics of other objects than pods yet; Pods and External metrics it does",
        ),
    }
}

/// Whether an HPA that may scale to zero may also add a replica where there is none.
fn leaves_zero(spec: &Spec) -> bool {
    let Some(behavior) = spec.behavior.as_ref().filter(|_| spec.min_replicas == 0) else { return true };
    let rules = &behavior.scale_up;
    let mut adds = rules.policies.iter().map(|policy| policy.policy_type != HPAScalingPolicyType::Percent);
    match rules.select_policy {
        ScalingPolicySelect::Disabled => false,
        ScalingPolicySelect::Min => adds.all(|adds| adds),
        _ => adds.any(|adds| adds),
    }
}

/// Whether the HPA scales the Deployment that is simulated.
pub(crate) fn check_target(
    context: &mut Context,
    found: &Found<Manifest>,
    manifests: &Manifests,
) -> Told<()> {
    let manifest = &found.object;
    let target = &manifest.spec.scale_target_ref;
    if target.kind != "Deployment" && !target.kind.is_empty() {
        let message = format!("the HPA scales a {}; a Deployment is simulated", target.kind);
        return context.fail(context.error(
            codes::NOT_SIMULATED,
            Some(place(found, "spec.scaleTargetRef.kind")),
            message,
        ));
    }
    if !target.api_version.starts_with("apps/") {
        let message = format!("a Deployment of `{}` does not exist", target.api_version);
        let diagnostic = context.error(
            codes::UNKNOWN_REFERENCE,
            Some(place(found, "spec.scaleTargetRef.apiVersion")),
            message,
        );
        return context.fail(diagnostic.help("write `apiVersion: apps/v1`"));
    }
    // Without a manifest the Deployment is whatever the HPA names.
    let Some(deployment) = &manifests.deployment else {
        let message = format!(
            "Deployment `{}`, which the HPA scales, is not among the manifests; simulated is one of 1 replica with vLLM's defaults, as far as the scenario says nothing else",
            target.name
        );
        context.warn(codes::SIMULATED_OTHERWISE, place(found, "spec.scaleTargetRef.name"), message);
        return Ok(());
    };
    let metadata = &deployment.object.metadata;
    let name = metadata.name();
    if target.name != name {
        let message = format!("the HPA scales `{}`, the Deployment is called `{name}`", target.name);
        let diagnostic =
            context.error(codes::UNKNOWN_REFERENCE, Some(place(found, "spec.scaleTargetRef.name")), message);
        let there = metadata.name.as_ref().and_then(|name| name.span()).unwrap_or(deployment.source.place);
        return context.fail(diagnostic.related(there, "the Deployment"));
    }
    let own = hpa_namespace(manifest);
    let namespace = metadata.namespace();
    match own == namespace {
        true => Ok(()),
        false => {
            let message = format!("the HPA is in namespace `{own}`, its Deployment in `{namespace}`");
            let diagnostic =
                context.error(codes::UNKNOWN_REFERENCE, Some(place(found, "metadata.namespace")), message);
            let there =
                metadata.namespace.as_ref().and_then(|name| name.span()).unwrap_or(deployment.source.place);
            context.fail(diagnostic.related(there, "the Deployment"))
        }
    }
}

fn describe(spec: &Spec, name: &str) -> String {
    let sources = spec.metrics.iter().filter_map(|metric| {
        let external = metric.external.as_ref().map(|source| (&source.metric, &source.target));
        external.or(metric.pods.as_ref().map(|source| (&source.metric, &source.target)))
    });
    let metrics = sources.map(|(metric, target)| {
        let target = match (&target.average_value, &target.value) {
            (Some(value), _) => format!("AverageValue {value}"),
            (None, Some(value)) => format!("Value {value}"),
            (None, None) => String::new(),
        };
        format!("{} {target}", metric.name)
    });
    let metrics: Vec<String> = metrics.collect();
    format!("{name} ({}), {}–{} replicas", metrics.join(", "), spec.min_replicas, spec.max_replicas)
}
