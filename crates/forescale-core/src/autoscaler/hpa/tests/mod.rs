//! Tests of whole syncs. The recordings in `tests/conformance/hpa` cover far more cases.

mod any_input;
mod per_pod;
mod words;
mod zero;

use super::api::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, LabelSelector, Spec,
};
use super::*;
use forescale_kernel::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Series by metric name, in thousandths; a metric that is not in it fails.
#[derive(Default)]
struct Series(BTreeMap<&'static str, Vec<i64>>);

impl MetricsApi for Series {
    fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        self.0.get(name).cloned().ok_or_else(|| MetricsError("boom".to_owned()))
    }
}

fn series<const N: usize>(values: [(&'static str, i64); N]) -> Series {
    Series(values.into_iter().map(|(name, value)| (name, vec![value])).collect())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_secs(seconds)
}

const READY: Pod = Pod::new(PodPhase::Running, Some(ConditionStatus::True));
static ONE_READY: [Pod; 1] = [READY];

/// A spec with the metrics `queue` (Value 250) and `running` (AverageValue 250) and further fields of `spec`.
fn spec(more: &str) -> Spec {
    let json = format!(
        r#"{{"scaleTargetRef":{{"apiVersion":"apps/v1","kind":"Deployment","name":"vllm"}},"maxReplicas":8,"metrics":[
        {{"type":"External","external":{{"metric":{{"name":"queue"}},"target":{{"type":"Value","value":"250"}}}}}},
        {{"type":"External","external":{{"metric":{{"name":"running"}},"target":{{"type":"AverageValue","averageValue":250}}}}}}]{more}}}"#
    );
    let spec: HorizontalPodAutoscalerSpec = serde_json::from_str(&json).unwrap();
    assert_eq!(spec.validate(FeatureGates { hpa_scale_to_zero: true, ..FeatureGates::default() }), []);
    spec.defaulted(FeatureGates::default())
}

fn scale(replicas: i32) -> Scale {
    Scale { spec_replicas: replicas, status_replicas: replicas }
}

fn reasons(status: &Status) -> Vec<String> {
    status.conditions.as_slice().iter().map(|c| format!("{}/{}", c.status, c.reason)).collect()
}

