//! Variants and sweeps beside a shipped scenario.

use crate::{Design, Edits, Scenario, Study};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn scenarios() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// `burst.toml` with more at its end, beside its manifests and some more of its own.
fn file(folder: &Path, more: &str) -> PathBuf {
    let manifests = folder.join("manifests");
    for name in [
        "llm-d/hpa.yaml",
        "llm-d/deployment.yaml",
        "llm-d/endpoint-picker-config.yaml",
        "prometheus-adapter-values.yaml",
    ] {
        let to = manifests.join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(scenarios().join("manifests").join(name), to).unwrap();
    }
    let hpa = std::fs::read_to_string(manifests.join("llm-d/hpa.yaml")).unwrap();
    std::fs::write(folder.join("wide.yaml"), hpa.replace("maxReplicas: 3", "maxReplicas: 9")).unwrap();
    let text = std::fs::read_to_string(scenarios().join("burst.toml")).unwrap();
    let file = folder.join("burst.toml");
    std::fs::write(&file, format!("{text}\n{more}")).unwrap();
    file
}

fn study(more: &str) -> Result<Study, String> {
    let folder = tempfile::tempdir().unwrap();
    Study::load(&file(folder.path(), more), &[]).map_err(|rejection| rejection.to_string())
}

fn holds(scenario: &Scenario, path: &str) -> Option<String> {
    let all = scenario.settings.scenario.iter().chain(&scenario.settings.manifests);
    all.into_iter().find(|setting| setting.path == path).map(|setting| setting.value.clone())
}

const VARIANTS: &str = r#"
[variant.dotted]
hpa.spec.maxReplicas = 5
"hpa.metrics.igw_queue_depth.target" = 50
deployment.containers.vllm.args.--max-num-seqs = 64
workload.chat.output_tokens.constant = { tokens = 9 }
cluster.cold_start = { engine = "5s" }

[variant.ramp]
workload.chat.arrivals.gamma = { rate = 9.0, cv = 2.0 }
remove = ["hpa.metrics.igw_running_requests", "deployment.containers.vllm.args.--shutdown-timeout", "slo"]

[variant.header.workload.chat.arrivals.poisson]
rate = 3.0

[variant.wide]
manifests = ["wide.yaml"]

[variant.metrics]
hpa.spec.metrics = [{ type = "External", external = { metric = { name = "igw_queue_depth" }, target = { type = "AverageValue", averageValue = "7" } } }]
"#;

#[test]
fn a_variant_is_the_base_with_some_of_it_replaced() {
    let study = study(&VARIANTS.replace(
        "workload.chat.output_tokens.constant = { tokens = 9 }\n",
        "workload.chat.output_tokens = 9\n",
    ))
    .unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<&str> = study.variants.iter().filter_map(|variant| variant.variant.as_deref()).collect();
    assert_eq!(
        (study.base.variant.as_deref(), names),
        (None, vec!["dotted", "ramp", "header", "wide", "metrics"])
    );
    let of = |index: usize, path: &str| holds(&study.variants[index], path);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(holds(&study.base, "hpa.spec.maxReplicas"), some("3"));
    assert_eq!(of(0, "hpa.spec.maxReplicas"), some("5"));
    assert_eq!(of(0, "hpa.spec.metrics[0].external.target.value"), some("\"50\""));
    assert_eq!(of(0, "engine.max-num-seqs"), some("64"));
    assert_eq!(of(0, "workload.chat.output_tokens"), some("9"));
    // A table in braces is a value: nothing of the old one is left.
    assert_eq!(
        (of(0, "cluster.cold_start.engine"), of(0, "cluster.cold_start.image_pull")),
        (some("\"5s\""), None)
    );
    assert_eq!(
        (of(1, "workload.chat.arrivals.gamma.rate"), of(1, "workload.chat.arrivals.poisson.rate")),
        (some("9.0"), None)
    );
    assert_eq!(study.variants[1].hpa.as_ref().map(|hpa| hpa.spec.metrics.len()), Some(1));
    assert_eq!(
        (study.base.config.record.objectives.len(), study.variants[1].config.record.objectives.len()),
        (2, 0)
    );
    assert_eq!(of(2, "workload.chat.arrivals.poisson.rate"), some("3.0"));
    assert_eq!(of(3, "hpa.spec.maxReplicas"), some("9"));
    assert_eq!(of(4, "hpa.spec.metrics[0].external.target.averageValue"), some("\"7\""));
}

