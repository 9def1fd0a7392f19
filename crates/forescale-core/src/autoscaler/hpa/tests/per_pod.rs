//! Metrics per pod: the groups of pods, the second pass, and the line that explains them.

use super::{READY, at};
use crate::autoscaler::hpa::api::{
    CrossVersionObjectReference, HorizontalPodAutoscalerSpec, LabelSelector, Spec,
};
use crate::autoscaler::hpa::*;
use forescale_kernel::SimDuration;

/// A metric of pods, or CPU of containers, by the number of the pod; in thousandths.
struct PerPod(Vec<(usize, i64)>);

impl MetricsApi for PerPod {
    fn external_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        Ok(Vec::new())
    }

    fn object_metric(
        &self,
        _: &CrossVersionObjectReference,
        _: &str,
        _: Option<&LabelSelector>,
    ) -> Result<i64, MetricsError> {
        Ok(self.0.iter().map(|(_, value)| value).sum())
    }

    fn pods_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
        let metric = |&(pod, value_milli): &(usize, i64)| PodMetric { pod: format!("p{pod}"), value_milli };
        Ok(self.0.iter().map(metric).collect())
    }

    fn resource_metrics(&self, _: &str) -> Result<Vec<PodMetrics>, MetricsError> {
        let metric = |&(pod, usage): &(usize, i64)| PodMetrics {
            pod: format!("p{pod}"),
            timestamp: at(1000),
            window: SimDuration::from_secs(30),
            containers: vec![ContainerMetrics { name: "vllm".to_owned(), usage_milli: Some(usage) }],
        };
        Ok(self.0.iter().map(metric).collect())
    }
}

const PODS: &str = r#"{"type":"Pods","pods":{"metric":{"name":"running"},"target":{"type":"AverageValue","averageValue":"10"}}}"#;
const CPU: &str = r#"{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}"#;
const OBJECT: &str = r#"{"type":"Object","object":{"describedObject":{"apiVersion":"v1","kind":"Service","name":"s"},"metric":{"name":"hits"},
    "target":{"type":"Value","value":"10"}}}"#;

fn spec(metric: &str) -> Spec {
    let json = format!(
        r#"{{"scaleTargetRef":{{"apiVersion":"apps/v1","kind":"Deployment","name":"vllm"}},"maxReplicas":99,"metrics":[{metric}]}}"#
    );
    let spec: HorizontalPodAutoscalerSpec = serde_json::from_str(&json).unwrap();
    assert_eq!(spec.validate(FeatureGates::default()), []);
    spec.defaulted(FeatureGates::default())
}

/// The number of a pod, and what is different about it.
type Otherwise = (usize, fn(&mut Pod));

/// Pods that are Ready since long ago and request one core, but for those that are made otherwise.
fn pods(count: usize, otherwise: &[Otherwise]) -> Vec<Pod> {
    let container =
        Container { name: "vllm".to_owned(), requests: Requests::from([("cpu".to_owned(), 1000)]) };
    let mut pods: Vec<Pod> = (0..count)
        .map(|index| {
            let mut pod = READY;
            pod.name = format!("p{index}");
            (pod.start_time, pod.ready_transition_time) = (Some(at(0)), Some(at(10)));
            pod.containers = vec![container.clone()];
            pod
        })
        .collect();
    otherwise.iter().for_each(|(index, change)| change(&mut pods[*index]));
    pods
}

/// The line for a first sync at second 1000, without what follows the metric.
fn line(metric: &str, replicas: i32, pods: &[Pod], values: &[(usize, i64)]) -> String {
    let scale = Scale { spec_replicas: replicas, status_replicas: replicas };
    let metrics = PerPod(values.to_vec());
    let sync =
        Controller::default().reconcile(at(1000), &spec(metric), &Observed::new(scale, pods, &metrics));
    let text = sync.to_string();
    text.split(" · ").next().unwrap().to_owned()
}

fn pending(pod: &mut Pod) {
    pod.phase = PodPhase::Pending;
}

fn terminating(pod: &mut Pod) {
    pod.deletion_timestamp = Some(at(990));
}

/// Started 100 s ago and not Ready: within the CPU initialization period.
fn starting(pod: &mut Pod) {
    (pod.start_time, pod.ready_transition_time) = (Some(at(900)), Some(at(900)));
    pod.ready = Some(ConditionStatus::False);
}

#[test]
fn each_number_of_a_pods_metric_can_be_computed_from_the_line() {
    let all = [(0, 30_000), (1, 40_000), (2, 21_000), (3, 35_000)];
    assert_eq!(line(PODS, 4, &pods(4, &[]), &all), "running 126/4 samples = 31.5/10 × 4 ready → 13");
    let skipped = pods(6, &[(4, pending), (5, terminating)]);
    let low = [(0, 3_000), (1, 4_000), (2, 2_000), (3, 3_000), (5, 99_000)];
    assert_eq!(
        line(PODS, 4, &skipped, &low),
        "running 12/4 samples = 3/10 (1 unready, 1 ignored) × 4 ready → 2"
    );
    let near = [(0, 10_500), (1, 9_800)];
    assert_eq!(line(PODS, 2, &pods(2, &[]), &near), "running 20.3/2 samples = 10.15/10 within 0.9..1.1 → 2");
}

