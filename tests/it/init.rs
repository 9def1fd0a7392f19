//! `sim init`: what it writes runs as it is, and what cannot run is not written.

use crate::support::{root, sim_in};
use std::fs;
use std::path::Path;
use std::process::Output;

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn copy(from: &str, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let from = root().join(from);
    let files = if from.is_dir() {
        fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![from]
    };
    for file in files {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// The files of llm-d's guide in `deploy/`, Helm values among them.
fn llm_d() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy("scenarios/manifests/llm-d", &folder.path().join("deploy"));
    copy("scenarios/manifests/guides/llm-d", &folder.path().join("deploy"));
    copy("scenarios/manifests/prometheus-adapter-values.yaml", &folder.path().join("deploy"));
    folder
}

/// The scenarios in `scenarios/` run in full elsewhere; here it counts that nothing is missing.
#[test]
fn each_template_runs_where_it_was_written() {
    for (template, hours) in [("burst", "10m"), ("diurnal", "20m"), ("scale-to-zero", "20m")] {
        let folder = tempfile::tempdir().unwrap();
        let (code, out, talk) = said(&sim_in(folder.path(), &["init", "demo", "--template", template]));
        let scenario = format!("demo/{template}.toml");
        assert_eq!(code, Some(0), "{talk}");
        assert!(out.starts_with(&format!("written: {scenario}\n")) && out.lines().count() == 5, "{out}");
        assert_eq!(talk, format!("next: sim {scenario}\n"));
        let text = fs::read_to_string(folder.path().join(&scenario)).unwrap();
        assert!(text.starts_with("#:schema ") && text.contains("# Expected exit code: "), "{text}");
        let duration = format!("scenario.duration={hours}");
        let (code, _, talk) = said(&sim_in(folder.path(), &[&scenario, "--set", &duration]));
        assert!(matches!(code, Some(0 | 1)) && talk.is_empty(), "{template}: {code:?} {talk}");
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let init = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["init"].iter().chain(arguments).copied().collect();
        said(&sim_in(folder.path(), &arguments))
    };
    assert_eq!(init(&["--name", "checkout"]).0, Some(0));
    let path = folder.path().join("checkout.toml");
    assert!(fs::read_to_string(&path).unwrap().contains("\nname = \"checkout\"\n"));
    // Another template beside it shares the manifests, which are there as they should be.
    let (code, out, _) = init(&["--template", "diurnal"]);
    assert_eq!((code, out.as_str()), (Some(0), "written: diurnal.toml\n"));
    fs::write(&path, "mine").unwrap();
    let (code, out, talk) = init(&["--name", "checkout"]);
    assert!(code == Some(2) && out.is_empty() && talk.starts_with("error: checkout.toml exists"), "{talk}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let (code, out, _) = init(&["--name", "checkout", "--force", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, Some(0));
    assert_eq!(listed["written"], serde_json::json!(["checkout.toml"]));
    assert_eq!(listed["next"], "sim checkout.toml");
    assert_eq!(init(&["--name", "../x"]).0, Some(2));
}

#[test]
fn the_manifests_of_llm_d_give_a_scenario_that_runs() {
    let folder = llm_d();
    let (code, out, talk) = said(&sim_in(folder.path(), &["init", "--from-manifests", "deploy"]));
    assert_eq!((code, talk.as_str()), (Some(0), "next: sim vllm-llama-3-1-8b.toml\n"));
    assert_eq!(out, "written: vllm-llama-3-1-8b.toml\n");
    let text = fs::read_to_string(folder.path().join("vllm-llama-3-1-8b.toml")).unwrap();
    let snapshot = root().join("tests/it/guides/llm-d.toml");
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        fs::write(&snapshot, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&snapshot).unwrap_or_default(), "{}", snapshot.display());
    let (code, out, talk) = said(&sim_in(folder.path(), &["vllm-llama-3-1-8b.toml"]));
    assert_eq!((code, talk.as_str()), (Some(0), ""), "{out}");
    assert!(!out.contains("no decision, stays 1  "), "{out}");
    // From elsewhere the ways are others, and the scenario is the same.
    fs::create_dir(folder.path().join("tests")).unwrap();
    let (code, ..) = said(&sim_in(
        folder.path(),
        &["init", "--from-manifests", "deploy", "--out", "tests/x.toml", "--name", "vllm-llama-3-1-8b"],
    ));
    assert_eq!(code, Some(0));
    let elsewhere = fs::read_to_string(folder.path().join("tests/x.toml")).unwrap();
    assert_eq!(elsewhere.replace("../deploy/", "deploy/"), text);
}

/// Both ways of the vLLM guide, each with its own HPA, give scenarios that run.
#[test]
fn the_manifests_of_the_vllm_guide_give_scenarios_that_run() {
    let common = ["deployment", "service", "service-monitor", "prometheus-adapter"];
    let ways: [&[&str]; 2] = [
        &["hpa-running-requests"],
        &["hpa-gpu-utilization", "prometheus-rule", "dcgm-service-gke", "dcgm-service-monitor-gke"],
    ];
    for own in ways {
        let folder = tempfile::tempdir().unwrap();
        for name in common.iter().chain(own) {
            copy(
                &format!("scenarios/manifests/guides/kubernetes-examples/{name}.yaml"),
                &folder.path().join("deploy"),
            );
        }
        let init = ["init", "--from-manifests", "deploy", "--out", "guide.toml"];
        let (code, _, talk) = said(&sim_in(folder.path(), &init));
        assert_eq!(code, Some(0), "{talk}");
        let text = fs::read_to_string(folder.path().join("guide.toml")).unwrap();
        assert!(text.contains("\nservice = \"vllm-service\"\n"), "{text}");
        let (code, out, talk) =
            said(&sim_in(folder.path(), &["guide.toml", "--set", "scenario.duration=5m"]));
        assert!(matches!(code, Some(0 | 1)) && !talk.contains("F102"), "{code:?} {talk}");
        assert!(!out.contains("no decision, stays 1  "), "{out}");
    }
}

/// Whatever stands in the way is named with its place, and nothing is written.
#[test]
fn what_cannot_be_simulated_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let deploy = folder.path().join("deploy");
    copy("scenarios/manifests/guides/kubernetes-examples", &deploy);
    let hpa = deploy.join("hpa-running-requests.yaml");
    let text = fs::read_to_string(&hpa).unwrap();
    let metric = text.find("    - type: Pods").unwrap();
    let end = text.find("  behavior:").unwrap();
    let cpu = "    - type: Resource\n      resource:\n        name: cpu\n        target: { type: Utilization, averageUtilization: 80 }\n";
    fs::write(&hpa, format!("{}{cpu}{}", &text[..metric], &text[end..])).unwrap();
    let rule = deploy.join("prometheus-rule.yaml");
    let text = fs::read_to_string(&rule).unwrap();
    fs::write(&rule, text.replacen("label_replace(", "label_join(", 1)).unwrap();
    let (code, out, talk) = said(&sim_in(folder.path(), &["init", "--from-manifests", "deploy"]));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(!folder.path().join("vllm-gemma-deployment.toml").exists(), "nothing is written");
    let snapshot = root().join("tests/it/guides/not-yet.txt");
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        fs::write(&snapshot, &talk).unwrap();
    }
    let told =
        talk.split("error[").find(|told| told.contains("not simulated yet: metric `cpu` of type Resource"));
    assert!(told.is_some_and(|told| told.contains("hpa-running-requests.yaml:")), "{talk}");
    assert_eq!(talk, fs::read_to_string(&snapshot).unwrap_or_default(), "{}", snapshot.display());
}

