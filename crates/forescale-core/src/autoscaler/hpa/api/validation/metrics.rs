//! Validation of metrics.

use super::field_error::Errors;
use super::field_path::FieldPath;
use super::names::{container_resource, dns_label, path_segment, reference};
use crate::autoscaler::hpa::api::Quantity;
use crate::autoscaler::hpa::api::metrics::{
    ContainerResourceMetricSource, ExternalMetricSource, MetricIdentifier, MetricSourceType, MetricSpec,
    MetricTarget, MetricTargetType, ObjectMetricSource, PodsMetricSource, ResourceMetricSource,
};

/// Checks one entry of `spec.metrics`.
pub(super) fn check(path: &FieldPath, metric: &MetricSpec, errors: &mut Errors) {
    source_type(path, &metric.source_type, errors);
    first_source(path, metric, errors);
    only_own_source(path, metric, errors);
}

/// Kubernetes looks at the type twice: once by itself, once when it picks the source that belongs to it.
fn source_type(path: &FieldPath, source_type: &MetricSourceType, errors: &mut Errors) {
    let MetricSourceType::Other(word) = source_type else { return };
    let path = path.child("type");
    if word.is_empty() {
        errors.required(&path, "must specify a metric source type");
    }
    errors.not_supported(&path, word, MetricSourceType::KNOWN);
    errors.not_supported(&path, word, MetricSourceType::KNOWN);
}

/// Of several sources only the first is looked into, in this order and whatever the type says.
fn first_source(path: &FieldPath, metric: &MetricSpec, errors: &mut Errors) {
    if let Some(source) = &metric.object {
        object(&path.child("object"), source, errors);
    } else if let Some(source) = &metric.external {
        external(&path.child("external"), source, errors);
    } else if let Some(source) = &metric.pods {
        pods(&path.child("pods"), source, errors);
    } else if let Some(source) = &metric.resource {
        resource(&path.child("resource"), source, errors);
    } else if let Some(source) = &metric.container_resource {
        container(&path.child("containerResource"), source, errors);
    }
}

/// The source that the type names must be given. Of several, the others are forbidden; a single wrong one is not.
fn only_own_source(path: &FieldPath, metric: &MetricSpec, errors: &mut Errors) {
    let sources = [
        ("object", MetricSourceType::Object, metric.object.is_some()),
        ("external", MetricSourceType::External, metric.external.is_some()),
        ("pods", MetricSourceType::Pods, metric.pods.is_some()),
        ("resource", MetricSourceType::Resource, metric.resource.is_some()),
        ("containerResource", MetricSourceType::ContainerResource, metric.container_resource.is_some()),
    ];
    let is_own = |source_type: &MetricSourceType| *source_type == metric.source_type;
    for (field, ..) in sources.iter().filter(|(_, own, given)| is_own(own) && !given) {
        errors.required(&path.child(field), "must populate information for the given metric source");
    }
    if sources.iter().filter(|(.., given)| *given).count() > 1 {
        for (field, ..) in sources.iter().filter(|(_, own, given)| !is_own(own) && *given) {
            errors.forbidden(&path.child(field), "must populate the given metric source only");
        }
    }
}

fn object(path: &FieldPath, source: &ObjectMetricSource, errors: &mut Errors) {
    reference(&path.child("describedObject"), &source.described_object, false, errors);
    identifier(&path.child("metric"), &source.metric, errors);
    let path = path.child("target");
    target(&path, &source.target, errors);
    if source.target.value.is_none() && source.target.average_value.is_none() {
        errors.required(&path.child("averageValue"), "must set either a target value or averageValue");
    }
}

fn external(path: &FieldPath, source: &ExternalMetricSource, errors: &mut Errors) {
    identifier(&path.child("metric"), &source.metric, errors);
    let path = path.child("target");
    target(&path, &source.target, errors);
    match (&source.target.value, &source.target.average_value) {
        (None, None) => {
            let detail = "must set either a target value for metric or a per-pod target";
            errors.required(&path.child("averageValue"), detail);
        }
        (Some(_), Some(_)) => {
            let detail = "may not set both a target value for metric and a per-pod target";
            errors.forbidden(&path.child("value"), detail);
        }
        _ => {}
    }
}

fn pods(path: &FieldPath, source: &PodsMetricSource, errors: &mut Errors) {
    identifier(&path.child("metric"), &source.metric, errors);
    let path = path.child("target");
    target(&path, &source.target, errors);
    if source.target.average_value.is_none() {
        errors.required(&path.child("averageValue"), "must specify a positive target averageValue");
    }
}

fn resource(path: &FieldPath, source: &ResourceMetricSource, errors: &mut Errors) {
    if source.name.is_empty() {
        errors.required(&path.child("name"), NO_RESOURCE);
    }
    resource_target(&path.child("target"), &source.target, errors);
}

fn container(path: &FieldPath, source: &ContainerResourceMetricSource, errors: &mut Errors) {
    match source.name.as_str() {
        "" => errors.required(&path.child("name"), NO_RESOURCE),
        name => container_resource(&path.child("name"), name, errors),
    }
    match source.container.as_str() {
        "" => errors.required(&path.child("container"), "must specify a container"),
        name => dns_label(&path.child("container"), name, errors),
    }
    resource_target(&path.child("target"), &source.target, errors);
}

const NO_RESOURCE: &str = "must specify a resource name";

fn identifier(path: &FieldPath, metric: &MetricIdentifier, errors: &mut Errors) {
    path_segment(&path.child("name"), &metric.name, "must specify a metric name", errors);
}

/// What all targets must satisfy; whether the type fits the field that is given is not looked at.
fn target(path: &FieldPath, target: &MetricTarget, errors: &mut Errors) {
    if let MetricTargetType::Other(word) = &target.target_type {
        let path = path.child("type");
        if word.is_empty() {
            errors.required(&path, "must specify a metric target type");
        }
        errors.invalid(&path, word.as_str(), "must be either Utilization, Value, or AverageValue");
    }
    let mut positive = |field, quantity: &Option<Quantity>| {
        if let Some(quantity) = quantity.as_ref().filter(|q| q.sign() <= 0) {
            errors.invalid(&path.child(field), quantity, "must be positive");
        }
    };
    positive("value", &target.value);
    positive("averageValue", &target.average_value);
    if let Some(percent) = target.average_utilization.filter(|percent| *percent < 1) {
        errors.invalid(&path.child("averageUtilization"), percent, "must be greater than 0");
    }
}

fn resource_target(path: &FieldPath, own: &MetricTarget, errors: &mut Errors) {
    target(path, own, errors);
    match (own.average_utilization, &own.average_value) {
        (None, None) => {
            let detail = "must set either a target raw value or a target utilization";
            errors.required(&path.child("averageUtilization"), detail);
        }
        (Some(_), Some(_)) => {
            let detail = "may not set both a target raw value and a target utilization";
            errors.forbidden(&path.child("averageValue"), detail);
        }
        _ => {}
    }
}
