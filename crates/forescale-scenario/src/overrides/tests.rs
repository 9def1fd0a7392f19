//! Paths against the shipped scenarios and their manifests.

use crate::{Scenario, Setting};
use forescale_document::{Node, Path, Report, Step, Value, item_name, toml, yaml};
use proptest::prelude::*;
use std::path::PathBuf;

fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(name)
}

fn load(scenario: &str, sets: &[&str]) -> Result<Scenario, String> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    Scenario::load_with(&shipped(scenario), &sets).map_err(|rejection| rejection.to_string())
}

/// What holds after a `--set`, of the settings whose path ends so.
fn holds(scenario: &str, set: &str, end: &str) -> String {
    let scenario = load(scenario, &[set]).unwrap_or_else(|error| panic!("{set}: {error}"));
    let all = scenario.settings.scenario.iter().chain(&scenario.settings.manifests);
    let found: Vec<&Setting> = all.filter(|setting| setting.path.ends_with(end)).collect();
    let [setting] = found.as_slice() else { panic!("{set}: {end} is {found:?}") };
    setting.value.clone()
}

#[test]
fn every_form_of_a_path_into_a_manifest() {
    for (set, end, value) in [
        ("hpa.spec.maxReplicas=5", "hpa.spec.maxReplicas", "5"),
        ("hpa.maxReplicas=5", "hpa.spec.maxReplicas", "5"),
        ("horizontalpodautoscaler.maxReplicas=5", "hpa.spec.maxReplicas", "5"),
        ("hpa/vllm-llama-3-1-8b.spec.maxReplicas=5", "hpa.spec.maxReplicas", "5"),
        ("hpa.metrics.igw_queue_depth.target=50", "metrics[0].external.target.value", "\"50\""),
        ("hpa.metrics.igw_queue_depth.target='500m'", "metrics[0].external.target.value", "\"500m\""),
        ("hpa.spec.metrics.igw_running_requests.target=50", "[1].external.target.averageValue", "\"50\""),
        ("hpa.metrics.igw_running_requests.external.target=7", "[1].external.target.averageValue", "\"7\""),
        (
            "hpa.metrics.igw_running_requests.target.averageValue=7",
            "[1].external.target.averageValue",
            "\"7\"",
        ),
        ("hpa.spec.metrics[1].external.target.averageValue=7", "[1].external.target.averageValue", "\"7\""),
        (
            "hpa.metrics.igw_queue_depth.target={ type = 'AverageValue', averageValue = '50' }",
            "metrics[0].external.target.averageValue",
            "\"50\"",
        ),
        (
            "hpa.behavior.scaleDown.stabilizationWindowSeconds=60",
            "scaleDown.stabilizationWindowSeconds",
            "60",
        ),
        ("hpa.behavior.scaleUp.policies.Percent.value=50", "scaleUp.policies[0].value", "50"),
        ("hpa.behavior.scaleDown.selectPolicy=Min", "scaleDown.selectPolicy", "\"Min\""),
        ("deployment.spec.replicas=2", "deployment.replicas", "2"),
        ("deployment.containers.vllm.args.--max-num-seqs=64", "engine.max-num-seqs", "64"),
        ("deployment.spec.template.spec.containers.vllm.args.--max_num_seqs=64", "engine.max-num-seqs", "64"),
        ("deployment.containers.vllm.args.--block-size=32", "engine.block-size", "32"),
        ("deployment.containers.vllm.args.--async-scheduling=true", "engine.async-scheduling", "true"),
        ("deployment.containers.vllm.args.--no-async-scheduling=false", "engine.async-scheduling", "true"),
        (
            "endpointpickerconfig.plugins.utilization-detector.parameters.queueDepthThreshold=9",
            "saturationDetector.queueDepthThreshold",
            "9",
        ),
        (
            "endpoint_picker.schedulingProfiles.default.plugins.queue-scorer.weight=5",
            "gateway.scorers.queue-scorer",
            "5",
        ),
        ("deployment.containers.vllm.lifecycle.preStop.sleep.seconds=7", "deployment.pre_stop", "\"7s\""),
        ("deployment.containers.vllm.resources.limits.\"nvidia.com/gpu\"=1", "deployment.gpus_per_pod", "1"),
        ("workload.chat.arrivals.constant.rate=8", "workload.chat.arrivals.constant.rate", "8"),
        ("workload.chat.output_tokens.lognormal.mean=8", "workload.chat.output_tokens.lognormal.mean", "8"),
        ("workload.chat.arrivals.poisson.rate=40", "workload.chat.arrivals.poisson.rate", "40"),
    ] {
        assert_eq!(holds("burst.toml", set, end), value, "{set}");
    }
}

