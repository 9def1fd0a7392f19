//! Mistakes in the files of the vLLM guide of kubernetes/examples: metrics of pods, recording rules, monitors, outages, a Service.

use super::case::{Case, Edit, GPU, GUIDE, case};

const ADAPTER: &str = "manifests/guides/kubernetes-examples/prometheus-adapter.yaml";
const RULE: &str = "manifests/guides/kubernetes-examples/prometheus-rule.yaml";
const SERVICE: &str = "manifests/guides/kubernetes-examples/service.yaml";
const MONITOR: &str = "manifests/guides/kubernetes-examples/service-monitor.yaml";
const DCGM_MONITOR: &str = "manifests/guides/kubernetes-examples/dcgm-service-monitor-gke.yaml";
const HPA: &str = "manifests/combined/hpa.yaml";
const EXPOSED: &str = "label_replace(DCGM_FI_DEV_GPU_UTIL, \"pod\", \"$1\", \"exported_pod\", \"(.+)\")";

fn slip(class: &'static str, name: &str, file: &'static str, from: &'static str, to: &'static str) -> Case {
    case(class, name, GUIDE, &[Edit::Replace(file, from, to)])
}

pub(super) fn cases() -> Vec<Case> {
    [outages(), services(), rules()].concat()
}

fn outages() -> Vec<Case> {
    vec![
        slip(
            "Unknown references",
            "an outage of a metric that the HPA does not ask for",
            GUIDE,
            "outage.gpu_utilization_percent",
            "outage.gpu_utilisation_percent",
        ),
        slip(
            "Contradictions",
            "an outage that ends before it begins",
            GUIDE,
            "until = \"25m\"",
            "until = \"1m\"",
        ),
        slip(
            "Wrong types",
            "an outage that answers something else",
            GUIDE,
            "answer = \"error\"",
            "answer = \"zero\"",
        ),
        slip("Missing keys", "an outage without an end", GUIDE, "until = \"25m\"\n", ""),
        slip("Unknown keys", "a misspelt key of an outage", GUIDE, "until = \"25m\"", "to = \"25m\""),
        slip(
            "Out of range",
            "a driver's sample of more than a second",
            GUIDE,
            "[telemetry.outage",
            "[telemetry.dcgm_exporter]\nsample_period = \"5s\"\n\n[telemetry.outage",
        ),
        slip(
            "Out of range",
            "a collect interval shorter than the driver's sample",
            GUIDE,
            "[telemetry.outage",
            "[telemetry.dcgm_exporter]\ncollect_interval = \"500ms\"\n\n[telemetry.outage",
        ),
        slip(
            "Out of range",
            "rules evaluated too often",
            GUIDE,
            "[telemetry]\n",
            "[telemetry]\nevaluation_interval = \"1ms\"\n",
        ),
        slip(
            "Not simulated",
            "GPU utilization of a station",
            GUIDE,
            "profile = \"gemma-3-1b/l4/tp1\"",
            "test_engine = { seats = 4, service = { constant = \"1s\" } }",
        ),
    ]
}

fn services() -> Vec<Case> {
    vec![
        slip(
            "Unknown references",
            "a Service that is not there",
            GUIDE,
            "service = \"vllm-service\"",
            "service = \"vllm\"",
        ),
        slip(
            "Monitors that select nothing",
            "a Service before other pods",
            SERVICE,
            "  selector:\n    app: gemma-server",
            "  selector:\n    app: gemma",
        ),
        slip(
            "Contradictions",
            "a Service with waiting limits",
            GUIDE,
            "service = \"vllm-service\"",
            "default_request_ttl = \"60s\"\nservice = \"vllm-service\"",
        ),
        slip(
            "Contradictions",
            "a Service with priorities",
            GUIDE,
            "[workload.light]\n",
            "[workload.light]\npriority = -1\n",
        ),
        slip(
            "Monitors that select nothing",
            "the guide's Service as committed",
            SERVICE,
            "  labels:\n    app: gemma-server\nspec",
            "spec",
        ),
        slip(
            "Contradictions",
            "a monitor of GPUs and the scenario's interval",
            GUIDE,
            "[telemetry]\n",
            "[telemetry]\nscrape_interval = \"30s\"\n",
        ),
        slip(
            "Not simulated",
            "two intervals for the same targets",
            MONITOR,
            "      interval: 15s",
            "      interval: 15s\n    - port: http\n      interval: 5s",
        ),
        slip(
            "Not simulated",
            "a monitor that relabels",
            DCGM_MONITOR,
            "      interval: 15s",
            "      interval: 15s\n      relabelings: []",
        ),
    ]
}

fn rules() -> Vec<Case> {
    vec![
        slip(
            "Not simulated",
            "another metric of the exporter",
            RULE,
            "DCGM_FI_DEV_GPU_UTIL",
            "DCGM_FI_PROF_SM_ACTIVE",
        ),
        slip(
            "Not simulated",
            "a function in a recording rule",
            RULE,
            EXPOSED,
            "rate(DCGM_FI_DEV_GPU_UTIL[1m])",
        ),
        slip(
            "What Kubernetes rejects",
            "a recording rule that is no PromQL",
            RULE,
            EXPOSED,
            "label_replace(DCGM_FI_DEV_GPU_UTIL,",
        ),
        slip(
            "What Kubernetes rejects",
            "a label_replace with a label that cannot be",
            RULE,
            "\"pod\", \"$1\", \"exported_pod\"",
            "\"0pod\", \"$1\", \"exported_pod\"",
        ),
        slip(
            "Not simulated",
            "a group of rules with an offset",
            RULE,
            "      rules:",
            "      query_offset: 10s\n      rules:",
        ),
        slip("Unknown keys", "a misspelt key of a rule", RULE, "        - record:", "        - records:"),
        slip(
            "Adapter rules",
            "a custom rule without resources",
            ADAPTER,
            "        resources:\n          overrides:\n            namespace: { resource: namespace }\n            pod: { resource: pod }\n",
            "",
        ),
        slip(
            "Not simulated",
            "a custom metric of no pod",
            ADAPTER,
            "sum(vllm:num_requests_running{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
            "sum(vllm:num_requests_running{<<.LabelMatchers>>})",
        ),
        slip(
            "Not simulated",
            "a metric of another object",
            HPA,
            "    - type: Pods\n      pods:\n        metric:\n          name: gpu",
            "    - type: Object\n      object:\n        describedObject: { kind: Service, name: vllm-service }\n        metric:\n          name: gpu",
        ),
    ]
}

/// What can never have a value, though each file is right.
pub(super) fn warnings() -> Vec<Case> {
    let short = Edit::Replace(GPU, "duration = \"1h\"", "duration = \"2s\"");
    let warned =
        |name: &str, file, from, to| case("Warnings", name, GPU, &[short, Edit::Replace(file, from, to)]);
    vec![
        warned(
            "a custom metric that no rule serves",
            ADAPTER,
            "as: gpu_utilization_percent",
            "as: gpu_utilization",
        ),
        warned(
            "a rule that records another name",
            RULE,
            "record: dcgm_fi_dev_gpu_util_relabelled",
            "record: gpu_util",
        ),
        warned(
            "pods in another namespace",
            GPU,
            "{ namespace = \"vllm-example\" }",
            "{ namespace = \"vllm\" }",
        ),
        warned("a rule that copies no namespace", RULE, "\"namespace\", \"$1\"", "\"ns\", \"$1\""),
    ]
}
