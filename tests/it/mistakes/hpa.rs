//! What Kubernetes refuses to create: a case for each rule of the API server.

use super::case::{BURST, Case, Edit, HPA, case, slip};
use crate::workspace::read;
use serde_json::{Map, Value};

const CLASS: &str = "What Kubernetes rejects";
/// The rules with the specs that break them, as the controller's own tests have them.
const RULES: &str = "crates/forescale-core/src/autoscaler/hpa/api/validation/rules.txt";

const HEAD: &str = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: vllm\n  namespace: llm-d\n";
const GOOD: &str = r#"{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"vllm-llama-3-1-8b"},"maxReplicas":3,
    "metrics":[{"type":"External","external":{"metric":{"name":"igw_queue_depth"},"target":{"type":"Value","value":"250"}}}]}"#;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        slip(CLASS, "apiVersion is autoscaling/v2", HPA, "autoscaling/v2", "autoscaling/v2beta2"),
        slip(CLASS, "a Deployment is of apps/v1", super::case::DEPLOYMENT, "apps/v1", "extensions/v1beta1"),
        slip(
            CLASS,
            "an EndpointPickerConfig is of a known version",
            super::case::PICKER,
            "llm-d.ai/v1alpha1",
            "config.x-k8s.io/v1alpha1",
        ),
    ];
    let text = read(RULES);
    for rule in text.split("\n# ").skip(1) {
        let mut lines = rule.lines();
        let (name, spec) = (lines.next().unwrap(), lines.next().unwrap());
        let is_accepted = lines.all(|line| line.trim().is_empty());
        // The gate is off in every cluster that is simulated.
        if is_accepted || spec.starts_with("HPAScaleToZero") {
            continue;
        }
        let mut whole: Map<String, Value> = serde_json::from_str(GOOD).unwrap();
        let given: Map<String, Value> = serde_json::from_str(spec).unwrap();
        for (key, mut value) in given {
            if value.get("name") == Some(&Value::from("d")) {
                value["name"] = "vllm-llama-3-1-8b".into();
            }
            whole.insert(key, value);
        }
        let manifest = format!("{HEAD}spec:\n{}", yaml(&Value::Object(whole), 2));
        let manifest: &'static str = manifest.leak();
        cases.push(case(CLASS, name, BURST, &[Edit::Write(HPA, manifest.as_bytes())]));
    }
    assert!(cases.len() > 50, "{RULES} is read");
    cases
}

/// A mapping or a list as lines of YAML.
fn yaml(value: &Value, indent: usize) -> String {
    let spaces = " ".repeat(indent);
    let entry = |key: &str, value: &Value| match value {
        Value::Object(inner) if inner.is_empty() => format!("{key} {{}}\n"),
        Value::Array(inner) if inner.is_empty() => format!("{key} []\n"),
        Value::Object(_) | Value::Array(_) => format!("{key}\n{}", yaml(value, indent + 2)),
        plain => format!("{key} {plain}\n"),
    };
    match value {
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| spaces.clone() + &entry(&format!("{key}:"), value)).collect()
        }
        Value::Array(items) => {
            let item = |item: &Value| match item {
                Value::Object(inner) if inner.is_empty() => format!("{spaces}- {{}}\n"),
                item => format!("{spaces}- {}", yaml(item, indent + 2).trim_start()),
            };
            items.iter().map(item).collect()
        }
        plain => format!("{spaces}{plain}\n"),
    }
}
