//! Values of the wrong type, with the wrong unit, out of range; and several mistakes at once.

use super::case::{BURST, Case, DEPLOYMENT, Edit, HPA, MONITORING, PICKER, TRACED, VALUES, case, slip};

pub(super) fn cases() -> Vec<Case> {
    [types(), units(), ranges(), several()].concat()
}

fn types() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Wrong types", name, file, from, to);
    vec![
        slip("a number in place of a text", BURST, "name = \"burst\"", "name = 5"),
        slip("a text in place of a number", BURST, "seed = 7", "seed = \"7\""),
        slip("a fraction in place of a whole number", BURST, "seed = 7", "seed = 7.5"),
        slip("a text in place of a list", BURST, "[\"manifests/llm-d/\"]", "\"manifests/llm-d/\""),
        slip("a text in place of a table", BURST, "gpu_price = { per_hour = 3.90 }", "gpu_price = \"3.90\""),
        slip("a list in place of a table", BURST, "[gateway]", "[[gateway]]"),
        slip("a list of tables in place of tables", BURST, "[workload.chat]", "[[workload]]"),
        slip(
            "a text in place of a rate",
            BURST,
            "rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]]",
            "rate = \"8/s\"",
        ),
        slip("a step of a rate without its rate", BURST, "[\"5m\", 60.0]", "[\"5m\"]"),
        slip("a step of a rate the wrong way round", BURST, "[\"5m\", 60.0]", "[60.0, \"5m\"]"),
        slip("true in place of a duration", BURST, "scrape_interval = \"15s\"", "scrape_interval = true"),
        slip(
            "a word in place of arrivals",
            BURST,
            "arrivals.poisson = { rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]] }",
            "arrivals = \"poisson\"",
        ),
        slip(
            "a number in place of a table of arrivals",
            BURST,
            "{ rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]] }",
            "8",
        ),
        slip(
            "a window of one instant",
            TRACED,
            "path = \"trace.csv\"",
            "path = \"trace.csv\", window = [\"1m\"]",
        ),
        slip("a text in place of a whole number in YAML", HPA, "maxReplicas: 3", "maxReplicas: three"),
        slip("a quoted number in YAML", HPA, "maxReplicas: 3", "maxReplicas: \"3\""),
        slip("a quantity that is none", HPA, "value: \"250\"", "value: 250 requests"),
        slip(
            "a list in place of a mapping in YAML",
            HPA,
            "  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: vllm-llama-3-1-8b",
            "  scaleTargetRef:\n    - apiVersion: apps/v1\n    - kind: Deployment",
        ),
        slip(
            "a mapping in place of a list in YAML",
            DEPLOYMENT,
            "      containers:\n        - name: vllm\n          image",
            "      containers:\n          name: vllm\n          image",
        ),
        slip("a number among arguments", DEPLOYMENT, "- --port=8000", "- --port\n            - 8000"),
        slip(
            "`on` in place of a text",
            DEPLOYMENT,
            "          resources:",
            "          env:\n            - { name: VLLM_USE_V1, value: on }\n          resources:",
        ),
        slip("a kind that is a number", HPA, "kind: HorizontalPodAutoscaler", "kind: 2"),
        slip(
            "a metric without its dash",
            HPA,
            "    - type: External\n      external:\n        metric:\n          name: igw_queue_depth",
            "      type: External\n      external:\n        metric:\n          name: igw_queue_depth",
        ),
        slip("nothing in place of a number", HPA, "maxReplicas: 3", "maxReplicas:"),
        slip("nothing in place of a text", DEPLOYMENT, "- name: vllm\n", "- name:\n"),
        slip("a weight that is a text", PICKER, "weight: 2", "weight: heavy"),
        slip("rules that are a list", VALUES, "  external:\n", "  custom: none\n  external:\n"),
        slip("a port that is a text", MONITORING, "port: 8000", "port: http"),
    ]
}

fn units() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Wrong units", name, file, from, to);
    vec![
        slip("a number without a unit", BURST, "duration = \"30m\"", "duration = 30"),
        slip("a text without a unit", BURST, "default_request_ttl = \"60s\"", "default_request_ttl = \"60\""),
        slip("a unit that does not exist", BURST, "image_pull = \"40s\"", "image_pull = \"40sec\""),
        slip("a duration in words", BURST, "duration = \"30m\"", "duration = \"half an hour\""),
        slip("a size without a unit", BURST, "size = \"16GB\"", "size = 16"),
        slip("a size with a unit of Kubernetes", BURST, "size = \"16GB\"", "size = \"16Gi\""),
        slip("a rate without its time", BURST, "rate = \"1.2GB/s\"", "rate = \"1.2GB\""),
        slip("tokens with a unit", BURST, "mean = 512", "mean = \"512 tokens\""),
        slip("a quantile in percent", BURST, "p99 = \"2s\"", "99 = \"2s\""),
        slip(
            "a duration of the EPP without a unit",
            PICKER,
            "metricsStalenessThreshold: 200ms",
            "metricsStalenessThreshold: 200",
        ),
        slip("an interval of a monitor", MONITORING, "interval: 15s", "interval: 15"),
        slip("an instant that is none", BURST, "2026-01-05T09:00:00Z", "05.01.2026 09:00"),
        slip("an instant without a zone", BURST, "\"2026-01-05T09:00:00Z\"", "2026-01-05T09:00:00"),
    ]
}

