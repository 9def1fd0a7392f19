//! One entry per rule, and the walk along a path.

use super::*;
use crate::autoscaler::hpa::api::Quantity;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A rule, whether scaling to zero is allowed, what is written over [`GOOD`], and type and sentence of each cause.
struct Rule {
    name: &'static str,
    gates: FeatureGates,
    spec: Value,
    causes: Vec<&'static str>,
}

const GOOD: &str =
    r#"{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"maxReplicas":3}"#;

/// The entries of `rules.txt`.
fn rules() -> Vec<Rule> {
    let (_, entries) = include_str!("rules.txt").split_once("\n\n").unwrap();
    entries.split("\n\n").map(|entry| rule(entry.trim())).collect()
}

fn rule(entry: &'static str) -> Rule {
    let mut lines = entry.lines();
    let name = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap();
    let spec = lines.next().unwrap();
    let (hpa_scale_to_zero, spec) = match spec.strip_prefix("HPAScaleToZero ") {
        Some(spec) => (true, spec),
        None => (false, spec),
    };
    let mut merged: Map<String, Value> = serde_json::from_str(GOOD).unwrap();
    merged.extend(serde_json::from_str::<Map<String, Value>>(spec).unwrap());
    let gates = FeatureGates { hpa_scale_to_zero, ..FeatureGates::default() };
    Rule { name, gates, spec: Value::Object(merged), causes: lines.map(str::trim_start).collect() }
}

impl Rule {
    fn found(&self) -> Vec<FieldError> {
        let spec: HorizontalPodAutoscalerSpec = serde_json::from_value(self.spec.clone()).unwrap();
        spec.causes(self.gates)
    }
}

#[test]
fn each_rule_has_its_path_type_and_sentence() {
    let rules = rules();
    let mut differing = String::new();
    for rule in &rules {
        let found = rule.found();
        let line = |cause: &FieldError| format!("{} {cause}", cause.reason.error_type.as_str());
        let lines: Vec<String> = found.iter().map(line).collect();
        if lines != rule.causes {
            differing += &format!("# {}\n    {}\n", rule.name, lines.join("\n    "));
        }
    }
    assert!(differing.is_empty(), "these rules give:\n{differing}");
}

#[test]
fn each_path_leads_to_the_bad_value_or_to_where_one_is_missing() {
    for rule in rules() {
        let manifest = json!({ "spec": rule.spec });
        for cause in rule.found() {
            let mut at = Some(&manifest);
            let (last, way) = cause.field.segments().split_last().unwrap();
            for segment in way {
                at = at.and_then(|value| step(value, *segment));
            }
            let parent = at.unwrap_or_else(|| panic!("{}: no way to {}", rule.name, cause.field));
            let written = step(parent, *last);
            match (cause.reason.error_type, &cause.reason.bad_value, written) {
                (FieldErrorType::Forbidden, None, _) => {}
                (FieldErrorType::Required, None, Some(value)) => {
                    assert!([Value::from(""), Value::from(0), Value::Array(Vec::new())].contains(value));
                }
                (FieldErrorType::Required, None, None) => {}
                (_, Some(BadValue::Number(number)), value) => {
                    assert_eq!(value.unwrap_or(&Value::from(0)), &Value::from(*number));
                }
                (_, Some(BadValue::Text(text)), value) => {
                    let written = value.map_or("", |value| value.as_str().unwrap());
                    let stored = written.parse().map_or(written.to_owned(), |q: Quantity| q.to_string());
                    assert!([stored.as_str(), written].contains(&text.as_str()), "{written}");
                }
                (_, None, _) => panic!("{cause} shows no value"),
            }
        }
    }
}

/// What a reader of the manifest finds one step on.
fn step(value: &Value, segment: PathSegment) -> Option<&Value> {
    match segment {
        PathSegment::Field(name) => value.get(name),
        PathSegment::Index(index) => value.get(index),
    }
}

#[test]
fn what_is_found_twice_is_said_once() {
    let mut said = 0;
    for rule in rules() {
        let spec: HorizontalPodAutoscalerSpec = serde_json::from_value(rule.spec.clone()).unwrap();
        let (causes, errors) = (spec.causes(rule.gates), spec.validate(rule.gates));
        assert!(causes.iter().all(|cause| errors.contains(cause)), "{}", rule.name);
        said += causes.len() - errors.len();
    }
    assert_eq!(said, 2);
}

#[test]
fn another_object_is_refused_by_its_name() {
    let json = format!(r#"{{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","spec":{GOOD}}}"#);
    let hpa: HorizontalPodAutoscaler = serde_json::from_str(&json).unwrap();
    let errors: Vec<String> = hpa.validate(FeatureGates::default()).iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [r#"apiVersion: Unsupported value: "autoscaling/v1": supported values: "autoscaling/v2""#]
    );
    let bare: HorizontalPodAutoscaler =
        serde_json::from_str(r#"{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler"}"#).unwrap();
    assert_eq!(bare.validate(FeatureGates::default()).len(), 5);
}

proptest! {
    #[test]
    fn any_text_in_any_field_has_its_sentences(word in "\\PC{0,70}|[-a-zA-Z0-9_./%]{0,280}", number: i32) {
        let target = json!({"type": word, "value": number, "averageValue": -1, "averageUtilization": number});
        let metric = |source: &str, body: Value| {
            let mut metric = json!({"type": word});
            metric[source] = body;
            metric
        };
        let named = json!({"kind": word, "name": word, "apiVersion": word});
        let policy = json!({"type": word, "value": number, "periodSeconds": number});
        let rules = json!({"stabilizationWindowSeconds": number, "selectPolicy": word, "policies": [policy]});
        let spec = json!({
            "scaleTargetRef": named, "minReplicas": number, "maxReplicas": number,
            "metrics": [
                metric("object", json!({"describedObject": named, "metric": {"name": word}, "target": target})),
                metric("containerResource", json!({"name": word, "container": word, "target": target})),
            ],
            "behavior": {"scaleUp": rules, "scaleDown": rules},
        });
        let spec: HorizontalPodAutoscalerSpec = serde_json::from_value(spec).unwrap();
        for error in spec.validate(FeatureGates::default()) {
            let start = format!("{}: {}", error.field, error.reason.error_type);
            let is_whole = error.to_string().starts_with(&start);
            prop_assert!(is_whole, "{error}");
        }
        let written = serde_json::to_value(&spec).unwrap();
        prop_assert_eq!(serde_json::from_value::<HorizontalPodAutoscalerSpec>(written).unwrap(), spec);
    }
}
