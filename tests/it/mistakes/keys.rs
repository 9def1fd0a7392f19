//! Keys that do not exist, and keys that are missing.

use super::case::{
    ADAPTER, BURST, Case, DEPLOYMENT, Edit, HPA, MONITORED, MONITORING, PICKER, TRACED, VALUES, case, slip,
};

const UNKNOWN: &str = "Unknown keys";
const MISSING: &str = "Missing keys";

pub(super) fn cases() -> Vec<Case> {
    [unknown(), missing()].concat()
}

fn unknown() -> Vec<Case> {
    let slip = |name, file, from, to| slip(UNKNOWN, name, file, from, to);
    vec![
        slip("a misspelt table", BURST, "[telemetry]", "[telemtry]"),
        slip("a table of another tool", BURST, "[slo]", "[prometheus]\n[slo]"),
        slip("a misspelt key", BURST, "duration = \"30m\"", "duratoin = \"30m\""),
        slip("a key in the style of Kubernetes", BURST, "scrape_interval", "scrapeInterval"),
        slip("a key in the wrong table", BURST, "[slo]\n", "[slo]\nseed = 8\n"),
        slip("a deep key", BURST, "sigma = 0.8", "stddev = 0.8"),
        slip("a deep key of a workload", BURST, "prompt_tokens.lognormal", "prompt_token.lognormal"),
        slip("a phase of the cold start", BURST, "image_pull =", "image-pull ="),
        slip("a top-level key of YAML", HPA, "metadata:", "metdata:"),
        slip("a key of an HPA", HPA, "minReplicas", "minimumReplicas"),
        slip(
            "a deep key of an HPA",
            HPA,
            "stabilizationWindowSeconds: 300",
            "stabilisationWindowSeconds: 300",
        ),
        slip(
            "a key of autoscaling/v1",
            HPA,
            "  metrics:",
            "  targetCPUUtilizationPercentage: 80\n  metrics:",
        ),
        slip(
            "a key of a Deployment",
            DEPLOYMENT,
            "      terminationGracePeriodSeconds",
            "      gracePeriodSeconds",
        ),
        slip("a deep key of a Deployment", DEPLOYMENT, "failureThreshold", "failureTreshold"),
        slip("a key of an EndpointPickerConfig", PICKER, "schedulingProfiles", "schedulingProfile"),
        slip("a parameter of a plugin", PICKER, "queueDepthThreshold", "queueThreshold"),
        slip("a key of an adapter rule", VALUES, "metricsQuery", "metricQuery"),
        slip("a key of an adapter rule in a ConfigMap", ADAPTER, "metricsQuery", "metricQuery"),
        slip("a key of a ServiceMonitor", MONITORING, "      interval: 15s", "      scrapeInterval: 15s"),
        slip("a key of a Service", MONITORING, "    - name: http\n", "    - nmae: http\n"),
    ]
}

fn missing() -> Vec<Case> {
    let slip = |name, file, from, to| slip(MISSING, name, file, from, to);
    vec![
        slip("the table `scenario`", BURST, "[scenario]\nname = \"burst\"\nduration = \"30m\"\nseed = 7\nstart = \"2026-01-05T09:00:00Z\"\nmanifests = [\"manifests/llm-d/\"]", ""),
        slip("the duration", BURST, "duration = \"30m\"\n", ""),
        slip("the name", BURST, "name = \"burst\"\n", ""),
        slip("the profile", BURST, "profile =", "# profile ="),
        slip("the table `model_server`", BURST, "[model_server]                       # what one pod is, where the Deployment does not say it\nprofile = \"llama-3.1-8b/h100-sxm-80gb/tp1\"\n", ""),
        slip("arrivals", BURST, "arrivals.poisson", "# arrivals.poisson"),
        slip("the length of prompts", BURST, "prompt_tokens", "# prompt_tokens"),
        slip("a deep key", BURST, "{ mean = 512, sigma = 0.8 }", "{ mean = 512 }"),
        slip("the rate that a size needs", BURST, ", rate = \"1.2GB/s\"", ""),
        slip("the path of a trace", TRACED, "{ path = \"trace.csv\" }", "{ rate_scale = 2 }"),
        case(MISSING, "all workloads", BURST, &[
            Edit::Replace(BURST, "[workload.chat]", "[slo]"),
            Edit::Replace(BURST, "arrivals.poisson = { rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]] }\nprompt_tokens.lognormal = { mean = 512, sigma = 0.8 }\noutput_tokens.lognormal = { mean = 256, sigma = 0.8 }\n", ""),
            Edit::Replace(BURST, "[slo]\nttft", "ttft"),
            Edit::Replace(BURST, "ttft = { p99 = \"2s\" }\nitl = { p99 = \"100ms\" }\n", ""),
        ]),
        slip("the kind of a manifest", HPA, "kind: HorizontalPodAutoscaler\n", ""),
        slip("the apiVersion of a manifest", DEPLOYMENT, "apiVersion: apps/v1\n", ""),
        slip("the apiVersion of an EndpointPickerConfig", PICKER, "apiVersion: llm-d.ai/v1alpha1\n", ""),
        slip("the type of a plugin", PICKER, "  - type: queue-scorer\n", "  - name: queue-scorer\n"),
        slip("the pod template", DEPLOYMENT, "  template:\n    metadata:\n      labels: { app: vllm-llama-3-1-8b }\n    spec:\n      terminationGracePeriodSeconds: 75\n      containers:\n        - name: vllm\n          image: vllm/vllm-openai:v0.33.0\n          command: [\"vllm\", \"serve\"]\n          args:\n            - meta-llama/Llama-3.1-8B-Instruct\n            - --port=8000\n            - --max-num-seqs=1024\n            - --max-num-batched-tokens=8192\n            - --no-async-scheduling\n            - --no-enable-prefix-caching\n            - --shutdown-timeout=45\n          resources:\n            limits: { nvidia.com/gpu: \"1\" }\n          startupProbe:\n            httpGet: { path: /v1/models, port: 8000 }\n            periodSeconds: 5\n            failureThreshold: 120\n          readinessProbe:\n            httpGet: { path: /v1/models, port: 8000 }\n            periodSeconds: 5\n          lifecycle:\n            preStop: { sleep: { seconds: 15 } }\n", ""),
        slip("the name of a container", DEPLOYMENT, "        - name: vllm\n          image", "        - image"),
        slip("the series of an adapter rule", VALUES, "    - seriesQuery: 'inference_extension_flow_control_queue_size{inference_pool!=\"\"}'\n      resources:", "    - resources:"),
        slip("the value of a vLLM flag", DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs"),
        slip("the selector of a ServiceMonitor", MONITORING, "spec:\n  selector:\n    matchLabels: { app: vllm-llama-3-1-8b }\n  endpoints:", "spec:\n  endpoints:"),
        case(MISSING, "the spec of a Deployment", MONITORED, &[Edit::Write(DEPLOYMENT, b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: vllm-llama-3-1-8b\n  namespace: llm-d\n")]),
        slip("the spec of an HPA, with its key", HPA, "scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: vllm-llama-3-1-8b", "scaleTargetRef:"),
    ]
}
