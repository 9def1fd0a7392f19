//! What is simulated in another way than deployed, or can never work.

use super::case::{
    BURST, Case, DEPLOYMENT, Edit, HPA, MONITORED, MONITORING, PICKER, TRACE, TRACED, VALUES, case,
};

const RUNNING: &str =
    "sum(inference_objective_running_requests{top_level_controller_name=\"vllm-llama-3-1-8b-epp\"})";

pub(super) fn cases() -> Vec<Case> {
    let short = Edit::Replace(BURST, "duration = \"30m\"", "duration = \"2s\"");
    let warned =
        |name: &str, file, from, to| case("Warnings", name, BURST, &[short, Edit::Replace(file, from, to)]);
    vec![
        warned("a query that selects nothing", BURST, "top_level_controller_name = ", "toplevel = "),
        warned("a metric under its old name", VALUES, RUNNING, "sum(vllm:gpu_cache_usage_perc)"),
        warned(
            "a bound between two buckets",
            VALUES,
            RUNNING,
            "sum(vllm:time_to_first_token_seconds_bucket{le=\"3.0\"})",
        ),
        warned("a metric that no rule serves", VALUES, "as: igw_queue_depth", "as: queue_depth"),
        warned("no rules at all", BURST, "values = \"manifests/prometheus-adapter-values.yaml\", ", ""),
        warned("pods that start in no time", BURST, "cold_start = {", "# cold_start = {"),
        warned("other kernels", DEPLOYMENT, "--port=8000", "--performance-mode=interactivity"),
        warned("an impatient probe", DEPLOYMENT, "failureThreshold: 120", "failureThreshold: 3"),
        warned("another model", DEPLOYMENT, "meta-llama/Llama-3.1-8B-Instruct", "google/gemma"),
        warned("step times that nobody measured", BURST, "h100-sxm-80gb/tp1", "a100-40gb/tp1"),
        warned("another version of vLLM", DEPLOYMENT, "v0.33.0", "v0.11.0"),
        warned("a flag that is not known", DEPLOYMENT, "--port=8000", "--made-up=1"),
        warned("a fixed number of replicas", BURST, "[slo]", "[autoscaler]\nfixed = { replicas = 2 }\n\n[slo]"),
        warned("a priority", BURST, "[gateway]", "priority = 5\n\n[gateway]"),
        warned("a later version of the EPP's API", PICKER, "llm-d.ai/v1alpha1", "llm-d.ai/v1"),
        warned("objects without effect", HPA, "apiVersion: autoscaling/v2", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n---\napiVersion: autoscaling/v2"),
        case("Warnings", "a List of objects, a second Deployment", MONITORED, &[
            Edit::Replace(MONITORED, "duration = \"30m\"", "duration = \"2s\""),
            Edit::Write("manifests/llm-d/other.yaml", b"apiVersion: v1\nkind: List\nitems:\n  - apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: web\n    spec: {}\n"),
        ]),
        case("Warnings", "a trace with failures", TRACED, &[
            Edit::Replace(TRACED, "azure-llm-2023 =", "burstgpt ="),
            Edit::Write(TRACE, b"Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,API log\n"),
        ]),
        warned("an item that is a part of the text above", DEPLOYMENT, "            - --port=8000", "              - --port=8000"),
        case("Warnings", "a ServiceMonitor that selects none of several Services", MONITORED, &[
            Edit::Replace(MONITORED, "duration = \"30m\"", "duration = \"2s\""),
            Edit::Replace(MONITORING, "    matchLabels: { app: vllm-llama-3-1-8b }\n  endpoints", "    matchLabels: { app: vllm }\n  endpoints"),
        ]),
    ]
}
