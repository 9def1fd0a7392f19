//! `--set` with a wrong path or value.

use super::case::{BURST, Case, case};

pub(super) fn cases() -> Vec<Case> {
    let set = |name: &str, sets| Case { sets, ..case("--set", name, BURST, &[]) };
    vec![
        set("no `=`", &["scenario.duration"]),
        set("no path", &["=10m"]),
        set("no value", &["scenario.duration="]),
        set("a path with two dots", &["scenario..duration=10m"]),
        set("a path that ends with a dot", &["scenario.=10m"]),
        set("a path with a space", &["scenario.the duration=10m"]),
        set("an open bracket", &["hpa.spec.metrics[0.type=Pods"]),
        set("an item that is no number", &["hpa.spec.metrics[first].type=Pods"]),
        set("an open quotation mark", &["scenario.\"duration=10m"]),
        set("a path through a text", &["scenario.duration.minutes=10"]),
        set("a path through a number", &["hpa.spec.maxReplicas.max=10"]),
        set("an index of a table", &["scenario[0]=10m"]),
        set("a key that does not exist", &["scenario.durration=10m"]),
        set("a table that does not exist", &["scenarios.duration=10m"]),
        set("a key of a manifest that does not exist", &["hpa.spec.maximumReplicas=10"]),
        set("a value of the wrong type", &["scenario.seed=seven"]),
        set("a value of the wrong type in a manifest", &["hpa.spec.maxReplicas=many"]),
        set("a value with a wrong unit", &["scenario.duration=10"]),
        set("a value out of range", &["telemetry.scrape_interval=1ms"]),
        set("a value that Kubernetes rejects", &["hpa.spec.maxReplicas=0"]),
        set("a variant that does not exist", &["workload.chat.arrivals.constnt.rate=3"]),
        set("no such manifest", &["hpas.spec.maxReplicas=3"]),
        Case {
            sets: &["hpa.spec.maxReplicas=3"],
            ..case("--set", "no manifest of the kind", "traced.toml", &[])
        },
        set("no such item", &["hpa.spec.metrics.queue.external.target.value=3"]),
        set("no item of that number", &["hpa.spec.metrics[7].external.target.value=3"]),
        set("a metric with a slip", &["hpa.metrics.igw_queue_dept.target=3"]),
        set("an item of a name that two have", &["hpa.metrics.External.target=3"]),
        set("a slip behind a metric", &["hpa.metrics.igw_queue_depth.traget=3"]),
        set("a target of another type", &["hpa.metrics.igw_queue_depth.target.averageValue=3"]),
        set("a target that is a list", &["hpa.metrics.igw_queue_depth.target=[3]"]),
        set("an object of another name", &["hpa/vllm-llama.maxReplicas=3"]),
        set("an autoscaler that is not simulated", &["scaledobject.spec.maxReplicaCount=3"]),
        set("an argument with a slip", &["deployment.containers.vllm.args.--max-num-seq=64"]),
        set("an argument with a wrong value", &["deployment.containers.vllm.args.--max-num-seqs=many"]),
        set("an argument that is a list", &["deployment.containers.vllm.args.--max-num-seqs=[64]"]),
        set("something behind an argument", &["deployment.containers.vllm.args.--max-num-seqs.value=64"]),
        set("no such container", &["deployment.containers.main.args.--max-num-seqs=64"]),
        set("no such plugin", &["endpoint_picker.plugins.queue.type=queue-scorer"]),
        set("a path that is a manifest", &["hpa=3"]),
        set("several at once", &["scenario.seed=seven", "scenario.duration", "slo.ttft.p99=soon"]),
    ]
}