#[test]
fn one_variant_alone_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let more = "[variant.a]\nhpa.maxReplicas = 5\nscenario.seed = 9\n[variant.b]\nhpa.maxReplicas = 7\n";
    let file = file(folder.path(), more);
    let sets = ["scenario.seed=11".to_owned()];
    let study = Study::load(&file, &sets).unwrap();
    for (name, together) in ["a", "b"].into_iter().zip(&study.variants) {
        let alone =
            Scenario::load_edited(&file, Edits { variant: Some(name), sets: &sets, ..Edits::default() })
                .unwrap();
        assert_eq!((&alone.variant, &alone.hpa), (&Some(name.to_owned()), &together.hpa));
        // `--set` wins.
        assert_eq!((alone.config.seed, together.config.seed), (11, 11));
    }
    let told = Scenario::load_edited(&file, Edits { variant: Some("c"), ..Edits::default() })
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("the scenario has no variant `c`") && told.contains("its variants are a, b"),
        "{told}"
    );
}

#[test]
fn mistakes_of_all_variants_are_told_at_once() {
    let told = study("[variant.a]\nhpa.maxReplicas = 0\n[variant.b]\nhpa.metrics.queue.target = 3\n[variant.c]\nremove = ['hpa']\nvariant.d.x = 1\n").unwrap_err();
    for words in [
        "must be greater than 0",
        "this is so in the variant `a`",
        "has no item called `queue`",
        "this is so in the variant `b`",
        "`variant` cannot stand in a variant",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // What is wrong with the base is told once.
    let told = study("[variant.a]\nhpa.maxReplicas = 5\n[telemetry.outage.x]\nfrom = 1\nuntil = \"2m\"\n")
        .unwrap_err();
    assert_eq!(told.matches("has no unit").count(), 1, "{told}");
}

/// A path into a configuration of the EPP finds it in its ConfigMap too; what is in a shell script is not found by its flag.
#[test]
fn what_stands_in_texts() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), "");
    let manifests = folder.path().join("manifests/llm-d");
    let config = std::fs::read_to_string(manifests.join("endpoint-picker-config.yaml")).unwrap();
    let lines: String = config.lines().map(|line| format!("    {line}\n")).collect();
    let map = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: epp }}\ndata:\n  default-plugins.yaml: |\n{lines}"
    );
    std::fs::write(manifests.join("endpoint-picker-config.yaml"), map).unwrap();
    let set =
        |set: &str| Scenario::load_with(&file, &[set.to_owned()]).map_err(|rejection| rejection.to_string());
    let path = "endpointpickerconfig.plugins.utilization-detector.parameters.queueDepthThreshold";
    let scenario = set(&format!("{path}=9")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(holds(&scenario, "gateway.saturationDetector.queueDepthThreshold"), Some("9".to_owned()));
    assert!(
        set("endpointpickerconfig/epp.plugins.utilization-detector.parameters.queueDepthThreshold=9").is_ok()
    );

    let deployment = std::fs::read_to_string(manifests.join("deployment.yaml")).unwrap();
    let start = deployment.find("command:").unwrap();
    let end = deployment.find("          resources:").unwrap();
    let script = "command: [sh, -c]\n          args: [\"vllm serve meta-llama/Llama-3.1-8B-Instruct --max-num-seqs=1024\"]\n";
    std::fs::write(
        manifests.join("deployment.yaml"),
        format!("{}{script}{}", &deployment[..start], &deployment[end..]),
    )
    .unwrap();
    assert!(Scenario::load(&file).is_ok());
    let told = set("deployment.containers.vllm.args.--max-num-seqs=64").unwrap_err();
    assert!(told.contains("the arguments stand in a shell script"), "{told}");
}

const SWEEP: &str = r#"
[sweep]
"hpa.metrics.igw_queue_depth.target" = { log = [5, 500], n = 5 }
hpa.behavior.scaleDown.stabilizationWindowSeconds = [60, 300]
cluster.cold_start.image_pull = { linear = ["20s", "60s"], n = 3 }
"#;

