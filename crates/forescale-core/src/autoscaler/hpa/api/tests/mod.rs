//! The types against themselves and against the Kubernetes API's own schema.

mod manifests;

use super::{HorizontalPodAutoscaler, Quantity};
use crate::autoscaler::hpa::FeatureGates;
use forescale_document::{Report, decode, yaml};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler as Oracle;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Manifests of this repository.
const FILES: [&str; 2] = [
    include_str!("../../../../../../../scenarios/manifests/llm-d/hpa.yaml"),
    include_str!("../../../../../../../tests/it/scenarios/hpa-of-test-engine.yaml"),
];

/// Rewrites all quantities below a manifest's targets and rules in the form in which they are stored.
fn store_quantities(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let quantity = match (name.as_str(), &*value) {
                    ("value" | "averageValue" | "tolerance", Value::String(text)) => {
                        text.parse::<Quantity>().ok()
                    }
                    _ => None,
                };
                match quantity {
                    Some(quantity) => *value = quantity.to_string().into(),
                    None => store_quantities(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(store_quantities),
        _ => {}
    }
}

/// Both types read the manifest, write the same, and read what the other writes.
fn agree(manifest: &Value) -> Result<(), TestCaseError> {
    let ours: HorizontalPodAutoscaler = serde_json::from_value(manifest.clone())
        .map_err(|e| TestCaseError::fail(format!("{e}: {manifest}")))?;
    let oracle: Oracle = serde_json::from_value(manifest.clone())
        .map_err(|e| TestCaseError::fail(format!("oracle: {e}: {manifest}")))?;
    let written = serde_json::to_value(&ours).unwrap();
    let reread: HorizontalPodAutoscaler = serde_json::from_value(written.clone()).unwrap();
    prop_assert_eq!(&reread, &ours);

    let oracle_of_ours: Oracle = serde_json::from_value(written.clone()).unwrap();
    prop_assert_eq!(&serde_json::to_value(&oracle_of_ours).unwrap(), &written);

    let mut of_oracle = serde_json::to_value(&oracle).unwrap();
    let ours_of_oracle: HorizontalPodAutoscaler = serde_json::from_value(of_oracle.clone()).unwrap();
    prop_assert_eq!(&ours_of_oracle, &ours);
    store_quantities(&mut of_oracle);
    prop_assert_eq!(&of_oracle, &written);
    Ok(())
}

#[test]
fn the_manifests_of_this_repository_are_read_alike() {
    for text in FILES {
        let mut report = Report::default();
        let source = report.sources.add("hpa.yaml", text);
        let tree = yaml::parse(&mut report, source).unwrap().remove(0);
        let manifest = Value::from(&tree);
        let ours: HorizontalPodAutoscaler = decode(&tree, &mut report).unwrap();
        assert_eq!(ours.validate(FeatureGates::default()), []);
        agree(&manifest).unwrap();
        assert_eq!(serde_json::from_value::<HorizontalPodAutoscaler>(manifest).unwrap(), ours);
    }
}

#[test]
fn what_is_absent_stays_absent() {
    let manifest = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "d"}, "maxReplicas": 1, "behavior": {}}});
    let ours: HorizontalPodAutoscaler = serde_json::from_value(manifest.clone()).unwrap();
    assert_eq!(serde_json::to_value(&ours).unwrap(), manifest);
}

proptest! {
    #[test]
    fn manifests_are_read_and_written_as_the_schema_says(manifest in manifests::valid()) {
        let ours: HorizontalPodAutoscaler = serde_json::from_value(manifest.clone()).unwrap();
        let gates = FeatureGates { hpa_scale_to_zero: true, ..FeatureGates::default() };
        prop_assert_eq!(ours.validate(gates), []);
        agree(&manifest)?;
    }
}
