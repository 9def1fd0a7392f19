//! Away from zero replicas, to a minimum that was raised meanwhile.

use super::*;

const GATES: FeatureGates =
    FeatureGates { hpa_scale_to_zero: true, hpa_configurable_tolerance: true, hpa_generation: false };

/// A controller that has just scaled one idle pod away.
fn at_zero() -> Controller {
    let mut controller = Controller::new(Flags::default(), GATES);
    let spec = spec(r#","minReplicas":0,"behavior":{"scaleDown":{"stabilizationWindowSeconds":0}}"#);
    let idle = series([("queue", 0), ("running", 0)]);
    assert_eq!(
        controller.reconcile(at(0), &spec, &Observed::new(scale(1), &ONE_READY, &idle)).rescale,
        Some(0)
    );
    controller
}

#[test]
fn a_raised_minimum_lifts_what_policies_allow_and_nothing_else() {
    let one_a_time = r#""behavior":{"scaleUp":{"policies":[{"type":"Pods","value":1,"periodSeconds":15}]}}"#;
    let four_a_time = r#""behavior":{"scaleUp":{"policies":[{"type":"Pods","value":4,"periodSeconds":15}]}}"#;
    // The policy allows less than the minimum, as much, and more.
    for (min, behavior, rescale, raised) in
        [(3, one_a_time, 3, Some(3)), (4, four_a_time, 4, None), (2, four_a_time, 4, None)]
    {
        let spec = spec(&format!(r#","minReplicas":{min},{behavior}"#));
        let busy = series([("queue", 2_000_000), ("running", 0)]);
        let sync = at_zero().reconcile(at(15), &spec, &Observed::new(scale(0), &[], &busy));
        let clamp = sync.reasons.clamp.unwrap();
        assert_eq!((sync.rescale, clamp.raised_to_min), (Some(rescale), raised), "{min}");
    }
}

#[test]
fn with_a_raised_minimum_no_metric_has_to_exist_without_pods() {
    let pods = r#"{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"vllm"},"maxReplicas":8,"minReplicas":2,
        "metrics":[{"type":"Pods","pods":{"metric":{"name":"running"},"target":{"type":"AverageValue","averageValue":"4"}}}]}"#;
    let pods: HorizontalPodAutoscalerSpec = serde_json::from_str(pods).unwrap();
    let nothing = series([]);
    let sync = at_zero().reconcile(
        at(15),
        &pods.defaulted(FeatureGates::default()),
        &Observed::new(scale(0), &[], &nothing),
    );
    assert_ne!(sync.reasons.branch, Branch::Disabled);
}
