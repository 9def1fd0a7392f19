//! Variants of a scenario that cannot be.

use super::case::{BURST, Case, Edit, case};

pub(super) fn cases() -> Vec<Case> {
    // Told whichever variant is run.
    let written = |name: &str, text| case("Variants", name, BURST, &[Edit::Append(BURST, text)]);
    let run = |name: &str, text| Case { arguments: &["--variant", "a"], ..written(name, text) };
    vec![
        run("no variant of the name", "\n[variant.b]\nscenario.seed = 9\n"),
        run("no variant at all", "\n"),
        written("a variant that is no table", "\n[variant]\na = 5\n"),
        written("a name with a space", "\n[variant.\"a b\"]\nscenario.seed = 9\n"),
        written("a variant by the base's name", "\n[variant.base]\nscenario.seed = 9\n"),
        written("a variant in a variant", "\n[variant.a.variant.b]\nscenario.seed = 9\n"),
        written("a key that is no path", "\n[variant.a]\n\"hpa..maxReplicas\" = 9\n"),
        written("manifests that are a text", "\n[variant.a]\nmanifests = \"wide.yaml\"\n"),
        run("manifests that do not exist", "\n[variant.a]\nmanifests = [\"wide.yaml\"]\n"),
        run("a second HPA by another name", "\n[variant.a]\nmanifests = [\"manifests/guide/hpa.yaml\"]\n")
            .with(Edit::Write("manifests/guide/hpa.yaml", GUIDE_HPA)),
        run("a key that does not exist", "\n[variant.a]\nscenario.sed = 9\n"),
        run("a table that does not exist", "\n[variant.a.scenarios]\nseed = 9\n"),
        run("a field of a manifest that does not exist", "\n[variant.a]\nhpa.spec.maximumReplicas = 9\n"),
        run("a value of the wrong type", "\n[variant.a]\nhpa.spec.maxReplicas = \"many\"\n"),
        run("a value that Kubernetes rejects", "\n[variant.a]\nhpa.spec.maxReplicas = 0\n"),
        run("no such metric", "\n[variant.a]\nhpa.metrics.queue.target = 9\n"),
        run("removes what is not there", "\n[variant.a]\nremove = [\"slo.e2e\"]\n"),
        run("removes a metric that is not there", "\n[variant.a]\nremove = [\"hpa.metrics.igw_queue\"]\n"),
        run("removes what must be there", "\n[variant.a]\nremove = [\"scenario.duration\"]\n"),
        written("removes what is no path", "\n[variant.a]\nremove = [\"slo.\"]\n"),
    ]
}

const GUIDE_HPA: &[u8] = b"apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: guide
  namespace: llm-d
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: vllm-llama-3-1-8b }
  maxReplicas: 3
";
