//! Random manifests that the API server would accept.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// HPAs with all kinds of metrics, with and without behavior; `minReplicas` may be 0.
pub(super) fn valid() -> impl Strategy<Value = Value> {
    let replicas = (option::of(0..9_i32), 9..100_i32);
    let metadata = ("[a-z]{0,3}", option::of("[a-z]{1,3}"));
    (metadata, replicas, vec(metric(), 0..4), option::of(behavior())).prop_map(
        |((name, namespace), (min, max), mut metrics, behavior)| {
            if min == Some(0) {
                metrics.push(json!({"type": "External",
                    "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "1"}}}));
            }
            let metadata = object([
                ("name", (!name.is_empty()).then(|| name.into())),
                ("namespace", namespace.map(Value::from)),
            ]);
            let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "vllm"});
            let spec = object([
                ("scaleTargetRef", Some(target)),
                ("minReplicas", min.map(Value::from)),
                ("maxReplicas", Some(max.into())),
                ("metrics", (!metrics.is_empty()).then(|| metrics.into())),
                ("behavior", behavior),
            ]);
            json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec})
        },
    )
}

/// The fields that have a value.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Positive, in varied spellings.
fn quantity() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[1-9][0-9]{0,5}(\\.[0-9]{1,11})?([numkMGTP]|[KMGT]i|[eE][+-]?[0-9])?",
        "0\\.[0-9]{0,4}[1-9]0{0,3}",
        "\\+0{0,2}[1-9][0-9]{17,24}",
    ]
    .prop_map(Value::from)
}

fn target(fields: impl Strategy<Value = Vec<(&'static str, Value)>>) -> impl Strategy<Value = Value> {
    (prop::sample::select(vec!["Utilization", "Value", "AverageValue"]), fields).prop_map(
        |(target_type, fields)| {
            let mut target = json!({"type": target_type});
            for (name, value) in fields {
                target[name] = value;
            }
            target
        },
    )
}

fn one(field: &'static str) -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    quantity().prop_map(move |quantity| vec![(field, quantity)])
}

fn percent() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    (1..200_i32).prop_map(|percent| vec![("averageUtilization", percent.into())])
}

fn identifier() -> impl Strategy<Value = Value> {
    let expression =
        ("[a-z]{1,3}", prop::sample::select(vec!["In", "NotIn", "Exists"]), vec("[a-z]{1,2}", 1..3))
            .prop_map(|(key, operator, values)| match operator {
                "Exists" => json!({"key": key, "operator": operator}),
                _ => json!({"key": key, "operator": operator, "values": values}),
            });
    let selector = (btree_map("[a-z]{1,3}", "[a-z]{0,3}", 0..3), vec(expression, 0..3)).prop_map(
        |(labels, expressions)| {
            object([
                ("matchLabels", (!labels.is_empty()).then(|| json!(labels))),
                ("matchExpressions", (!expressions.is_empty()).then(|| expressions.into())),
            ])
        },
    );
    ("[a-z_:]{1,8}", option::of(selector))
        .prop_map(|(name, selector)| object([("name", Some(name.into())), ("selector", selector)]))
}

fn metric() -> impl Strategy<Value = Value> {
    let value = || prop_oneof![one("value"), one("averageValue")];
    let both = (one("value"), one("averageValue")).prop_map(|(a, b)| [a, b].concat());
    let resource = || target(prop_oneof![percent(), one("averageValue")]);
    prop_oneof![
        (identifier(), target(value())).prop_map(|(metric, target)| {
            json!({"type": "External", "external": {"metric": metric, "target": target}})
        }),
        (identifier(), target(one("averageValue"))).prop_map(|(metric, target)| {
            json!({"type": "Pods", "pods": {"metric": metric, "target": target}})
        }),
        (identifier(), target(prop_oneof![value(), both]), option::of(Just("v1"))).prop_map(
            |(metric, target, version)| {
                let described = object([
                    ("apiVersion", version.map(Value::from)),
                    ("kind", Some("Service".into())),
                    ("name", Some("gateway".into())),
                ]);
                json!({"type": "Object", "object": {"describedObject": described, "metric": metric, "target": target}})
            }
        ),
        ("[a-z]{1,6}", resource())
            .prop_map(|(name, target)| json!({"type": "Resource", "resource": {"name": name, "target": target}})),
        (prop::sample::select(vec!["cpu", "memory", "hugepages-2Mi", "nvidia.com/gpu"]), "[a-z]([-a-z0-9]{0,4}[a-z])?", resource())
            .prop_map(|(name, container, target)| {
                json!({"type": "ContainerResource", "containerResource": {"name": name, "container": container, "target": target}})
            }),
    ]
}

fn behavior() -> impl Strategy<Value = Value> {
    (option::of(rules()), option::of(rules()))
        .prop_map(|(up, down)| object([("scaleUp", up), ("scaleDown", down)]))
}

fn rules() -> impl Strategy<Value = Value> {
    let policy = (prop::sample::select(vec!["Pods", "Percent"]), 1..1000_i32, 1..=1800_i32).prop_map(
        |(policy_type, value, period)| json!({"type": policy_type, "value": value, "periodSeconds": period}),
    );
    let select = prop::sample::select(vec!["Max", "Min", "Disabled"]);
    let tolerance = prop_oneof![quantity(), Just(Value::from("0")), Just(Value::from("-0"))];
    (option::of(0..=3600_i32), option::of(select), option::of(vec(policy, 1..4)), option::of(tolerance))
        .prop_map(|(window, select, policies, tolerance)| {
            object([
                ("stabilizationWindowSeconds", window.map(Value::from)),
                ("selectPolicy", select.map(Value::from)),
                ("policies", policies.map(Value::from)),
                ("tolerance", tolerance),
            ])
        })
}
