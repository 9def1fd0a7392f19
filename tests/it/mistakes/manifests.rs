//! Manifests and scenarios that contradict each other, name what does not exist, or are not simulated.

use super::case::{BURST, Case, DEPLOYMENT, Edit, HPA, MONITORED, MONITORING, PICKER, TRACED, case, slip};

pub(super) fn cases() -> Vec<Case> {
    [contradictions(), references(), second(), not_simulated(), nothing()].concat()
}

fn contradictions() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Contradictions", name, file, from, to);
    vec![
        slip(
            "two kinds of arrivals",
            BURST,
            "prompt_tokens.lognormal",
            "arrivals.constant = { rate = 3 }\nprompt_tokens.lognormal",
        ),
        slip(
            "two distributions",
            BURST,
            "prompt_tokens.lognormal",
            "prompt_tokens.constant = 3\nprompt_tokens.lognormal",
        ),
        slip("a duration and a size", BURST, "weights = { size", "weights = { constant = \"1s\", size"),
        slip(
            "a profile and a test engine",
            BURST,
            "profile =",
            "test_engine = { seats = 1, service = \"1s\" }\nprofile =",
        ),
        slip(
            "arrivals and a trace",
            BURST,
            "prompt_tokens.lognormal",
            "trace.azure-llm-2023 = { path = \"trace.csv\" }\nprompt_tokens.lognormal",
        ),
        slip("a trace and lengths", TRACED, "trace.azure", "prompt_tokens = 3\ntrace.azure"),
        slip(
            "an end before the beginning",
            BURST,
            "[gateway]",
            "from = \"10m\"\nuntil = \"5m\"\n\n[gateway]",
        ),
        slip("a beginning after the end of the run", BURST, "[gateway]", "from = \"31m\"\n\n[gateway]"),
        slip("replicas of scenario and Deployment", BURST, "[cluster]", "[cluster]\nreplicas = 2"),
        slip(
            "waiting limits of scenario and EndpointPickerConfig",
            PICKER,
            "  saturationDetector:",
            "  defaultRequestTTL: 30s\n  saturationDetector:",
        ),
        slip("waiting limits without flow control", PICKER, "featureGates: [flowControl]\n", ""),
        slip("GPUs of profile and Deployment", DEPLOYMENT, "nvidia.com/gpu: \"1\"", "nvidia.com/gpu: \"8\""),
        slip("tensor parallelism of profile and Deployment", DEPLOYMENT, "--port=8000", "-tp=4"),
        slip("a scrape interval of scenario and monitor", MONITORING, "interval: 15s", "interval: 30s"),
        slip(
            "ages of the adapter's metrics",
            BURST,
            "metrics_relist_interval = \"1m\"",
            "metrics_relist_interval = \"1m\", metrics_max_age = \"30s\"",
        ),
        slip(
            "labels of a Deployment and its pods",
            DEPLOYMENT,
            "matchLabels: { app: vllm-llama-3-1-8b }",
            "matchLabels: { app: vllm }",
        ),
        slip("a label name that no series can have", BURST, "service = ", "\"bad label\" = "),
    ]
}

fn references() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Unknown references", name, file, from, to);
    vec![
        slip("a release", BURST, "llm-d-router-main-2026-08-22", "llm-d-router-v0.9.0"),
        slip("a plugin that is not declared", PICKER, "pluginRef: queue-scorer", "pluginRef: queue-scorr"),
        slip("a plugin type", PICKER, "type: queue-scorer", "type: queue-scorr"),
        slip("a gate", PICKER, "[flowControl]", "[flowcontrol]"),
        slip(
            "a detector",
            PICKER,
            "    pluginRef: utilization-detector",
            "    pluginRef: utilisation-detector",
        ),
        slip(
            "a Deployment of another name",
            HPA,
            "name: vllm-llama-3-1-8b\n  minReplicas",
            "name: vllm\n  minReplicas",
        ),
        slip("a Deployment of another namespace", HPA, "namespace: llm-d", "namespace: default"),
        slip("an API that has no Deployment", HPA, "apiVersion: apps/v1", "apiVersion: extensions/v1beta1"),
        slip(
            "no container with GPUs",
            DEPLOYMENT,
            "            limits: { nvidia.com/gpu: \"1\" }",
            "            limits: { cpu: \"1\" }\n        - name: sidecar",
        ),
    ]
}

fn second() -> Vec<Case> {
    let second = |name: &str, scenario, edits: &[Edit]| case("Second objects", name, scenario, edits);
    let hpa = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: another\n  namespace: llm-d\nspec:\n  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: vllm-llama-3-1-8b }\n  maxReplicas: 5\n";
    vec![
        second("an HPA", BURST, &[Edit::Append(HPA, hpa)]),
        second("a Deployment that could be the server too", BURST, &[
            Edit::Write("manifests/llm-d/second.yaml", b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: vllm-llama-3-1-8b\n  namespace: staging\nspec:\n  template:\n    spec:\n      containers: []\n"),
        ]),
        second("an EndpointPickerConfig", BURST, &[
            Edit::Write("manifests/llm-d/second.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: epp\ndata:\n  config.yaml: |\n    apiVersion: llm-d.ai/v1alpha1\n    kind: EndpointPickerConfig\n    plugins: []\n"),
        ]),
        second("a set of adapter rules", MONITORED, &[
            Edit::Replace(MONITORED, "prometheus_adapter = { ", "prometheus_adapter = { values = \"manifests/prometheus-adapter-values.yaml\", "),
        ]),
        second("the same file twice", BURST, &[
            Edit::Replace(BURST, "[\"manifests/llm-d/\"]", "[\"manifests/llm-d/\", \"manifests/llm-d/hpa.yaml\"]"),
        ]),
    ]
}

