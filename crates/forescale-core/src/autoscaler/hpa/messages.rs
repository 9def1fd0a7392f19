//! What the controller writes for people: the messages of conditions (`setCondition` in horizontal.go, Kubernetes 1.36.2).

use super::api::{LabelSelector, MetricSpec, MetricTarget};
use super::reasons::MetricFailure;

/// The message of a condition whose reason says all; empty for reasons whose message has data in it.
pub(super) fn of_reason(reason: &str) -> &'static str {
    match reason {
        "SucceededGetScale" => "the HPA controller was able to get the target's current scale",
        "ReadyForNewScale" => "recommended size matches current size",
        "ScaleUpStabilized" => {
            "recent recommendations were lower than current one, applying the lowest recent recommendation"
        }
        "ScaleDownStabilized" => {
            "recent recommendations were higher than current one, applying the highest recent recommendation"
        }
        "ScalingDisabled" => "scaling is disabled since the replica count of the target is zero",
        "DesiredWithinRange" => "the desired count is within the acceptable range",
        "ScaleUpLimit" => "the desired replica count is increasing faster than the maximum scale rate",
        "ScaleDownLimit" => "the desired replica count is decreasing faster than the maximum scale rate",
        "TooManyReplicas" => "the desired replica count is more than the maximum replica count",
        "TooFewReplicas" => "the desired replica count is less than the minimum replica count",
        "ScaledToZero" => "the HPA controller scaled the workload to zero",
        "NotScaledToZero" => "the HPA controller did not scale the workload to zero",
        _ => "",
    }
}

/// `FailedGetScale`
pub(super) fn no_scale(error: &str) -> String {
    format!("the HPA controller was unable to get the target's current scale: {error}")
}

/// `FailedUpdateScale`
pub(super) fn no_update(error: &str) -> String {
    format!("the HPA controller was unable to update the target scale: {error}")
}

/// `SucceededRescale`
pub(super) fn rescaled(replicas: i32) -> String {
    format!("the HPA controller was able to update the target scale to {replicas}")
}

/// `ValidMetricFound`
pub(super) fn valid_metric(event_name: &str) -> String {
    format!("the HPA was able to successfully calculate a replica count from {event_name}")
}

/// `FailedGet…Metric`
pub(super) fn unable_to_compute(error: &str) -> String {
    format!("the HPA was unable to compute the replica count: {error}")
}

/// Why a metric could not be evaluated, with all that the controller puts before it: this is the text of the event `FailedGet…Metric`.
pub(super) fn metric_error(namespace: &str, metric: &MetricSpec, failure: &MetricFailure) -> String {
    let message = failure.message.as_str();
    if failure.reason == "InvalidMetricSourceType" {
        return format!("unknown metric source type \"{}\"", metric.source_type);
    }
    let source = Source::of(message);
    if let (Source::Spec, Some(kind)) = (source, kind(metric)) {
        return format!("invalid {kind} metric source: {message}");
    }
    if let Some(resource) = &metric.resource {
        return resource_error(&resource.name, &resource.target, source, message);
    }
    if let Some(resource) = &metric.container_resource {
        return resource_error(&resource.name, &resource.target, source, message);
    }
    let cause = match source {
        Source::Api => format!("unable to fetch metrics from {} metrics API: {message}", api(metric)),
        Source::Nothing => message.to_owned(),
        Source::Spec | Source::Calculation => return message.to_owned(),
    };
    if let Some(external) = &metric.external {
        let (name, selector) = (&external.metric.name, selector(external.metric.selector.as_ref()));
        return format!("unable to get external metric {namespace}/{name}/{selector}: {cause}");
    }
    if let Some(object) = &metric.object {
        // Kind, namespace and name stand where they stand there, at odds with the words around them.
        let (name, object) = (&object.metric.name, &object.described_object);
        return format!(
            "unable to get metric {name}: {} on {namespace} {}/{cause}",
            object.kind, object.name
        );
    }
    match &metric.pods {
        Some(pods) => format!("unable to get metric {}: {cause}", pods.metric.name),
        None => message.to_owned(),
    }
}

/// Where a failure comes from, which decides what is put before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The metric's target lacks what is needed.
    Spec,
    /// An API answered with nothing.
    Nothing,
    /// The metrics were there, but could not be computed with.
    Calculation,
    /// What an API answered instead of metrics.
    Api,
}

impl Source {
    fn of(message: &str) -> Self {
        let begins = |words: &[&str]| words.iter().any(|word| message.starts_with(word));
        if begins(&["neither "]) {
            Self::Spec
        } else if begins(&["no metrics returned from "]) {
            Self::Nothing
        } else if begins(&[
            "unable to ",
            "no metrics returned matched ",
            "no pods returned ",
            "did not receive metrics ",
            "missing ",
            "container ",
        ]) {
            Self::Calculation
        } else {
            Self::Api
        }
    }
}

fn kind(metric: &MetricSpec) -> Option<&'static str> {
    let is = [
        (metric.external.is_some(), "external"),
        (metric.object.is_some(), "object"),
        (metric.resource.is_some() || metric.container_resource.is_some(), "resource"),
    ];
    is.into_iter().find_map(|(is, kind)| is.then_some(kind))
}

fn api(metric: &MetricSpec) -> &'static str {
    if metric.external.is_some() { "external" } else { "custom" }
}

fn resource_error(name: &str, target: &MetricTarget, source: Source, message: &str) -> String {
    let what = if target.average_value.is_some() { "usage" } else { "utilization" };
    let before = match source {
        Source::Nothing => format!("unable to get metrics for resource {name}: "),
        Source::Api => {
            format!(
                "unable to get metrics for resource {name}: unable to fetch metrics from resource metrics API: "
            )
        }
        Source::Spec | Source::Calculation => String::new(),
    };
    format!("failed to get {name} {what}: {before}{message}")
}

/// The same once more around it, as the error of the whole sync gives it.
pub(super) fn first_error(metric: &MetricSpec, error: &str) -> String {
    if let Some(source) = &metric.external {
        let name = &source.metric.name;
        return match (&source.target.average_value, &source.target.value) {
            (Some(_), _) => {
                format!(
                    "failed to get {name} external metric value: failed to get {name} external metric: {error}"
                )
            }
            (None, Some(_)) => {
                format!(
                    "failed to get {name} external metric value: failed to get external metric {name}: {error}"
                )
            }
            (None, None) => format!("failed to get {name} external metric value: {error}"),
        };
    }
    if metric.object.is_some() {
        return format!("failed to get object metric value: {error}");
    }
    if metric.pods.is_some() {
        return format!("failed to get pods metric value: {error}");
    }
    if let Some(source) = &metric.resource {
        return format!("failed to get {} resource metric value: {error}", source.name);
    }
    match &metric.container_resource {
        Some(source) => format!("failed to get {} container metric value: {error}", source.container),
        None => error.to_owned(),
    }
}

/// A selector as Go prints a pointer to it.
fn selector(selector: Option<&LabelSelector>) -> String {
    selector.map_or_else(|| "nil".to_owned(), ToString::to_string)
}