/// A model without a profile ends nothing by itself; the file says what is simulated in its place.
#[test]
fn the_nearest_profile_is_a_guess_that_says_so() {
    let folder = llm_d();
    let path = folder.path().join("deploy/deployment.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("meta-llama/Llama-3.1-8B-Instruct", "databricks/dolly-v2-12b")).unwrap();
    let (code, _, talk) =
        said(&sim_in(folder.path(), &["init", "--from-manifests", "deploy", "--out", "x.toml"]));
    assert_eq!(code, Some(0), "{talk}");
    assert!(talk.contains("warning[F101]") && talk.contains("databricks/dolly-v2-12b"), "{talk}");
    let text = fs::read_to_string(folder.path().join("x.toml")).unwrap();
    for part in
        ["# GUESS: there is no profile for `databricks/dolly-v2-12b`", "# Others: ", "size = \"24GB\""]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    // More GPUs than any profile has stand in the way.
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("gpu: \"1\"", "gpu: \"16\"")).unwrap();
    let (code, _, talk) =
        said(&sim_in(folder.path(), &["init", "--from-manifests", "deploy", "--out", "y.toml"]));
    assert!(code == Some(2) && talk.contains("no profile for 16 GPUs per replica"), "{talk}");
    assert!(!folder.path().join("y.toml").exists());
}