#[test]
fn a_grid_is_all_combinations() {
    let sweep = study(SWEEP).unwrap_or_else(|error| panic!("{error}")).sweep.unwrap();
    assert_eq!(sweep.design, Design::Grid);
    assert_eq!(sweep.axes[0].values, ["5", "16", "50", "158", "500"]);
    assert_eq!(sweep.axes[2].values, ["\"20s\"", "\"40s\"", "\"60s\""]);
    let bases: Vec<Option<&str>> = sweep.axes.iter().map(|axis| axis.base.as_deref()).collect();
    assert_eq!(bases, [Some("\"250\""), Some("300"), Some("\"40s\"")]);
    assert_eq!(sweep.points.len(), 30);
    assert_eq!(sweep.points[1].values, ["5", "60", "\"40s\""]);
    assert!(sweep.points.iter().all(|point| !point.is_base));
    let sweep =
        study(&SWEEP.replace("log = [5, 500], n = 5", "linear = [50, 450], n = 5")).unwrap().sweep.unwrap();
    let base: Vec<_> = sweep.points.iter().filter(|point| point.is_base).collect();
    assert_eq!(base.len(), 1);
    assert_eq!(base[0].values, ["250", "300", "\"40s\""]);
}

/// A point is what `--set` makes of its values.
#[test]
fn a_point_is_loaded_as_set_would() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), SWEEP);
    let study = Study::load(&file, &[]).unwrap();
    for point in &study.sweep.unwrap().points {
        let placed = Scenario::load_edited(&file, Edits { point: Some(point), ..Edits::default() }).unwrap();
        let set = Scenario::load_with(&file, &point.sets()).unwrap();
        let values = |scenario: &Scenario| {
            let all = scenario.settings.scenario.iter().chain(&scenario.settings.manifests);
            all.map(|setting| (setting.path.clone(), setting.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(values(&placed), values(&set));
        assert_eq!(placed.hpa, set.hpa);
        assert_eq!(
            holds(&placed, "hpa.spec.behavior.scaleDown.stabilizationWindowSeconds").as_ref(),
            Some(&point.values[1])
        );
    }
}

/// Limits beyond those of the base: no value of one path goes together with the base, and each does with some of the other.
#[test]
fn paths_that_belong_together_can_be_tried() {
    for more in [
        "[sweep]\nhpa.minReplicas = [1, 5]\nhpa.maxReplicas = [2, 8]\n",
        "[sweep]\nhpa.minReplicas = [4, 5]\nhpa.maxReplicas = [6, 8]\n",
        "[sweep]\nhpa.minReplicas = { linear = [4, 6] }\nhpa.maxReplicas = { linear = [6, 9] }\nsample.sobol = { points = 8 }\n",
    ] {
        let found = study(more).unwrap_or_else(|error| panic!("{error}")).sweep.unwrap();
        assert!(found.points.len() >= 4);
    }
    let refused = study("[sweep]\nhpa.minReplicas = [1, 9]\nhpa.maxReplicas = [3, 5]\n").unwrap_err();
    assert!(refused.contains("the sweep tries `hpa.minReplicas` = 9"), "{refused}");
}

/// What cannot be replaced in a variant is of no concern where the variant is not asked for.
#[test]
fn variants_that_are_not_chosen_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let more = "[variant.a]\nremove = [\"hpa.metrics.igw_queue_depth\"]\n[variant.b]\nhpa.maxReplicas = 4\n";
    let file = file(folder.path(), more);
    let sets = ["hpa.metrics.igw_queue_depth.target=100".to_owned()];
    let study = Study::load_chosen(&file, &sets, &|name| name == "b").unwrap();
    assert_eq!(study.variant_names, ["a", "b"]);
    let names: Vec<_> = study.variants.iter().map(|scenario| scenario.variant.as_deref()).collect();
    assert_eq!(names, [Some("b")]);
    assert!(Study::load(&file, &sets).unwrap_err().to_string().contains("in the variant `a`"));
}

#[test]
fn drawn_points_fill_the_ranges() {
    for (sample, design) in [("latin_hypercube", Design::LatinHypercube), ("sobol", Design::Sobol)] {
        let more = format!(
            "{}sample.{sample} = {{ points = 16 }}\n",
            SWEEP.replace(", n = 5", "").replace(", n = 3", "")
        );
        let first = study(&more).unwrap_or_else(|error| panic!("{error}")).sweep.unwrap();
        assert_eq!((first.design, first.points.len()), (design, 16));
        assert_eq!(first, study(&more).unwrap().sweep.unwrap());
        let windows = first.points.iter().filter(|point| point.values[1] == "60").count();
        assert_eq!(windows, 8, "{sample}");
        let targets: Vec<i64> = first.points.iter().map(|point| point.values[0].parse().unwrap()).collect();
        assert_eq!(targets.iter().filter(|target| **target < 50).count(), 8, "{targets:?}");
        assert!(targets.iter().all(|target| (5..=500).contains(target)), "{targets:?}");
    }
}

#[test]
fn a_sweep_that_cannot_be_is_told_with_its_place() {
    for (sweep, words) in [
        ("scenario.seed = [1, 2]", "all settings are run at the same seeds"),
        ("\"scenario.name\" = [\"a\", \"b\"]", "no run depends on it"),
        ("\"hpa.maxReplicas\" = []", "an empty list"),
        ("\"hpa.maxReplicas\" = 3", "a list of values or a range is expected"),
        ("hpa.maxReplicas = { log = [0, 5], n = 3 }", "must be above 0"),
        ("hpa.maxReplicas = { log = [1, 5], linear = [1, 5], n = 3 }", "not both"),
        ("hpa.maxReplicas = { log = [1, 5] }", "the key `n` is missing"),
        ("hpa.maxReplicas = { log = [1, 5], n = 1 }", "`n` must be at least 2"),
        ("hpa.maxReplicas = { log = [1, 5], m = 3 }", "there is no key `m`"),
        ("hpa.maxReplicas = { linear = [1], n = 3 }", "has two ends"),
        ("hpa.maxReplicas = { linear = [2, 2], n = 3 }", "must differ"),
        ("hpa.maxReplicas = { linear = [1, \"2s\"], n = 3 }", "the same unit"),
        ("hpa.maxReplicas = { linear = [1, true], n = 3 }", "an end of a range is a number"),
        (
            "cluster.cold_start.engine = { linear = [\"1m30s\", \"2m\"], n = 3 }",
            "an end of a range is a number",
        ),
        ("hpa.maxReplicas = [0, 3]", "the sweep tries `hpa.maxReplicas` = 0"),
        ("scenario.sed = [0, 3]", "did you mean `seed`?"),
        ("hpa.metrics.queue.target = [3]", "has no item called `queue`"),
        ("hpa.maxReplicas = [3]\n\"hpa.spec.maxReplicas\" = [4]", "lead to the same value"),
        ("sample.sobol = { points = 8 }", "the sweep names no path"),
        ("hpa.maxReplicas = [3]\nsample.sobol = { points = 0 }", "at least 1 point"),
        ("hpa.maxReplicas = [3]\nsample.sobel = { points = 4 }", "did you mean `sobol`?"),
        (
            "hpa.maxReplicas = { linear = [1, 1000], n = 1000 }\nworkload.chat.requests = { linear = [1, 1000], n = 1000 }",
            "has 1000000 points",
        ),
    ] {
        let told = study(&format!("[sweep]\n{sweep}\n")).map(|_| ()).unwrap_err();
        assert!(told.contains(words) && told.contains("burst.toml:"), "{sweep}: {told}");
        assert_eq!(told.matches("error[").count(), 1, "{sweep}: {told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever stands in a variant or a sweep, it is taken or told; nothing else happens.
    #[test]
    fn nothing_is_too_wrong_to_be_told(
        is_sweep in any::<bool>(),
        path in "\"?(hpa|deployment|workload|slo|scenario|remove|manifests|sample)(\\.(metrics|spec|chat|ttft|seed|target|arrivals|log|n)){0,3}\"?",
        value in "\\[[0-9]{0,2}\\]|[0-9]{1,3}|\\{ ?(log|linear|sobol) = \\[[0-9]{1,2}, \"?[0-9]{1,2}s?\"?\\], n = [0-9] \\}|\"x\"",
    ) {
        let table = if is_sweep { "sweep" } else { "variant.a" };
        if let Err(told) = study(&format!("[{table}]\n{path} = {value}\n")) {
            prop_assert!(told.contains("error[F"), "{told}");
        }
    }
}