fn ranges() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Out of range", name, file, from, to);
    vec![
        slip("a negative number", BURST, "seed = 7", "seed = -7"),
        slip(
            "a number beyond all numbers",
            BURST,
            "seed = 7",
            "seed = 99999999999999999999999999999999999999999999",
        ),
        slip("a duration of nothing", BURST, "duration = \"30m\"", "duration = \"0s\""),
        slip("a duration beyond simulated time", BURST, "duration = \"30m\"", "duration = \"300d\""),
        slip("a duration of 205 days", BURST, "duration = \"30m\"", "duration = \"205d\""),
        slip("a name that is a path", BURST, "name = \"burst\"", "name = \"../burst\""),
        slip(
            "a scrape interval that is too short",
            BURST,
            "scrape_interval = \"15s\"",
            "scrape_interval = \"1ms\"",
        ),
        slip("a poll that is too fast", BURST, "release =", "refresh_metrics_interval = \"1ms\"\nrelease ="),
        slip(
            "an HPA that is synced too often",
            BURST,
            "[gateway]",
            "[kubernetes]\nkube_controller_manager.horizontal-pod-autoscaler-sync-period = \"1ms\"\n\n[gateway]",
        ),
        slip(
            "a tolerance below nothing",
            BURST,
            "[gateway]",
            "[kubernetes]\nkube_controller_manager.horizontal-pod-autoscaler-tolerance = -0.1\n\n[gateway]",
        ),
        slip(
            "a release of Kubernetes that is not simulated",
            BURST,
            "[gateway]",
            "[kubernetes]\nversion = \"1.35\"\n\n[gateway]",
        ),
        slip(
            "a feature gate that the release does not have",
            BURST,
            "[gateway]",
            "[kubernetes]\nfeature_gates = { HPAGeneration = true }\n\n[gateway]",
        ),
        slip("a negative rate", BURST, "60.0", "-60.0"),
        slip("steps that go back", BURST, "[\"10m\", 8.0]", "[\"4m\", 8.0]"),
        slip("steps that begin late", BURST, "[\"0s\", 8.0], ", ""),
        slip("a sigma without measure", BURST, "sigma = 0.8", "sigma = 50"),
        slip("no tokens", BURST, "mean = 512", "mean = 0"),
        slip("a quantile beyond 100", BURST, "p99 = \"2s\"", "p100 = \"2s\""),
        slip("an objective of nothing", BURST, "p99 = \"2s\"", "p99 = \"0s\""),
        slip("a price below nothing", BURST, "per_hour = 3.90", "per_hour = -1"),
        slip("a price that is no number", BURST, "per_hour = 3.90", "per_hour = nan"),
        slip("too many replicas", DEPLOYMENT, "replicas: 1", "replicas: 1000000"),
        slip("fewer replicas than none", DEPLOYMENT, "replicas: 1", "replicas: -1"),
        slip("a share of memory above one", DEPLOYMENT, "--port=8000", "--gpu-memory-utilization=90"),
        slip("seats beyond the batch", DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs=9000"),
        slip("no seats", DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs=0"),
        slip("a flag that is no number", DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs=many"),
        slip("a context that does not fit", DEPLOYMENT, "--port=8000", "--max-model-len=10M"),
        slip("a context with a fraction of 1024", DEPLOYMENT, "--port=8000", "--max-model-len=1.5K"),
        slip(
            "a context found by vLLM, and no cache",
            DEPLOYMENT,
            "--port=8000",
            "--max-model-len=auto\n            - --num-gpu-blocks-override=1",
        ),
        slip("more active requests than seats", DEPLOYMENT, "--port=8000", "--max-num-active-seqs=2000"),
        slip("no active requests", DEPLOYMENT, "--port=8000", "--max-num-active-seqs=0"),
        slip("an order of requests", DEPLOYMENT, "--port=8000", "--scheduling-policy=lifo"),
        slip("a way to perform", DEPLOYMENT, "--port=8000", "--performance-mode=fast"),
        slip("all of the cache kept free", DEPLOYMENT, "--port=8000", "--watermark=1.0"),
        slip("a negative share of the cache", DEPLOYMENT, "--port=8000", "--watermark=-0.1"),
        slip("prefills in no step", DEPLOYMENT, "--port=8000", "--prefill-schedule-interval=0"),
        slip(
            "a threshold that is no number",
            DEPLOYMENT,
            "--port=8000",
            "--long-prefill-token-threshold=auto",
        ),
        slip(
            "a switch with a word after it",
            DEPLOYMENT,
            "--no-async-scheduling",
            "--async-scheduling\n            - \"false\"",
        ),
        slip(
            "a switch that is neither on nor off",
            DEPLOYMENT,
            "--port=8000",
            "--scheduler-reserve-full-isl=sometimes",
        ),
        slip(
            "whole prompts that do not fit a step",
            DEPLOYMENT,
            "--port=8000",
            "--no-enable-chunked-prefill",
        ),
        slip("a cache that is too small", DEPLOYMENT, "--port=8000", "--num-gpu-blocks-override=10"),
        slip("a batch below the context", DEPLOYMENT, "--port=8000", "--no-enable-chunked-prefill"),
        slip("a threshold of nothing", PICKER, "queueDepthThreshold: 5", "queueDepthThreshold: 0"),
        slip("a share above one", PICKER, "kvCacheUtilThreshold: 0.8", "kvCacheUtilThreshold: 80"),
        slip("a negative weight", PICKER, "weight: 2", "weight: -2"),
        slip("a port that does not exist", MONITORING, "port: 8000", "port: 80000"),
        slip("a whole number beyond 32 bits", HPA, "maxReplicas: 3", "maxReplicas: 3000000000"),
        slip("a scale of a trace", TRACED, "path = \"trace.csv\"", "path = \"trace.csv\", rate_scale = 0"),
        slip(
            "a window that ends before it starts",
            TRACED,
            "path = \"trace.csv\"",
            "path = \"trace.csv\", window = [\"2m\", \"1m\"]",
        ),
        slip("no seats of a test engine", TRACED, "seats = 4", "seats = 0"),
        slip(
            "service without measure",
            TRACED,
            "service = \"1s\"",
            "service = { uniform = { min = \"2s\", max = \"1s\" } }",
        ),
    ]
}

fn several() -> Vec<Case> {
    let several = |name: &str, edits: &[Edit]| case("Several mistakes at once", name, BURST, edits);
    vec![
        several(
            "in a scenario",
            &[
                Edit::Replace(BURST, "seed = 7", "sed = 7"),
                Edit::Replace(BURST, "duration = \"30m\"", "duration = 30"),
                Edit::Replace(BURST, "sigma = 0.8", "sigma = \"wide\""),
                Edit::Replace(BURST, "per_hour = 3.90", "per_hour = \"3.90\""),
                Edit::Replace(BURST, "itl = { p99", "itl = { q99"),
            ],
        ),
        several(
            "in the meaning of a scenario",
            &[
                Edit::Replace(BURST, "name = \"burst\"", "name = \"a burst\""),
                Edit::Replace(
                    BURST,
                    "profile = \"llama-3.1-8b/h100-sxm-80gb/tp1\"",
                    "profile = \"llama-3.1-8b/h10/tp1\"",
                ),
                Edit::Replace(BURST, "release = \"llm-d-router-main-2026-08-22\"", "release = \"main\""),
                Edit::Replace(BURST, "per_hour = 3.90", "per_hour = -3.90"),
            ],
        ),
        several(
            "in the syntax of a scenario",
            &[
                Edit::Replace(BURST, "name = \"burst\"", "name = burst"),
                Edit::Replace(BURST, "seed = 7", "seed ="),
                Edit::Replace(BURST, "mean = 512, sigma", "mean = 512 sigma"),
            ],
        ),
        several(
            "in a manifest",
            &[
                Edit::Replace(HPA, "minReplicas: 1", "minReplicas: one"),
                Edit::Replace(HPA, "          name: igw_queue_depth", "          nam: igw_queue_depth"),
                Edit::Replace(HPA, "periodSeconds: 15", "periodSeconds: 15s"),
                Edit::Replace(HPA, "  behavior:", "  behaviour: {}\n  behavior:"),
            ],
        ),
        several(
            "in several manifests",
            &[
                Edit::Replace(HPA, "minReplicas: 1", "minReplicas: one"),
                Edit::Replace(DEPLOYMENT, "replicas: 1", "replica: 1"),
                Edit::Replace(PICKER, "weight: 2", "wieght: 2"),
            ],
        ),
        several(
            "against the rules of Kubernetes",
            &[
                Edit::Replace(HPA, "minReplicas: 1", "minReplicas: 5"),
                Edit::Replace(HPA, "value: \"250\"", "value: \"-250\""),
                Edit::Replace(HPA, "periodSeconds: 15", "periodSeconds: 3600"),
            ],
        ),
        several(
            "flags of vLLM",
            &[
                Edit::Replace(DEPLOYMENT, "--port=8000", "--quantization=fp8"),
                Edit::Replace(DEPLOYMENT, "--max-num-seqs=1024", "--max-num-seqs=lots"),
                Edit::Replace(DEPLOYMENT, "--no-async-scheduling", "--async-scheduling=maybe"),
            ],
        ),
        several(
            "a file of another kind",
            &[Edit::Make(BURST, "is a list of 300 keys", || {
                (0..300).map(|n| format!("key{n} = {n}\n")).collect::<String>().into_bytes()
            })],
        ),
    ]
}
