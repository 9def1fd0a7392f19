//! Variants of a scenario, from the command line.

use crate::support::{copy_folder, root, sim_in};
use serde_json::Value;
use std::path::Path;

const VARIANTS: &str = r#"
[variant.wide]
hpa.maxReplicas = 5
"hpa.metrics.igw_running_requests.target" = 20
deployment.containers.vllm.args.--max-num-seqs = 64

[variant.queue-alone]
remove = ["hpa.metrics.igw_running_requests"]
workload.chat.arrivals.constant = { rate = 4.0 }
"#;

fn scenario(folder: &Path) {
    copy_folder(&root().join("scenarios"), folder);
    let text = std::fs::read_to_string(folder.join("burst.toml")).unwrap();
    std::fs::write(folder.join("burst.toml"), format!("{text}{VARIANTS}")).unwrap();
}

fn result(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join("out").join(name).join("result.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_variant_runs_as_the_base_with_the_same_values_set() {
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path());
    let run = |arguments: &[&str]| {
        let all =
            [&["burst.toml", "-q", "--set", "scenario.duration=8m", "--set", "slo={}"], arguments].concat();
        let output = sim_in(folder.path(), &all);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["--variant", "wide"]);
    run(&[
        "--out",
        "out/set",
        "--set",
        "hpa.maxReplicas=5",
        "--set",
        "hpa.metrics.igw_running_requests.target=20",
        "--set",
        "deployment.containers.vllm.args.--max-num-seqs=64",
    ]);
    run(&[]);
    let [variant, set, base] = ["burst.wide", "set", "burst"].map(|name| result(folder.path(), name));
    assert_eq!(variant["scenario"]["name"], "burst.wide");
    assert_eq!(base["scenario"]["name"], "burst");
    assert_eq!(variant["fingerprint"], set["fingerprint"]);
    assert_ne!(variant["fingerprint"], base["fingerprint"]);
    assert!(variant["fingerprint"].is_string());
}

#[test]
fn a_dry_run_shows_what_a_variant_says_and_where() {
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path());
    let output = sim_in(folder.path(), &["burst.toml", "--dry-run", "--variant", "queue-alone"]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stdout).unwrap();
    let text = std::fs::read_to_string(folder.path().join("burst.toml")).unwrap();
    let number = text.lines().position(|line| line.contains("arrivals.constant")).unwrap() + 1;
    let line = |words: &str| told.lines().find(|line| line.contains(words)).map(str::to_owned);
    let rate = line("arrivals.constant.rate = 4.0").unwrap();
    assert!(rate.ends_with(&format!("# burst.toml:{number}")), "{rate}");
    assert!(told.starts_with("# burst.queue-alone: "));
    for gone in ["arrivals.poisson", "igw_running_requests", "variant"] {
        assert_eq!(line(gone), None);
    }
}

/// The variant is what is explained and loaded, and is called by its name.
#[test]
fn a_variant_is_explained_and_its_knee_found() {
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path());
    let told = |line: &[&str]| {
        let output = sim_in(folder.path(), line);
        String::from_utf8(output.stdout).unwrap()
    };
    let short = ["--variant", "queue-alone", "-q", "--set", "scenario.duration=2m"];
    let explained = told(&[&["explain", "burst.toml"][..], &short].concat());
    assert!(
        explained.contains("igw_queue_depth") && !explained.contains("igw_running_requests"),
        "{explained}"
    );
    let knee = ["knee", "burst.toml", "--seeds", "1", "--requests", "20"];
    assert!(told(&[&knee[..], &short].concat()).starts_with("burst.queue-alone: "));
    let output = sim_in(folder.path(), &["explain", ".", "--variant", "wide"]);
    assert_eq!(output.status.code(), Some(2));
}
