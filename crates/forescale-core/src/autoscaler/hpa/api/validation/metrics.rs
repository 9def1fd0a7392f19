//! Validation of metrics.

use super::field_error::{Errors, Path};
use super::{path_segment, reference};
use crate::autoscaler::hpa::api::Quantity;
use crate::autoscaler::hpa::api::metrics::{MetricSourceType, MetricSpec, MetricTarget, MetricTargetType};

/// Checks one entry of `spec.metrics`.
pub(super) fn check(path: &Path, metric: &MetricSpec, errors: &mut Errors) {
    let kind = &metric.source_type;
    if let MetricSourceType::Other(word) = kind {
        if word.is_empty() {
            errors.required(&path.child("type"), "must specify a metric source type");
        }
        errors.not_supported(&path.child("type"), word, MetricSourceType::KNOWN);
    } else {
        only_own_source(path, metric, errors);
    }
    sources(path, metric, errors);
}

/// The source that the type names must be given, and no other; a missing one hides the surplus ones.
fn only_own_source(path: &Path, metric: &MetricSpec, errors: &mut Errors) {
    let kind = &metric.source_type;
    let sources = [
        ("object", MetricSourceType::Object, metric.object.is_some()),
        ("pods", MetricSourceType::Pods, metric.pods.is_some()),
        ("resource", MetricSourceType::Resource, metric.resource.is_some()),
        ("containerResource", MetricSourceType::ContainerResource, metric.container_resource.is_some()),
        ("external", MetricSourceType::External, metric.external.is_some()),
    ];
    if let Some((field, ..)) = sources.iter().find(|(_, own, given)| own == kind && !given) {
        errors.required(&path.child(field), &format!("must be set for type {kind}"));
        return;
    }
    for (field, ..) in sources.iter().filter(|(_, own, given)| own != kind && *given) {
        errors.forbidden(&path.child(field), &format!("may not be set for type {kind}"));
    }
}

/// Checks all sources that are given, also those that do not belong to the type.
fn sources(path: &Path, metric: &MetricSpec, errors: &mut Errors) {
    if let Some(source) = &metric.object {
        let path = path.child("object");
        reference(&path.child("describedObject"), &source.described_object, false, errors);
        path_segment(&path.child("metric").child("name"), &source.metric.name, errors);
        let path = path.child("target");
        target(&path, &source.target, errors);
        if source.target.value.is_none() && source.target.average_value.is_none() {
            errors.required(&path.child("averageValue"), NEITHER_VALUE);
        }
    }
    if let Some(source) = &metric.external {
        let path = path.child("external");
        path_segment(&path.child("metric").child("name"), &source.metric.name, errors);
        let path = path.child("target");
        target(&path, &source.target, errors);
        match (&source.target.value, &source.target.average_value) {
            (None, None) => errors.required(&path.child("averageValue"), NEITHER_VALUE),
            (Some(_), Some(_)) => {
                errors.forbidden(
                    &path.child("value"),
                    "may not set both a target raw value and a target average value",
                );
            }
            _ => {}
        }
    }
    if let Some(source) = &metric.pods {
        let path = path.child("pods");
        path_segment(&path.child("metric").child("name"), &source.metric.name, errors);
        let path = path.child("target");
        target(&path, &source.target, errors);
        if source.target.average_value.as_ref().is_none_or(|q| q.sign() <= 0) {
            errors.required(&path.child("averageValue"), "must specify a positive target averageValue");
        }
    }
    if let Some(source) = &metric.resource {
        let path = path.child("resource");
        if source.name.is_empty() {
            errors.required(&path.child("name"), "must specify a resource name");
        }
        resource_target(&path.child("target"), &source.target, errors);
    }
    if let Some(source) = &metric.container_resource {
        let path = path.child("containerResource");
        match source.name.as_str() {
            "" => errors.required(&path.child("name"), "must specify a resource name"),
            name if is_resource_name(name) => {}
            name => errors.invalid(&path.child("name"), name, "must be a standard resource for containers"),
        }
        match source.container.as_str() {
            "" => errors.required(&path.child("container"), "must specify a container"),
            name if is_dns_label(name) => {}
            name => errors.invalid(&path.child("container"), name, "must be a DNS-1123 label"),
        }
        resource_target(&path.child("target"), &source.target, errors);
    }
}

const NEITHER_VALUE: &str = "must set either a target raw value or a target average value";

/// What all targets must satisfy.
fn target(path: &Path, target: &MetricTarget, errors: &mut Errors) {
    if let MetricTargetType::Other(word) = &target.target_type {
        if word.is_empty() {
            errors.required(&path.child("type"), "must specify a metric target type");
        }
        errors.invalid(&path.child("type"), word, "must be either Utilization, Value, or AverageValue");
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

fn resource_target(path: &Path, own: &MetricTarget, errors: &mut Errors) {
    target(path, own, errors);
    match (own.average_utilization, &own.average_value) {
        (None, None) => {
            let reason = "must set either a target raw value or a target utilization";
            errors.required(&path.child("averageUtilization"), reason);
        }
        (Some(_), Some(_)) => {
            let reason = "may not set both a target raw value and a target utilization";
            errors.forbidden(&path.child("averageValue"), reason);
        }
        _ => {}
    }
}

/// Resources that containers can request by a plain name; names with a domain are taken as extended resources.
fn is_resource_name(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage")
        || name.starts_with("hugepages-")
        || name.contains('/')
}

fn is_dns_label(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    name.len() <= 63 && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}
