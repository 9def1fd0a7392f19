//! Mistakes in otherwise good files: each is refused, or warned of, with a sentence that names it.

use crate::support::root;
use forescale::scenario::Scenario;
use std::path::Path;

const BURST: &str = "burst.toml";
const DEPLOYMENT: &str = "manifests/llm-d/deployment.yaml";
const PICKER: &str = "manifests/llm-d/endpoint-picker-config.yaml";
const HPA: &str = "manifests/llm-d/hpa.yaml";
const ADAPTER: &str = "manifests/prometheus-adapter-values.yaml";

/// File, what is replaced by what, and what the sentence contains.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        BURST,
        "scrape_interval = \"15s\"",
        "scrape_interval = \"1ps\"",
        "`telemetry.scrape_interval`: must be at least",
    ),
    (BURST, "default_request_ttl = \"60s\"", "default_request_ttl = \"60\"", "`60` has no unit"),
    (BURST, "name = \"burst\"", "name = \"../burst\"", "`scenario.name`: must consist of"),
    (BURST, "service = ", "\"bad label\" = ", "no name that a target label can have"),
    (BURST, "main-2026-08-22", "v0.10.0", "no waiting limit of its own for an empty pool"),
    (DEPLOYMENT, "nvidia.com/gpu: \"1\"", "nvidia.com/gpu: \"8\"", "a pod has 8 GPUs"),
    (DEPLOYMENT, "nvidia.com/gpu: \"1\"", "nvidia.com/mig-1g.5gb: 1", "a part of a GPU"),
    (DEPLOYMENT, "--port=8000", "-tp=4", "--tensor-parallel-size 4: profile"),
    (
        DEPLOYMENT,
        "--port=8000",
        "--pipeline-parallel-size=2",
        "`--pipeline-parallel-size` is not simulated yet",
    ),
    (DEPLOYMENT, "--port=8000", "--max-model-len=auto", "write the number of tokens"),
    (DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs=9000", "smaller than --max-num-seqs"),
    (
        DEPLOYMENT,
        "kind: Deployment",
        "kind: StatefulSet",
        "StatefulSet `vllm-llama-3-1-8b` is not simulated yet",
    ),
    (DEPLOYMENT, "kind: Deployment", "kind: List", "`kind: List` is not read yet"),
    (DEPLOYMENT, "apps/v1", "extensions/v1beta1", "Kubernetes has apps/v1"),
    (
        DEPLOYMENT,
        "      terminationGracePeriodSeconds",
        "      gracePeriodSeconds",
        "unknown field `gracePeriodSeconds`",
    ),
    (
        DEPLOYMENT,
        "preStop: { sleep: { seconds: 15 } }",
        "preStop: { exec: { command: [drain] } }",
        "a preStop hook that sleeps",
    ),
    (PICKER, "type: queue-scorer", "type: queue-scorr", "did you mean `queue-scorer`?"),
    (PICKER, "pluginRef: queue-scorer", "pluginRef: queue", "names no plugin of this file"),
    (PICKER, "weight: 2", "weight: -2", "not negative"),
    (PICKER, "llm-d.ai/v1alpha1", "config.x-k8s.io/v1alpha1", "is not read by llm-d-router-main"),
    (PICKER, "queueDepthThreshold: 5", "queueDepthThreshold: 0", "queueDepthThreshold must be above 0"),
    (PICKER, "saturationDetector:", "defaultRequestTTL: 30s\n  saturationDetector:", "flowControl says 30s"),
    (
        HPA,
        "kind: HorizontalPodAutoscaler",
        "kind: ScaledObject",
        "is an autoscaler that is not simulated yet",
    ),
    (
        HPA,
        "name: vllm-llama-3-1-8b\n  minReplicas",
        "name: other\n  minReplicas",
        "scaleTargetRef names `other`",
    ),
    (HPA, "    kind: Deployment", "    kind: StatefulSet", "scaleTargetRef is a StatefulSet"),
    (HPA, "namespace: llm-d", "namespace: other", "the HPA is in namespace `other`"),
    (HPA, "maxReplicas: 3", "maxReplicas: 0", "Kubernetes rejects this"),
    (
        HPA,
        "stabilizationWindowSeconds: 300",
        "stabilisationWindowSeconds: 300",
        "unknown field `stabilisationWindowSeconds`",
    ),
    (HPA, "type: External", "type: Pods", "spec.metrics[0]"),
    (
        ADAPTER,
        "namespaced: false",
        "overrides: { namespaced: false }",
        "`namespaced` belongs beside `overrides`",
    ),
    (
        ADAPTER,
        "metricsQuery: 'sum(inference_ext",
        "metricsQuery: 'max(inference_ext",
        "`max` is not evaluated yet",
    ),
];

const WARNED: &[(&str, &str, &str, &str)] = &[
    (
        BURST,
        "top_level_controller_name = ",
        "toplevel = ",
        "never has a label that matches `top_level_controller_name",
    ),
    (BURST, "cold_start = {", "# cold_start = {", "start in no time"),
    (DEPLOYMENT, "            - --no-async-scheduling\n", "", "simulated is the synchronous scheduler"),
    (DEPLOYMENT, "            - --no-enable-prefix-caching\n", "", "simulated is no prefix caching"),
    (DEPLOYMENT, "failureThreshold: 120", "failureThreshold: 3", "its startup probe gives up after 15 s"),
    (DEPLOYMENT, "meta-llama/Llama-3.1-8B-Instruct", "google/gemma", "the Deployment serves `google/gemma`"),
    (DEPLOYMENT, "v0.33.0", "v0.11.0", "is simulated as vLLM 0.33"),
    (DEPLOYMENT, "--port=8000", "--made-up=1", "without effect here: --made-up"),
    (ADAPTER, "as: igw_queue_depth", "as: queue_depth", "no rule in"),
];

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Loads burst.toml with one replacement.
fn load(file: &str, from: &str, to: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("scenarios"), folder.path());
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from:?} any more");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    Scenario::load(&folder.path().join(BURST)).map_err(|rejection| rejection.to_string())
}

#[test]
fn a_mistake_is_refused_with_its_file() {
    for (file, from, to, expected) in REFUSED {
        let error = load(file, from, to).err().unwrap_or_else(|| panic!("{file}: {to:?} passed"));
        assert!(error.contains(expected), "{file}: {to:?}: no {expected:?} in {error}");
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        // A contradiction between two files is told of the one that can be mended.
        let is_between = *file == BURST && error.contains("waiting limit");
        assert!(error.contains(name) || is_between, "{file}: {to:?}: the file is not named in {error}");
    }
}

#[test]
fn what_is_simulated_in_another_way_is_warned_of() {
    assert_eq!(load(BURST, "seed = 7", "seed = 8").unwrap().report.diagnostics(), []);
    for (file, from, to, expected) in WARNED {
        let scenario = load(file, from, to).unwrap_or_else(|error| panic!("{file}: {to:?}: {error}"));
        let warnings = scenario.report.render(false, 400);
        assert!(warnings.contains(expected), "{file}: {to:?}: no {expected:?} in {warnings:?}");
    }
}
