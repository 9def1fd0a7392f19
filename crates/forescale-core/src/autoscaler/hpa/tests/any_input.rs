//! Whatever a manifest says and whatever a cluster answers: no panic, no overflow, and a rescale within min and max.

use crate::autoscaler::hpa::api::{CrossVersionObjectReference, HorizontalPodAutoscalerSpec, LabelSelector};
use crate::autoscaler::hpa::*;
use forescale_kernel::{SimDuration, Timestamp};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

fn any_number() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0..2_000_000_i64,
        1 => any::<i64>(),
        1 => select(vec![i64::MIN, i64::MAX, i64::MAX - 1, -1, i64::from(i32::MAX) + 1]),
    ]
}

fn any_quantity() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => "[1-9][0-9]{0,3}(\\.[0-9]{1,2})?(m|k|Mi)?".prop_map(Value::from),
        2 => "[-+]?[0-9]{0,25}(\\.[0-9]{0,12})?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]{1,19})?".prop_map(Value::from),
        1 => any_number().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(null), json!(""), json!("1E"), json!("8Ei"), json!([]), json!(" 1")]),
    ]
}

fn any_integer() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (0..20_i32).prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any_number().prop_map(Value::from),
        1 => select(vec![json!(null), json!("3"), json!(1.5)]),
    ]
}

fn any_word(known: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    prop_oneof![9 => select(known.to_vec()).prop_map(Value::from), 1 => "\\PC{0,9}".prop_map(Value::from)]
}

/// An object of the fields that are there.
fn object(fields: Vec<(&'static str, Option<Value>)>) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn any_target() -> impl Strategy<Value = Value> {
    let quantities = (option::of(any_quantity()), option::of(any_quantity()));
    (any_word(&["Value", "AverageValue", "Utilization"]), quantities, option::of(any_integer())).prop_map(
        |(kind, (value, average), percent)| {
            object(vec![
                ("type", Some(kind)),
                ("value", value),
                ("averageValue", average),
                ("averageUtilization", percent),
            ])
        },
    )
}

fn any_metric() -> impl Strategy<Value = Value> {
    let sources = [
        ("External", "external"),
        ("Object", "object"),
        ("Pods", "pods"),
        ("Resource", "resource"),
        ("ContainerResource", "containerResource"),
    ];
    let kind = prop_oneof![9 => Just(None), 1 => "\\PC{0,5}".prop_map(Some)];
    let resource = any_word(&["cpu", "memory"]);
    (select(sources.to_vec()), kind, any_target(), any_word(&["m"]), resource).prop_map(
        |((source_type, field), kind, target, name, resource)| {
            let metric = json!({ "name": name });
            let reference = json!({"apiVersion": "v1", "kind": "Service", "name": "s"});
            let body = match field {
                "object" => json!({"describedObject": reference, "metric": metric, "target": target}),
                "resource" => json!({"name": resource, "target": target}),
                "containerResource" => json!({"name": resource, "container": "c", "target": target}),
                _ => json!({"metric": metric, "target": target}),
            };
            json!({"type": kind.unwrap_or(source_type.to_owned()), field: body})
        },
    )
}

fn any_rules() -> impl Strategy<Value = Value> {
    let policy = (any_word(&["Pods", "Percent"]), any_integer(), any_integer())
        .prop_map(|(kind, value, period)| json!({"type": kind, "value": value, "periodSeconds": period}));
    let policies = prop::collection::vec(policy, 0..4).prop_map(Value::from);
    let select_policy = option::of(any_word(&["Max", "Min", "Disabled"]));
    (option::of(any_integer()), select_policy, option::of(policies), option::of(any_quantity())).prop_map(
        |(window, select_policy, policies, tolerance)| {
            object(vec![
                ("stabilizationWindowSeconds", window),
                ("selectPolicy", select_policy),
                ("policies", policies),
                ("tolerance", tolerance),
            ])
        },
    )
}

fn any_spec() -> impl Strategy<Value = Value> {
    let behavior = (option::of(any_rules()), option::of(any_rules()))
        .prop_map(|(up, down)| object(vec![("scaleUp", up), ("scaleDown", down)]));
    let metrics = option::of(prop::collection::vec(any_metric(), 0..4).prop_map(Value::from));
    (option::of(any_integer()), any_integer(), metrics, option::of(behavior)).prop_map(
        |(min, max, metrics, behavior)| {
            let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"});
            object(vec![
                ("scaleTargetRef", Some(target)),
                ("minReplicas", min),
                ("maxReplicas", Some(max)),
                ("metrics", metrics),
                ("behavior", behavior),
            ])
        },
    )
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        6 => (0..2000_i64).prop_map(Timestamp::from_unix_secs),
        1 => any::<i64>().prop_map(Timestamp::from_unix_ns),
    ]
}