fn not_simulated() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Not simulated", name, file, from, to);
    vec![
        slip("pipeline parallelism", DEPLOYMENT, "--port=8000", "--pipeline-parallel-size=2"),
        slip("quantization, by its short flag", DEPLOYMENT, "--port=8000", "-q=fp8"),
        slip("a limit of vLLM's queue", DEPLOYMENT, "--port=8000", "--max-num-queued-reqs=1"),
        slip(
            "a limit of vLLM's queue in tokens",
            DEPLOYMENT,
            "--port=8000",
            "--max_num_queued_tokens=100000",
        ),
        slip("a part of a GPU", DEPLOYMENT, "nvidia.com/gpu: \"1\"", "nvidia.com/mig-1g.5gb: 1"),
        slip("half a GPU", DEPLOYMENT, "nvidia.com/gpu: \"1\"", "nvidia.com/gpu: \"0.5\""),
        slip(
            "a hook that does something",
            DEPLOYMENT,
            "preStop: { sleep: { seconds: 15 } }",
            "preStop: { exec: { command: [drain] } }",
        ),
        slip(
            "a script with variables",
            DEPLOYMENT,
            "command: [\"vllm\", \"serve\"]",
            "command: [\"/bin/sh\", \"-c\", \"vllm serve $MODEL\"]",
        ),
        slip(
            "a script with an open text",
            DEPLOYMENT,
            "command: [\"vllm\", \"serve\"]",
            "command: [\"/bin/sh\", \"-c\", \"vllm serve 'a\"]",
        ),
        slip("a probe that needs two answers", DEPLOYMENT, "failureThreshold: 120", "successThreshold: 2"),
        slip("a StatefulSet", DEPLOYMENT, "kind: Deployment", "kind: StatefulSet"),
        slip("a ScaledObject", HPA, "kind: HorizontalPodAutoscaler", "kind: ScaledObject"),
        slip("an HPA of a StatefulSet", HPA, "    kind: Deployment", "    kind: StatefulSet"),
        slip(
            "a metric of what pods use",
            HPA,
            "    - type: External\n      external:\n        metric:\n          name: igw_queue_depth\n        target:\n          type: Value\n          value: \"250\"",
            "    - type: Resource\n      resource:\n        name: cpu\n        target:\n          type: Utilization\n          averageUtilization: 80",
        ),
        slip(
            "an HPA without metrics",
            HPA,
            "  metrics:\n    - type: External\n      external:\n        metric:\n          name: igw_queue_depth\n        target:\n          type: Value\n          value: \"250\"\n    - type: External\n      external:\n        metric:\n          name: igw_running_requests\n        target:\n          type: AverageValue\n          averageValue: \"250\"\n",
            "",
        ),
        slip("too many replicas", HPA, "maxReplicas: 3", "maxReplicas: 100000"),
        slip(
            "expressions in a metric's selector",
            HPA,
            "          name: igw_queue_depth",
            "          name: igw_queue_depth\n          selector:\n            matchExpressions:\n              - { key: pool, operator: Exists }",
        ),
        slip(
            "expressions in a monitor's selector",
            MONITORING,
            "    matchLabels: { app: vllm-llama-3-1-8b }",
            "    matchExpressions:\n      - { key: app, operator: Exists }",
        ),
        slip(
            "relabelings",
            MONITORING,
            "      interval: 15s",
            "      interval: 15s\n      relabelings:\n        - { action: labeldrop, regex: pod }",
        ),
        slip(
            "a detector",
            PICKER,
            "  - type: utilization-detector",
            "  - type: concurrency-detector\n    name: utilization-detector",
        ),
        slip("a scorer", PICKER, "type: queue-scorer", "type: load-aware-scorer"),
        slip(
            "thresholds of an older release",
            PICKER,
            "    pluginRef: utilization-detector",
            "    queueDepthThreshold: 5",
        ),
        slip(
            "a band",
            PICKER,
            "  saturationDetector:",
            "  priorityBands:\n    - priority: 10\n  saturationDetector:",
        ),
        slip("two profiles", PICKER, "flowControl:\n", "  - name: second\n    plugins: []\nflowControl:\n"),
        slip("eviction", PICKER, "  saturationDetector:", "  enableEviction: true\n  saturationDetector:"),
        slip(
            "a waiting limit that a release has not",
            BURST,
            "llm-d-router-main-2026-08-22",
            "llm-d-router-v0.10.0",
        ),
        slip(
            "monitors that disagree",
            MONITORING,
            "  podMetricsEndpoints:\n    - port: http\n      interval: 15s",
            "  podMetricsEndpoints:\n    - port: http\n      interval: 30s",
        ),
    ]
}

fn nothing() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Monitors that select nothing", name, file, from, to);
    vec![
        slip("a Service without the labels", MONITORING, "  labels: { app: vllm-llama-3-1-8b }\n", ""),
        slip(
            "a port of another name",
            MONITORING,
            "  endpoints:\n    - port: http",
            "  endpoints:\n    - port: metrics",
        ),
        slip(
            "a PodMonitor of other labels",
            MONITORING,
            "    matchLabels: { app: vllm-llama-3-1-8b }\n  podMetrics",
            "    matchLabels: { app: vllm }\n  podMetrics",
        ),
        slip(
            "a Service of the GPU exporter",
            MONITORING,
            "app.kubernetes.io/name: dcgm-exporter",
            "app.kubernetes.io/name: dcgm",
        ),
        case(
            "Monitors that select nothing",
            "a Service without a name for its port",
            MONITORED,
            &[
                Edit::Replace(MONITORING, "  labels: { app: vllm-llama-3-1-8b }\n", ""),
                Edit::Replace(MONITORING, "    - name: http\n      port: 8000", "    - port: 8000"),
            ],
        ),
    ]
}
