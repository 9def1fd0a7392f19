//! Metrics in the short form of recordings.

use forescale_core::autoscaler::hpa::api::{
    ContainerResourceMetricSource, CrossVersionObjectReference, ExternalMetricSource, MetricIdentifier,
    MetricSourceType, MetricSpec, MetricTarget, MetricTargetType, ObjectMetricSource, PodsMetricSource,
    ResourceMetricSource,
};

/// Name of a metric that has none in its short form.
const NAME: &str = "m0";

/// A metric from `<source>/<target type>/<target>`, where the source is `External`, `Object`, `Pods`, `Resource:<resource>` or
/// `ContainerResource:<resource>:<container>`.
pub(super) fn metric(text: &str) -> Result<MetricSpec, String> {
    let mut parts = text.rsplitn(3, '/');
    let (Some(value), Some(kind), Some(source)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("`{text}` is not source/target type/target"));
    };
    let target = target(kind, value)?;
    let metric = MetricIdentifier { name: NAME.to_owned(), selector: None };
    let mut words = source.splitn(3, ':');
    let spec = match (words.next().unwrap_or_default(), words.next(), words.next()) {
        ("External", None, None) => MetricSpec {
            source_type: MetricSourceType::External,
            external: Some(ExternalMetricSource { metric, target }),
            ..MetricSpec::default()
        },
        ("Object", None, None) => {
            let described_object = CrossVersionObjectReference {
                api_version: "v1".to_owned(),
                kind: "Service".to_owned(),
                name: "svc".to_owned(),
            };
            MetricSpec {
                source_type: MetricSourceType::Object,
                object: Some(ObjectMetricSource { described_object, target, metric }),
                ..MetricSpec::default()
            }
        }
        ("Pods", None, None) => MetricSpec {
            source_type: MetricSourceType::Pods,
            pods: Some(PodsMetricSource { metric, target }),
            ..MetricSpec::default()
        },
        ("Resource", Some(resource), None) => MetricSpec {
            source_type: MetricSourceType::Resource,
            resource: Some(ResourceMetricSource { name: resource.to_owned(), target }),
            ..MetricSpec::default()
        },
        ("ContainerResource", Some(resource), Some(container)) => MetricSpec {
            source_type: MetricSourceType::ContainerResource,
            container_resource: Some(ContainerResourceMetricSource {
                name: resource.to_owned(),
                target,
                container: container.to_owned(),
            }),
            ..MetricSpec::default()
        },
        _ => return Err(format!("`{source}` is no source of a metric")),
    };
    Ok(spec)
}

fn target(kind: &str, value: &str) -> Result<MetricTarget, String> {
    let quantity = || value.parse().map(Some).map_err(|error| format!("{error}"));
    match kind {
        "Value" => Ok(MetricTarget {
            target_type: MetricTargetType::Value,
            value: quantity()?,
            ..MetricTarget::default()
        }),
        "AverageValue" => Ok(MetricTarget {
            target_type: MetricTargetType::AverageValue,
            average_value: quantity()?,
            ..MetricTarget::default()
        }),
        "Utilization" => Ok(MetricTarget {
            target_type: MetricTargetType::Utilization,
            average_utilization: Some(value.parse().map_err(|_| format!("`{value}` is no percentage"))?),
            ..MetricTarget::default()
        }),
        other => Err(format!("`{other}` is no target type")),
    }
}