fn any_requests() -> impl Strategy<Value = Requests> {
    prop::collection::btree_map(select(vec!["cpu".to_owned(), "memory".to_owned()]), any_number(), 0..3)
}

fn any_pod() -> impl Strategy<Value = Pod> {
    use ConditionStatus::{False, True, Unknown};
    use PodPhase::{Failed, Pending, Running, Succeeded};
    let status = (
        select(vec![Running, Running, Running, Pending, Failed, Succeeded, PodPhase::Unknown]),
        option::of(select(vec![True, True, False, Unknown])),
        option::weighted(0.1, any_time()),
    );
    let times = (option::of(any_time()), option::of(any_time()));
    let containers =
        prop::collection::vec((select(vec!["c", "x"]), any_requests(), any::<(bool, bool)>()), 0..4);
    (0..6_u8, status, times, containers, option::weighted(0.2, any_requests())).prop_map(
        |(name, (phase, ready, deletion), (start, transition), containers, requests)| {
            let mut pod = Pod::new(phase, ready);
            pod.name = format!("p{name}");
            (pod.start_time, pod.ready_transition_time, pod.deletion_timestamp) =
                (start, transition, deletion);
            for (name, requests, (is_init, is_sidecar)) in containers {
                let container = Container { name: name.to_owned(), requests };
                match is_init {
                    true => pod.init_containers.push(InitContainer { container, is_sidecar }),
                    false => pod.containers.push(container),
                }
            }
            pod.requests = requests.unwrap_or_default();
            pod
        },
    )
}

/// What the metrics APIs answer at a sync; none is an error.
#[derive(Clone, Debug)]
struct Answers {
    series: Option<Vec<i64>>,
    pods: Option<Vec<PodMetric>>,
    resources: Option<Vec<PodMetrics>>,
}

impl Answers {
    fn of<T>(answer: &Option<T>) -> Result<&T, MetricsError> {
        answer.as_ref().ok_or(MetricsError(String::new()))
    }
}

impl MetricsApi for Answers {
    fn external_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        Self::of(&self.series).cloned()
    }

    fn object_metric(
        &self,
        _: &CrossVersionObjectReference,
        _: &str,
        _: Option<&LabelSelector>,
    ) -> Result<i64, MetricsError> {
        Self::of(&self.series)?.first().copied().ok_or(MetricsError(String::new()))
    }

    fn pods_metric(&self, _: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
        Self::of(&self.pods).cloned()
    }

    fn resource_metrics(&self, _: &str) -> Result<Vec<PodMetrics>, MetricsError> {
        Self::of(&self.resources).cloned()
    }
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let pod_metric = (0..7_u8, any_number())
        .prop_map(|(pod, value_milli)| PodMetric { pod: format!("p{pod}"), value_milli });
    let container = (select(vec!["c", "x"]), option::weighted(0.9, any_number()))
        .prop_map(|(name, usage_milli)| ContainerMetrics { name: name.to_owned(), usage_milli });
    let containers = prop::collection::vec(container, 0..3);
    let window =
        prop_oneof![9 => 0..100_000_000_000_000_u64, 1 => any::<u64>()].prop_map(SimDuration::from_ps);
    let resource =
        (0..7_u8, any_time(), window, containers).prop_map(|(pod, timestamp, window, containers)| {
            PodMetrics { pod: format!("p{pod}"), timestamp, window, containers }
        });
    (
        option::weighted(0.9, prop::collection::vec(any_number(), 0..4)),
        option::weighted(0.9, prop::collection::vec(pod_metric, 0..9)),
        option::weighted(0.9, prop::collection::vec(resource, 0..9)),
    )
        .prop_map(|(series, pods, resources)| Answers { series, pods, resources })
}