#[test]
fn what_a_path_meets_in_its_way() {
    let wrong = |scenario: &str, set: &str| load(scenario, &[set]).map(|_| ()).unwrap_err();
    for (set, words) in [
        ("hpa.metrics.queue.target=3", "has no item called `queue`\n"),
        ("hpa.metrics.igw_queue_dept.target=3", "did you mean `igw_queue_depth`?"),
        ("hpa.metrics.External.target=3", "has 2 items called `External`"),
        ("hpa/guide.maxReplicas=3", "there is `hpa/vllm-llama-3-1-8b`"),
        ("scaledobject.spec.maxReplicaCount=3", "ScaledObject is an autoscaler that is not simulated yet"),
        ("deployment.containers.vllm.args.--max-num-seq=3", "did you mean `--max-num-seqs`?"),
        ("deployment.containers.vllm.args.--max-num-seqs.value=3", "nothing can follow `--max-num-seqs`"),
        ("deployment.containers.vllm.args.--max-num-seqs=[3]", "takes one value"),
        ("hpa.maximumReplicas=3", "did you mean `maxReplicas`?"),
        ("hpa.metadta.name=x", "did you mean `metadata`?"),
        ("hpa.metrics.igw_queue_depth.traget=x", "did you mean `target`?"),
        ("service.spec.type=x", "there is no Service among the manifests"),
    ] {
        let told = wrong("burst.toml", set);
        assert!(told.contains(words) && told.contains("--set:1:"), "{set}: {told}");
    }
    assert!(wrong("gpu-vs-running.toml", "service.spec.type=x").contains("name one: `service/"));
}

/// Of several Deployments the one that is simulated is meant, unless another is named.
#[test]
fn the_model_server_is_the_deployment() {
    let file = "gpu-vs-running.toml";
    assert_eq!(holds(file, "deployment.replicas=2", "deployment.replicas"), "2");
    assert_eq!(holds(file, "deployment/prometheus-adapter.replicas=2", "deployment.replicas"), "1");
}

/// The paths to all leaves of a tree, as a user may write them.
fn leaves(node: &Node, path: &Path, found: &mut Vec<(Path, Node)>) {
    let then = |step: Step| Path([path.0.clone(), vec![step]].concat());
    match &node.value {
        Value::Table(entries) => {
            entries.iter().for_each(|entry| leaves(&entry.node, &then(Step::Key(entry.key.clone())), found));
        }
        Value::List(items) => {
            let names: Vec<Option<&str>> = items.iter().map(item_name).collect();
            for (index, item) in items.iter().enumerate() {
                let name = names[index]
                    .filter(|name| names.iter().filter(|other| **other == Some(name)).count() == 1);
                let step = name.map_or(Step::Index(index), |name| Step::Key(name.to_owned()));
                leaves(item, &then(step), found);
                let flag = item.text().and_then(|text| text.strip_prefix("--")?.split_once('='));
                if let Some((flag, value)) = flag {
                    let value = Node { value: Value::Text(value.to_owned()), span: item.span };
                    found.push((then(Step::Key(format!("--{flag}"))), value));
                }
            }
        }
        Value::Null => {}
        _ => found.push((path.clone(), node.clone())),
    }
}

fn all_leaves(manifests: &[&str]) -> Vec<String> {
    let mut sets = Vec::new();
    for file in manifests {
        let mut report = Report::default();
        let text = std::fs::read_to_string(shipped("manifests").join(file)).unwrap();
        let source = report.sources.add(*file, text);
        for tree in yaml::parse(&mut report, source).unwrap() {
            let kind = tree.get("kind").and_then(Node::text).unwrap().to_owned();
            let name = tree.at("metadata.name").and_then(Node::text).unwrap_or_default().to_owned();
            let first =
                if name.is_empty() { kind.to_lowercase() } else { format!("{}/{name}", kind.to_lowercase()) };
            let mut found = Vec::new();
            leaves(&tree, &Path(vec![Step::Key(first)]), &mut found);
            sets.extend(found.iter().map(|(path, node)| format!("{path}={}", toml::text(node))));
        }
    }
    sets
}

fn same(a: &Scenario, b: &Scenario) -> bool {
    let values = |scenario: &Scenario| {
        let all = scenario.settings.scenario.iter().chain(&scenario.settings.manifests);
        all.map(|setting| (setting.path.clone(), setting.value.clone())).collect::<Vec<_>>()
    };
    values(a) == values(b) && a.hpa == b.hpa && a.autoscaler == b.autoscaler
}

#[test]
fn a_leaf_that_is_set_to_its_own_value_changes_nothing() {
    let burst = ["llm-d/hpa.yaml", "llm-d/deployment.yaml", "llm-d/endpoint-picker-config.yaml"];
    let guide = ["hpa-gpu-utilization", "deployment", "service", "service-monitor", "prometheus-rule"]
        .map(|name| format!("guides/kubernetes-examples/{name}.yaml"));
    let guide = guide.each_ref().map(String::as_str);
    for (file, manifests, least) in
        [("burst.toml", burst.as_slice(), 70), ("s6-gpu-utilization.toml", &guide, 80)]
    {
        let sets = all_leaves(manifests);
        assert!(sets.len() > least, "{sets:?}");
        let base = load(file, &[]).unwrap();
        for set in &sets {
            let scenario = load(file, &[set]).unwrap_or_else(|error| panic!("{set}: {error}"));
            assert!(same(&scenario, &base), "{set}");
        }
        let all: Vec<&str> = sets.iter().map(String::as_str).collect();
        assert!(same(&load(file, &all).unwrap(), &base), "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever is set, it is taken or told; nothing else happens.
    #[test]
    fn no_set_is_too_wrong_to_be_told(path in "(hpa|deployment|endpoint_picker|workload|service)(/[a-z]{0,2})?(\\.(metrics|spec|containers|vllm|args|--[a-z-]{0,12}|target|chat|arrivals|poisson|rate|gamma)|\\[[0-3]\\]){0,5}", value in "[0-9]{1,3}|true|\\{a=1\\}|\\[\\]|x") {
        let set = format!("{path}={value}");
        let _ = load("burst.toml", &[&set]);
    }
}