#[test]
fn pods_without_samples_damp_both_directions() {
    let some = pods(7, &[(4, pending)]);
    let high = [(0, 30_000), (1, 40_000), (2, 21_000), (3, 35_000)];
    assert_eq!(
        line(PODS, 7, &some, &high),
        "running 126/4 samples = 31.5/10 (1 unready, 2 missing), missing as 0, unready as 0: 126/7 samples = 18/10 × 7 → 13"
    );
    let low = high.map(|(pod, value)| (pod, value / 10));
    assert_eq!(
        line(PODS, 7, &some, &low),
        "running 12.6/4 samples = 3.15/10 (1 unready, 2 missing), missing as 10: 32.6/6 samples = 5.433/10 × 6 → 4"
    );
    assert_eq!(
        line(PODS, 7, &pods(7, &[]), &[(0, 12_000)]),
        "running 12/1 sample = 12/10 (6 missing), missing as 0: 12/7 samples = 1.714/10, which would turn the direction → 7"
    );
    assert_eq!(
        line(PODS, 9, &pods(3, &[]), &[(0, 30_000), (1, 30_000)]),
        "running 60/2 samples = 30/10 (1 missing), missing as 0: 60/3 samples = 20/10 × 3 → 6, which would turn the direction → 9"
    );
}

#[test]
fn utilization_is_of_requests_and_leaves_out_cpu_of_the_start() {
    let all = [(0, 800), (1, 700), (2, 900), (3, 4_000)];
    assert_eq!(
        line(CPU, 4, &pods(4, &[(3, starting)]), &all),
        "cpu 2.4/3 requested = 80 %/50 % (1 unready), unready as 0: 2.4/4 requested = 60 %/50 % × 4 → 5"
    );
    let idle = [(0, 140)];
    assert_eq!(
        line(CPU, 2, &pods(2, &[]), &idle),
        "cpu 0.14/1 requested = 14 %/50 % (1 missing), missing as 100 % of their requests: 1.14/2 requested = 57 %/50 %, which would turn the direction → 2"
    );
    let unknown = pods(2, &[(1, |pod| pod.containers[0].requests.clear())]);
    assert_eq!(
        line(CPU, 2, &unknown, &idle),
        "cpu FailedGetResourceMetric: missing request for cpu in container vllm of Pod p1"
    );
}

#[test]
fn requests_are_those_of_containers_and_sidecars_or_of_the_pod() {
    fn container(name: &str, milli: i64) -> Container {
        Container { name: name.to_owned(), requests: Requests::from([("cpu".to_owned(), milli)]) }
    }
    fn with_init(pod: &mut Pod) {
        let sidecar = InitContainer { container: container("proxy", 500), is_sidecar: true };
        let once = InitContainer { container: container("fetch", 8_000), is_sidecar: false };
        pod.init_containers = vec![sidecar, once];
    }
    fn with_own(pod: &mut Pod) {
        with_init(pod);
        pod.requests.insert("cpu".to_owned(), 4_000);
    }
    fn with_own_memory(pod: &mut Pod) {
        with_init(pod);
        pod.requests.insert("memory".to_owned(), 4_000);
    }
    let requested = |change| line(CPU, 1, &pods(1, &[(0, change)]), &[(0, 1_000)]);
    assert!(requested(with_init).starts_with("cpu 1/1.5 requested = 66 %/50 %"), "{}", requested(with_init));
    assert!(requested(with_own).starts_with("cpu 1/4 requested = 25 %"), "{}", requested(with_own));
    // With requests of its own for something else, the pod is taken as the scheduler takes it: `fetch` runs beside `proxy`.
    assert!(
        requested(with_own_memory).starts_with("cpu 1/8.5 requested = 11 %"),
        "{}",
        requested(with_own_memory)
    );
}

#[test]
fn an_object_is_compared_as_a_whole() {
    assert_eq!(line(OBJECT, 2, &pods(2, &[]), &[(0, 25_000)]), "hits 25/10 × 2 ready → 5");
}

#[test]
fn within_the_tolerance_an_average_value_gives_the_status_or_where_that_is_mended_the_spec() {
    let average = OBJECT.replace("Value\",\"value", "AverageValue\",\"averageValue");
    let metrics = PerPod(vec![(0, 31_000)]);
    let scale = Scale { spec_replicas: 4, status_replicas: 3 };
    for (within_tolerance, expected) in
        [(WithinTolerance::StatusReplicas, 3), (WithinTolerance::SpecReplicas, 4)]
    {
        let flags = Flags { within_tolerance, ..Flags::default() };
        let mut controller = Controller::new(flags, FeatureGates::default());
        let observed = Observed::new(scale, &[], &metrics);
        let sync = controller.reconcile(at(0), &spec(&average), &observed);
        assert_eq!(sync.recommendation, Some(expected), "{sync}");
    }
}

/// `event_name` of `GetResourceReplicas` and `GetRawResourceReplicas` in horizontal.go, Kubernetes 1.36.2.
#[test]
fn events_tell_what_of_a_resource_was_above_its_target() {
    const RAW: &str = r#"{"type":"Resource","resource":{"name":"cpu","target":{"type":"AverageValue","averageValue":"500m"}}}"#;
    for (metric, what) in [(CPU, "cpu resource utilization (percentage of request)"), (RAW, "cpu resource")] {
        let (scale, pods) = (Scale { spec_replicas: 1, status_replicas: 1 }, pods(1, &[]));
        let metrics = PerPod(vec![(0, 900)]);
        let observed = Observed::new(scale, &pods, &metrics);
        let sync = Controller::default().reconcile(at(1000), &spec(metric), &observed);
        assert_eq!(sync.event().unwrap(), format!("New size: 2; reason: {what} above target"));
    }
}