fn any_replicas() -> impl Strategy<Value = i32> {
    prop_oneof![8 => 0..20_i32, 1 => any::<i32>()]
}

/// One sync: what happened before it, and what it sees.
#[derive(Clone, Debug)]
struct Tick {
    now: Timestamp,
    /// Someone else sets the replicas.
    set: Option<i32>,
    spec: Option<Value>,
    restarts: bool,
    status_replicas: i32,
    pods: Vec<Pod>,
    answers: Answers,
    fails: (bool, bool),
}

fn any_tick() -> impl Strategy<Value = Tick> {
    let before = (option::weighted(0.2, any_replicas()), option::weighted(0.05, any_spec()), any::<u8>());
    let fails = (proptest::bool::weighted(0.05), proptest::bool::weighted(0.05));
    let pods = prop::collection::vec(any_pod(), 0..8);
    (any_time(), before, any_replicas(), pods, any_answers(), fails).prop_map(
        |(now, (set, spec, restart), status_replicas, pods, answers, fails)| {
            let restarts = restart == 0;
            Tick { now, set, spec, restarts, status_replicas, pods, answers, fails }
        },
    )
}

fn any_flags() -> impl Strategy<Value = Flags> {
    let duration = || prop_oneof![6 => 0..600_u64, 1 => any::<u64>()];
    let tolerance = prop_oneof![4 => 0.0..1.0_f64, 1 => any::<f64>()];
    (duration(), tolerance, duration(), duration()).prop_map(|(down, tolerance, cpu, ready)| Flags {
        downscale_stabilization: SimDuration::from_ps(down.saturating_mul(1_000_000_000_000)),
        tolerance,
        cpu_initialization_period: SimDuration::from_ps(cpu.saturating_mul(1_000_000_000_000)),
        initial_readiness_delay: SimDuration::from_ps(ready.saturating_mul(1_000_000_000_000)),
        ..Flags::default()
    })
}

proptest! {
    #[test]
    fn nothing_panics_and_what_is_accepted_keeps_its_range(
        first in any_spec(),
        flags in any_flags(),
        (scale_to_zero, tolerance, start) in (any::<bool>(), any::<bool>(), any_replicas()),
        mut ticks in prop::collection::vec(any_tick(), 1..8),
        ordered: bool,
    ) {
        let gates = FeatureGates {
            hpa_scale_to_zero: scale_to_zero,
            hpa_configurable_tolerance: tolerance,
            ..FeatureGates::default()
        };
        if ordered {
            ticks.sort_by_key(|tick| tick.now);
        }
        let parsed = |text: String| serde_json::from_str::<HorizontalPodAutoscalerSpec>(&text).ok();
        let Some(mut written) = parsed(first.to_string()) else { return Ok(()) };
        let mut controller = Controller::new(flags, gates);
        let mut replicas = start;
        for tick in ticks {
            if let Some(edit) = tick.spec.and_then(|spec| parsed(spec.to_string())) {
                written = edit;
            }
            if tick.restarts {
                controller.restart();
            }
            let errors = written.validate(gates);
            let spec = written.defaulted(gates);
            replicas = tick.set.unwrap_or(replicas);
            let scale = Scale { spec_replicas: replicas, status_replicas: tick.status_replicas };
            let mut observed = Observed::new(scale, &tick.pods, &tick.answers);
            if tick.fails.0 {
                observed.scale = Err(String::new());
            }
            if tick.fails.1 {
                observed.scale_update = Err(String::new());
            }
            // What is refused is computed all the same.
            let sync = controller.reconcile(tick.now, &spec, &observed);
            let told = (sync.to_string(), errors.iter().map(ToString::to_string).collect::<String>());
            let shown: String = sync.status.current_metrics.iter().flatten().map(ToString::to_string).collect();
            prop_assert!(told.0.len() + shown.len() < 100_000);
            if let Some(new) = sync.rescale {
                let is_within = spec.min_replicas <= new && new <= spec.max_replicas;
                // From 2^30 replicas on twice as many do not fit, and the original clamps to -2^31.
                let is_sane = errors.is_empty() && (0..1 << 30).contains(&replicas);
                prop_assert!(is_within || !is_sane, "{new}: {}", told.0);
                replicas = new;
            }
        }
    }
}
