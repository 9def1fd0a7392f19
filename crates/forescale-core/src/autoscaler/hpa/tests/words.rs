//! What the controller writes for people. The sentences are those of horizontal.go and replica_calculator.go, Kubernetes 1.36.2.

use super::super::api::MetricSpec;
use super::super::messages;
use super::super::reasons::MetricFailure;
use super::*;

fn told(status: &Status) -> Vec<String> {
    status.conditions.as_slice().iter().map(|it| format!("{}: {}", it.reason, it.message)).collect()
}

fn events(sync: &Sync) -> Vec<String> {
    sync.events.iter().map(|it| format!("{} {}: {}", it.event_type, it.reason, it.message)).collect()
}

#[test]
fn a_rescale_has_its_messages_and_its_event() {
    let mut controller = Controller::default();
    let metrics = series([("queue", 812_000), ("running", 31_000)]);
    let sync = controller.reconcile(at(15), &spec(""), &Observed::new(scale(1), &ONE_READY, &metrics));
    assert_eq!(
        told(&sync.status),
        [
            "SucceededRescale: the HPA controller was able to update the target scale to 4",
            "ValidMetricFound: the HPA was able to successfully calculate a replica count from external metric queue(nil)",
            "DesiredWithinRange: the desired count is within the acceptable range",
        ]
    );
    assert_eq!(
        events(&sync),
        ["Normal SuccessfulRescale: New size: 4; reason: external metric queue(nil) above target"]
    );
}

#[test]
fn failures_say_which_metric_in_which_namespace() {
    let mut controller = Controller::default().in_namespace("llm-d");
    let some = series([("running", 750_000)]);
    let sync = controller.reconcile(at(15), &spec(""), &Observed::new(scale(2), &ONE_READY, &some));
    let cause = "unable to get external metric llm-d/queue/nil: unable to fetch metrics from external metrics API: boom";
    let warning = format!("Warning FailedGetExternalMetric: {cause}");
    let rescale = "Normal SuccessfulRescale: New size: 3; reason: external metric running(nil) above target";
    assert_eq!(events(&sync), [warning.as_str(), rescale], "a partial failure may scale up");

    let sync = controller.reconcile(at(30), &spec(""), &Observed::new(scale(4), &ONE_READY, &some));
    let all = format!(
        "Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 2), first error is: failed to get queue external metric value: failed to get external metric queue: {cause}"
    );
    assert_eq!(events(&sync), [warning.as_str(), all.as_str()]);
    let active = format!("FailedGetExternalMetric: the HPA was unable to compute the replica count: {cause}");
    assert_eq!(told(&sync.status)[1], active);

    // An empty answer is the controller's own sentence, and without pods the calculation's.
    let empty = Series(BTreeMap::from([("queue", Vec::new()), ("running", vec![0])]));
    let sync = controller.reconcile(at(45), &spec(""), &Observed::new(scale(4), &ONE_READY, &empty));
    let nothing =
        "unable to get external metric llm-d/queue/nil: no metrics returned from external metrics API";
    assert_eq!(sync.events[0].message, nothing);
    let high = series([("queue", 812_000), ("running", 0)]);
    let sync = controller.reconcile(at(60), &spec(""), &Observed::new(scale(4), &[], &high));
    let no_pods =
        "unable to calculate ready pods: no pods returned by selector while calculating replica count";
    assert_eq!(sync.events[0].message, no_pods);
}

#[test]
fn a_scale_that_cannot_be_read_or_written_is_told() {
    let mut controller = Controller::default();
    let metrics = series([("queue", 812_000), ("running", 0)]);
    let mut observed = Observed::new(scale(1), &ONE_READY, &metrics);
    observed.scale_update = Err("conflict".to_owned());
    let sync = controller.reconcile(at(15), &spec(""), &observed);
    let reason = "New size: 4; reason: external metric queue(nil) above target";
    assert_eq!(events(&sync), [format!("Warning FailedRescale: {reason}; error: conflict")]);
    assert_eq!((sync.rescale, sync.event()), (None, None));
    assert_eq!(
        told(&sync.status)[0],
        "FailedUpdateScale: the HPA controller was unable to update the target scale: conflict"
    );
    observed.scale = Err("gone".to_owned());
    let sync = controller.reconcile(at(30), &spec(""), &observed);
    assert_eq!(events(&sync), ["Warning FailedGetScale: gone"]);
    assert_eq!(
        told(&sync.status)[0],
        "FailedGetScale: the HPA controller was unable to get the target's current scale: gone"
    );
}

/// A target without the value that its type names; the API server lets none through.
#[test]
fn a_source_without_a_target_is_told_by_its_kind() {
    let failure = |message: &str| MetricFailure { reason: "FailedGetMetric", message: message.to_owned() };
    let metric = |source: &str| serde_json::from_str::<MetricSpec>(source).unwrap();
    let target = r#""target":{"type":"Utilization"}"#;
    let cases = [
        (format!(r#"{{"type":"External","external":{{"metric":{{"name":"q"}},{target}}}}}"#), "external"),
        (
            format!(
                r#"{{"type":"Object","object":{{"describedObject":{{"kind":"Service","name":"s"}},"metric":{{"name":"q"}},{target}}}}}"#
            ),
            "object",
        ),
        (format!(r#"{{"type":"Resource","resource":{{"name":"cpu",{target}}}}}"#), "resource"),
        (
            format!(
                r#"{{"type":"ContainerResource","containerResource":{{"name":"cpu","container":"c",{target}}}}}"#
            ),
            "resource",
        ),
    ];
    for (source, kind) in cases {
        let told = messages::metric_error("ns", &metric(&source), &failure("neither a nor b"));
        assert_eq!(told, format!("invalid {kind} metric source: neither a nor b"));
    }
    let cpu =
        |target: &str| metric(&format!(r#"{{"type":"Resource","resource":{{"name":"cpu",{target}}}}}"#));
    let told = |target, message| messages::metric_error("ns", &cpu(target), &failure(message));
    let of_requests = r#""target":{"type":"Utilization","averageUtilization":50}"#;
    let api =
        "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: boom";
    assert_eq!(told(of_requests, "boom"), format!("failed to get cpu utilization: {api}"));
    let absolute = r#""target":{"type":"AverageValue","averageValue":"2"}"#;
    let nothing = "no metrics returned from resource metrics API";
    let expected = format!("failed to get cpu usage: unable to get metrics for resource cpu: {nothing}");
    assert_eq!(told(absolute, nothing), expected);
    assert_eq!(told(absolute, "missing request for cpu"), "failed to get cpu usage: missing request for cpu");
}

/// No reason is without a sentence.
#[test]
fn every_limit_and_window_has_a_sentence() {
    let limits = [
        LimitReason::DesiredWithinRange,
        LimitReason::ScaleUpLimit,
        LimitReason::ScaleDownLimit,
        LimitReason::TooManyReplicas,
        LimitReason::TooFewReplicas,
    ];
    let others = [
        "SucceededGetScale",
        "ReadyForNewScale",
        "ScaleUpStabilized",
        "ScaleDownStabilized",
        "ScalingDisabled",
        "ScaledToZero",
        "NotScaledToZero",
    ];
    for reason in limits.map(LimitReason::as_str).into_iter().chain(others) {
        assert!(!messages::of_reason(reason).is_empty(), "{reason}");
    }
}
