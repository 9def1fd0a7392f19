//! The autoscaler: the HPA of the manifests, or a fixed number of replicas.

use super::Context;
use super::cluster::{Cluster, MOST_REPLICAS};
use crate::error::ScenarioError;
use crate::manifests::{Found, Manifests};
use crate::raw::{RawAutoscaler, RawScenario};
use crate::scenario::AutoscalerText;
use forescale_core::AutoscalerFactory;
use forescale_core::autoscaler::hpa::api::HorizontalPodAutoscaler as Manifest;
use forescale_core::autoscaler::hpa::{FeatureGates, Flags, check};
use forescale_core::autoscaler::{Fixed, HorizontalPodAutoscaler};
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
            Ok(fixed(table.replicas, format!("at {} replicas", table.replicas)))
        }
        (None, Some(found)) => hpa(found, cluster, start),
        (None, None) => {
            let replicas = cluster.config.deployment.replicas;
            Ok(fixed(replicas, format!("at {replicas} replicas as deployed, no autoscaler")))
        }
    }
}

fn hpa(found: &Found<Manifest>, cluster: &Cluster, start: Timestamp) -> Result<Autoscaler, ScenarioError> {
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
    let target = &manifest.spec.scale_target_ref;
    let deployment = &cluster.config.deployment.name;
    if target.name != *deployment {
        return Err(in_file(format!(
            "scaleTargetRef names {} `{}`, the Deployment is `{deployment}`",
            target.kind, target.name
        )));
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