#[test]
fn one_line_explains_a_sync() {
    let mut controller = Controller::default();
    let spec =
        spec(r#","behavior":{"scaleUp":{"policies":[{"type":"Percent","value":100,"periodSeconds":15}]}}"#);
    let metrics = series([("queue", 812_000), ("running", 31_000)]);
    let sync = controller.reconcile(at(15), &spec, &Observed::new(scale(1), &[READY], &metrics));
    assert_eq!(
        sync.to_string(),
        "queue 812/250 × 1 ready → 4 · running 31/250 per replica of 1 → 1 · ScaleUpLimit: Percent 100/15s from 1 allows 2"
    );
    assert_eq!((sync.rescale, sync.recommendation, sync.reasons.winner), (Some(2), Some(4), Some(0)));
    assert_eq!(sync.event().unwrap(), "New size: 2; reason: external metric queue(nil) above target");
    assert_eq!(
        reasons(&sync.status),
        ["True/SucceededRescale", "True/ValidMetricFound", "True/ScaleUpLimit"]
    );
    assert_eq!(sync.status.last_scale_time, Some(at(15)));
}

#[test]
fn value_counts_ready_pods_and_average_value_the_status() {
    let mut controller = Controller::default();
    let pods = [READY, READY, Pod::new(PodPhase::Running, Some(ConditionStatus::False)), Pod::default()];
    let metrics = series([("queue", 500_000), ("running", 760_000)]);
    let scale = Scale { spec_replicas: 4, status_replicas: 3 };
    let sync = controller.reconcile(at(15), &spec(""), &Observed::new(scale, &pods, &metrics));
    assert_eq!(
        sync.to_string(),
        "queue 500/250 × 2 ready → 4 · running 760/250 per replica of 3 within 0.9..1.1 → 3"
    );
    assert_eq!(sync.rescale, None);
}

#[test]
fn a_failed_metric_forbids_scaling_down_only() {
    let metrics = series([("running", 750_000)]);
    for (replicas, rescale, branch) in [(4, None, Branch::MetricsFailed), (2, Some(3), Branch::Metrics)] {
        let mut controller = Controller::default();
        let sync =
            controller.reconcile(at(15), &spec(""), &Observed::new(scale(replicas), &[READY], &metrics));
        assert_eq!((sync.rescale, sync.reasons.branch), (rescale, branch));
        assert!(matches!(sync.error, Some(SyncError::Metrics { failed: 1, of: 2, .. })), "{:?}", sync.error);
        assert_eq!(sync.status.current_metrics.iter().filter(|m| m.is_none()).count(), 1);
        assert!(sync.to_string().starts_with(&format!(
            "queue FailedGetExternalMetric: boom · running 750/250 per replica of {replicas} → 3"
        )));
    }
}

#[test]
fn a_recommendation_exactly_as_old_as_the_window_counts_only_without_behavior() {
    let metrics = series([("queue", 0), ("running", 0)]);
    for (more, rescale) in [("", None), (r#","behavior":{}"#, Some(1))] {
        let mut controller = Controller::default();
        let observed = Observed::new(scale(5), &ONE_READY, &metrics);
        // The count found at the first sync is the high recommendation.
        assert_eq!(controller.reconcile(at(0), &spec(more), &observed).rescale, None);
        let sync = controller.reconcile(at(300), &spec(more), &observed);
        assert_eq!(sync.rescale, rescale, "{more}");
        if rescale.is_none() {
            assert!(sync.to_string().ends_with("scaleDown window 5m: 5 wanted 5m ago → 5"), "{sync}");
        }
    }
}

#[test]
fn of_equal_extremes_the_youngest_is_told() {
    let high = series([("queue", 0), ("running", 1_000_000)]);
    let low = series([("queue", 0), ("running", 0)]);
    for more in ["", r#","behavior":{}"#] {
        let mut controller = Controller::default();
        let mut step = |t, metrics: &Series| {
            let observed = Observed::new(scale(4), &ONE_READY, metrics);
            controller.reconcile(at(t), &spec(more), &observed).to_string()
        };
        for t in [0, 15, 30] {
            step(t, &high);
        }
        let held = step(45, &low);
        assert!(held.ends_with("scaleDown window 5m: 4 wanted 15s ago → 4"), "{held}");
    }
    let behavior = r#","behavior":{"scaleUp":{"stabilizationWindowSeconds":60}}"#;
    let mut controller = Controller::default();
    let mut step = |t, metrics: &Series| {
        let observed = Observed::new(scale(1), &ONE_READY, metrics);
        controller.reconcile(at(t), &spec(behavior), &observed).to_string()
    };
    for t in [0, 15, 30] {
        step(t, &low);
    }
    let held = step(45, &high);
    assert!(held.ends_with("scaleUp window 1m: 0 wanted 15s ago → 1"), "{held}");
}

#[test]
fn of_equal_proposals_the_first_wins() {
    let metrics = series([("queue", 750_000), ("running", 750_000)]);
    let sync =
        Controller::default().reconcile(at(0), &spec(""), &Observed::new(scale(1), &ONE_READY, &metrics));
    assert_eq!((sync.rescale, sync.reasons.winner), (Some(3), Some(0)));
}

#[test]
fn a_wish_at_the_limit_is_not_limited_by_it() {
    let limit = |more: &str, max: i32, replicas: i32, queue: i64| {
        let mut spec = spec(more);
        (spec.min_replicas, spec.max_replicas) = (2, max);
        let metrics = series([("queue", queue), ("running", 0)]);
        let mut controller = Controller::default();
        let pods = [READY; 2];
        // The window over what was found first has passed.
        controller.reconcile(at(0), &spec, &Observed::new(scale(replicas), &pods, &metrics));
        let sync = controller.reconcile(at(400), &spec, &Observed::new(scale(replicas), &pods, &metrics));
        reasons(&sync.status)[2].clone()
    };
    assert_eq!(limit("", 8, 3, 250_000), "False/DesiredWithinRange", "2 is the minimum");
    assert_eq!(limit("", 4, 2, 9_000_000), "True/TooManyReplicas", "at most doubled, which is the maximum");
    let four = r#","behavior":{"scaleUp":{"policies":[{"type":"Pods","value":2,"periodSeconds":15}]}}"#;
    assert_eq!(limit(four, 4, 2, 9_000_000), "True/TooManyReplicas", "two more, which is the maximum");
}

#[test]
fn an_adapter_without_a_kind_of_metric_answers_that_it_finds_none() {
    let api = Series::default();
    let text = |error: Option<MetricsError>| error.unwrap().0;
    let object = CrossVersionObjectReference {
        kind: "Service".to_owned(),
        name: "s".to_owned(),
        ..Default::default()
    };
    assert_eq!(
        text(api.object_metric(&object, "hits", None).err()),
        "the server could not find the metric hits for Service s"
    );
    assert_eq!(
        text(api.pods_metric("hits", None).err()),
        "the server could not find the metric hits for pods"
    );
    assert!(text(api.resource_metrics("cpu").err()).contains("pods.metrics.k8s.io"));
    assert_eq!(format!("{:?}", &api as &dyn MetricsApi), "MetricsApi");
}

#[test]
fn releases_are_found_by_their_names_and_differ_in_their_gates() {
    for version in KubernetesVersion::ALL {
        assert_eq!(version.name().parse(), Ok(version));
        assert_eq!(version.has_hpa_generation(), version == KubernetesVersion::V1_37);
    }
    assert_eq!(KubernetesVersion::ALL.map(KubernetesVersion::name), ["1.36", "1.37"]);
    assert_eq!("1.35".parse::<KubernetesVersion>(), Err(()));
}

#[test]
fn both_windows_clamp_the_current_count() {
    let behavior = r#","behavior":{"scaleUp":{"stabilizationWindowSeconds":60,"policies":[{"type":"Pods","value":9,"periodSeconds":15}]}}"#;
    let spec = spec(behavior);
    let mut controller = Controller::default();
    let pods = [READY; 2];
    let mut step = |t, queue| {
        let metrics = series([("queue", queue), ("running", 0)]);
        controller.reconcile(at(t), &spec, &Observed::new(scale(2), &pods, &metrics))
    };
    assert_eq!(step(0, 900_000).stabilized(), 2);
    let held = step(15, 900_000);
    assert!(held.to_string().ends_with("scaleUp window 1m: 2 wanted 15s ago → 2"), "{held}");
    assert_eq!(reasons(&held.status)[0], "True/ScaleUpStabilized");
    assert_eq!(
        step(60, 600_000).rescale,
        Some(5),
        "at 60 s the count found at the start is out of the window"
    );
}

#[test]
fn a_used_up_policy_is_shown_with_its_own_limit() {
    let behavior = r#","behavior":{"scaleUp":{"policies":[{"type":"Pods","value":2,"periodSeconds":60}]}}"#;
    let spec = spec(behavior);
    let mut controller = Controller::default();
    let metrics = series([("queue", 0), ("running", 1_500_000)]);
    assert_eq!(
        controller.reconcile(at(0), &spec, &Observed::new(scale(1), &[READY], &metrics)).rescale,
        Some(3)
    );
    // Somebody else takes one away, so that the period seems to have started with 0.
    let sync = controller.reconcile(at(15), &spec, &Observed::new(scale(2), &[READY], &metrics));
    assert!(sync.to_string().ends_with("ScaleUpLimit: Pods 2/60s from 0 allows 2"), "{sync}");
    let sync = controller.reconcile(at(30), &spec, &Observed::new(scale(4), &[READY], &metrics));
    assert!(sync.to_string().ends_with("ScaleUpLimit: Pods 2/60s from 2 allows 4"), "{sync}");
    let sync = controller.reconcile(at(31), &spec, &Observed::new(scale(1), &[READY], &metrics));
    assert!(sync.to_string().ends_with("ScaleUpLimit: Pods 2/60s from -1 allows 1"), "{sync}");
    let spec =
        self::spec(r#","behavior":{"scaleUp":{"policies":[{"type":"Pods","value":1,"periodSeconds":60}]}}"#);
    let sync = controller.reconcile(at(32), &spec, &Observed::new(scale(3), &[READY], &metrics));
    assert!(sync.to_string().ends_with("ScaleUpLimit: Pods 1/60s from 1 allows 2, stays 3"), "{sync}");
}

impl Sync {
    fn stabilized(&self) -> i32 {
        self.reasons.stabilization.map_or(-1, |s| s.stabilized)
    }
}

#[test]
fn out_of_range_counts_are_set_without_metrics() {
    let metrics = Series::default();
    let spec = spec(r#","minReplicas":2,"behavior":{}"#);
    let mut controller = Controller::default();
    let sync = controller.reconcile(at(0), &spec, &Observed::new(scale(11), &[], &metrics));
    assert_eq!((sync.rescale, sync.recommendation), (Some(8), None));
    assert_eq!(
        sync.event().unwrap(),
        "New size: 8; reason: Current number of replicas above Spec.MaxReplicas"
    );
    assert_eq!(controller.history().scale_down_events().len(), 1);
    let sync = controller.reconcile(at(15), &spec, &Observed::new(scale(1), &[], &metrics));
    assert_eq!((sync.rescale, sync.to_string().as_str()), (Some(2), "1 below minReplicas → 2"));
}

#[test]
fn zero_replicas_made_by_somebody_else_stay() {
    let metrics = series([("queue", 900_000), ("running", 0)]);
    let mut controller = Controller::default();
    let sync = controller.reconcile(at(0), &spec(""), &Observed::new(scale(0), &[], &metrics));
    assert_eq!((sync.rescale, sync.reasons.branch), (None, Branch::Disabled));
    assert_eq!(reasons(&sync.status), ["True/SucceededGetScale", "False/ScalingDisabled"]);
}

#[test]
fn zero_replicas_made_by_the_hpa_are_left_again() {
    let gates = FeatureGates { hpa_scale_to_zero: true, ..FeatureGates::default() };
    let spec = spec(r#","minReplicas":0,"behavior":{"scaleDown":{"stabilizationWindowSeconds":0}}"#);
    let mut controller = Controller::new(Flags::default(), gates);
    let idle = series([("queue", 0), ("running", 0)]);
    let sync = controller.reconcile(at(0), &spec, &Observed::new(scale(1), &[READY], &idle));
    assert_eq!(sync.rescale, Some(0));
    assert_eq!(reasons(&sync.status)[3], "True/ScaledToZero");
    let busy = series([("queue", 800_000), ("running", 0)]);
    let sync = controller.reconcile(at(15), &spec, &Observed::new(scale(0), &[], &busy));
    assert_eq!(sync.rescale, Some(4));
    assert!(sync.to_string().starts_with("queue 800/250 → 4"), "{sync}");
}

#[test]
fn failures_of_the_scale_subresource_keep_the_wish() {
    let metrics = series([("queue", 900_000), ("running", 0)]);
    let mut controller = Controller::default();
    let mut observed = Observed::new(scale(1), &ONE_READY, &metrics);
    observed.scale_update = Err("conflict".to_owned());
    let sync = controller.reconcile(at(0), &spec(""), &observed);
    assert_eq!((sync.rescale, sync.recommendation, sync.status.desired_replicas), (None, Some(4), 0));
    assert_eq!(reasons(&sync.status)[0], "False/FailedUpdateScale");
    assert!(sync.to_string().ends_with("· FailedUpdateScale: conflict"), "{sync}");
    observed.scale = Err("gone".to_owned());
    let sync = controller.reconcile(at(15), &spec(""), &observed);
    assert_eq!(sync.error, Some(SyncError::FailedGetScale("gone".to_owned())));
    assert_eq!(sync.to_string(), "FailedGetScale: gone");
    controller.restart();
    assert_eq!(controller.history().recommendations(), []);
}

#[test]
fn manifests_are_read_strictly_but_for_metadata_and_status() {
    let read = |json: &str| serde_json::from_str::<HorizontalPodAutoscaler>(json).map_err(|e| e.to_string());
    let hpa = read(
        r#"{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"h","labels":{"a":"b"}},
        "spec":{"maxReplicas":3,"minReplicas":null},"status":{"x":[1]}}"#,
    )
    .unwrap();
    assert_eq!((hpa.metadata.name.as_str(), hpa.spec.min_replicas), ("h", None));
    let wrong = r#"{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","spec":{"maxReplica":3}}"#;
    assert!(read(wrong).unwrap_err().contains("unknown field `maxReplica`"));
}

fn any_behavior() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        r#","behavior":{}"#,
        r#","behavior":{"scaleDown":{"selectPolicy":"Disabled"},"scaleUp":{"stabilizationWindowSeconds":30,"tolerance":"0"}}"#,
        r#","behavior":{"scaleDown":{"stabilizationWindowSeconds":0,"selectPolicy":"Min","policies":[{"type":"Percent","value":2147483647,"periodSeconds":60},{"type":"Pods","value":1,"periodSeconds":1}]}}"#,
        r#","behavior":{"scaleUp":{"selectPolicy":"Min","policies":[{"type":"Percent","value":2147483647,"periodSeconds":1800},{"type":"Pods","value":2147483647,"periodSeconds":1}]}}"#,
    ])
}

proptest! {
    #[test]
    fn a_rescale_ends_within_min_and_max(
        more in any_behavior(),
        syncs in prop::collection::vec((0..40_i64, 0..2_000_000_i64, 0..2_000_000_i64, 0..9_usize, 1..12_i32), 1..30),
    ) {
        let spec = spec(more);
        let mut controller = Controller::default();
        let (mut now, mut replicas) = (0, 3);
        for (step, queue, running, ready, status) in syncs {
            now += step;
            let pods: Vec<Pod> = (0..9).map(|i| if i < ready { READY } else { Pod::default() }).collect();
            let metrics = series([("queue", queue), ("running", running)]);
            let scale = Scale { spec_replicas: replicas, status_replicas: status };
            let sync = controller.reconcile(at(now), &spec, &Observed::new(scale, &pods, &metrics));
            if let Some(new) = sync.rescale {
                prop_assert!((1..=8).contains(&new) && new != replicas, "{}", sync);
            }
            replicas = sync.rescale.unwrap_or(replicas);
        }
    }
}
