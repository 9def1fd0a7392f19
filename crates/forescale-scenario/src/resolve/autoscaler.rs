//! The autoscaler: the HPA of the manifests, or a fixed number of replicas.

use super::Context;
use super::cluster::{Cluster, MOST_REPLICAS};
use crate::error::ScenarioError;
use crate::manifests::{Found, Manifests, hpa_namespace};
use crate::raw::{RawAutoscaler, RawScenario};
use crate::scenario::AutoscalerText;
use forescale_core::AutoscalerFactory;
use forescale_core::autoscaler::hpa::api::HorizontalPodAutoscaler as Manifest;
use forescale_core::autoscaler::hpa::{FeatureGates, Flags, check};
use forescale_core::autoscaler::{Fixed, HorizontalPodAutoscaler};
use forescale_core::cluster::ColdStart;
use forescale_kernel::Timestamp;

/// The autoscaler and how to call it.
pub(super) struct Autoscaler {
    pub(super) factory: AutoscalerFactory,
    pub(super) text: AutoscalerText,
}

pub(super) fn resolve(
    context: &mut Context<'_>,
    raw: &RawScenario,
    manifests: &Manifests,
    cluster: &Cluster,
    start: Timestamp,
) -> Result<Autoscaler, ScenarioError> {
    let fixed = |replicas: u32, description: String| Autoscaler {
        factory: AutoscalerFactory::new(move |_| Box::new(Fixed::new(replicas))),
        text: AutoscalerText { kind: "fixed", description },
    };
    match (&raw.autoscaler, &manifests.hpa) {
        (Some(RawAutoscaler::Fixed(table)), hpa) => {
            if table.replicas > MOST_REPLICAS {
                return Err(
                    context.error("autoscaler.fixed.replicas", format!("must be at most {MOST_REPLICAS}"))
                );
            }
            if let Some(found) = hpa {
                let warning =
                    format!("`autoscaler.fixed` is set, so the HPA in {} is not used", found.file.display());
                context.warnings.push(warning);
            }
            Ok(fixed(table.replicas, at(table.replicas)))
        }
        (None, Some(found)) => {
            if cluster.config.cold_start == ColdStart::default() {
                context
                    .warnings
                    .push("new pods start in no time, since `cluster.cold_start` is not set".to_owned());
            }
            hpa(found, manifests, start)
        }
        (None, None) => {
            let replicas = cluster.config.deployment.replicas;
            Ok(fixed(replicas, format!("{} as deployed, no autoscaler", at(replicas))))
        }
    }
}

fn at(replicas: u32) -> String {
    format!("at {replicas} replica{}", if replicas == 1 { "" } else { "s" })
}

fn hpa(
    found: &Found<Manifest>,
    manifests: &Manifests,
    start: Timestamp,
) -> Result<Autoscaler, ScenarioError> {
    let in_file = |message: String| ScenarioError::new(&found.file, message);
    let manifest = &found.object;
    let (flags, gates) = (Flags::default(), FeatureGates::default());
    let errors = manifest.validate(gates);
    if !errors.is_empty() {
        let lines: Vec<String> =
            errors.iter().map(|error| format!("{}: {}", error.field, error.reason)).collect();
        return Err(in_file(format!(
            "Kubernetes rejects this HorizontalPodAutoscaler: {}",
            lines.join("; ")
        )));
    }
    check_target(manifest, manifests).map_err(in_file)?;
    if manifest.spec.metrics.is_empty() {
        let message = "has no metrics, for which Kubernetes takes 80 % of the CPU request; resource metrics are not simulated yet";
        return Err(in_file(message.to_owned()));
    }
    let spec = manifest.spec.defaulted(gates);
    check(&spec).map_err(|error| in_file(error.to_string()))?;
    if spec.max_replicas > MOST_REPLICAS as i32 {
        return Err(in_file(format!("maxReplicas above {MOST_REPLICAS} is more than can be simulated")));
    }
    let description = describe(&spec, &manifest.metadata.name);
    let factory = AutoscalerFactory::new(move |seed| {
        Box::new(HorizontalPodAutoscaler::new(spec.clone(), flags, gates, start, seed))
    });
    Ok(Autoscaler { factory, text: AutoscalerText { kind: "HPA", description } })
}

/// Whether the HPA scales the Deployment that is simulated.
fn check_target(manifest: &Manifest, manifests: &Manifests) -> Result<(), String> {
    let target = &manifest.spec.scale_target_ref;
    if target.kind != "Deployment" || !target.api_version.starts_with("apps/") {
        return Err(format!(
            "scaleTargetRef is a {} of {}; a Deployment of apps/v1 is simulated",
            target.kind, target.api_version
        ));
    }
    // Without a manifest the Deployment is whatever the HPA names.
    let Some(deployment) = &manifests.deployment else { return Ok(()) };
    let metadata = &deployment.object.metadata;
    let (name, file) = (&metadata.name, deployment.file.display());
    if target.name != *name {
        return Err(format!("scaleTargetRef names `{}`, the Deployment in {file} is `{name}`", target.name));
    }
    let namespace = metadata.namespace.as_deref().unwrap_or("default");
    let own = hpa_namespace(manifest);
    match own == namespace {
        true => Ok(()),
        false => Err(format!("the HPA is in namespace `{own}`, the Deployment in {file} in `{namespace}`")),
    }
}

fn describe(spec: &forescale_core::autoscaler::hpa::api::Spec, name: &str) -> String {
    let metrics = spec.metrics.iter().filter_map(|metric| metric.external.as_ref()).map(|metric| {
        let target = match (&metric.target.average_value, &metric.target.value) {
            (Some(value), _) => format!("AverageValue {value}"),
            (None, Some(value)) => format!("Value {value}"),
            (None, None) => String::new(),
        };
        format!("{} {target}", metric.metric.name)
    });
    let metrics: Vec<String> = metrics.collect();
    format!("{name} ({}), {}–{} replicas", metrics.join(", "), spec.min_replicas, spec.max_replicas)
}
