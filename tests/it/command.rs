//! The command `sim` as its users call it.

use crate::workspace::{read, root};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn sim(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    command.current_dir(root()).args(arguments).output().expect("sim starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn the_bare_form_runs_a_scenario_and_the_verdict_comes_first() {
    let out = tempfile::tempdir().unwrap();
    let output = sim(&["scenarios/burst.toml", "--out", out.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.starts_with("burst: MISSED"), "{report}");
    for part in ["Objectives", "Timeline", "Decisions", "ScaleUpLimit", "fingerprint"] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
    assert_eq!(text(&output.stderr), "", "nothing to warn about");
    let written = files(out.path());
    assert_eq!(
        written.keys().collect::<Vec<_>>(),
        ["decisions.ndjson", "result.json", "series.csv", "timeline.svg"]
    );
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_does_not() {
    let run = |seed: &str| {
        let out = tempfile::tempdir().unwrap();
        let output = sim(&[
            "run",
            "scenarios/burst.toml",
            "--seed",
            seed,
            "--out",
            out.path().to_str().unwrap(),
            "--json",
        ]);
        let written = files(out.path());
        assert_eq!(output.stdout, written["result.json"], "--json prints the file");
        written
    };
    let (one, again, other) = (run("3"), run("3"), run("4"));
    assert!(one == again);
    assert!(one.iter().all(|(name, bytes)| other[name] != *bytes));
    let result: serde_json::Value = serde_json::from_slice(&one["result.json"]).unwrap();
    assert_eq!(result["schema"], 1);
    assert_eq!(result["verdict"]["met"], false);
}

#[test]
fn wrong_input_exits_with_two_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, content: &str, expected: &[&str]| {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        let output = sim(&[file.to_str().unwrap()]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.starts_with("error: ") && message.contains(name), "{message}");
        for part in expected {
            assert!(message.contains(part), "`{part}` is missing in: {message}");
        }
    };
    let head = "[scenario]\nname = \"x\"\nduration = \"1m\"\n";
    let server = "[model_server]\ntest_engine = { seats = 1, service = \"1s\" }\n";
    let workload = "[workload.a]\narrivals.poisson = { rate = 1 }\nprompt_tokens = 1\noutput_tokens = 1\n";
    check("empty.toml", "", &["missing field `scenario`"]);
    check("key.toml", &format!("{head}sed = 3\n"), &["line 4", "unknown field `sed`", "seed"]);
    check(
        "unit.toml",
        "[scenario]\nname = \"x\"\nduration = 60\n",
        &["line 3", "`60` has no unit", "\"60s\""],
    );
    check("idle.toml", &format!("{head}{server}"), &["`workload`", "no request arrives"]);
    check("server.toml", &format!("{head}{workload}"), &["model_server.profile"]);
    check(
        "profile.toml",
        &format!("{head}{workload}[model_server]\nprofile = \"llama-3.1-8b/h100-sxm-80gb/tp4\"\n"),
        &["did you mean `llama-3.1-8b/h100-sxm-80gb/tp1`"],
    );
    check(
        "arrivals.toml",
        &format!("{head}{server}[workload.a]\narrivals.poison = {{ rate = 1 }}\n"),
        &["unknown variant `poison`", "`constant` or `poisson`"],
    );
    check(
        "release.toml",
        &format!("{head}{server}{workload}[gateway]\nrelease = \"llm-d-router-v0.10\"\n"),
        &["did you mean `llm-d-router-v0.10.0`"],
    );
    check(
        "trace.toml",
        &format!("{head}{server}[workload.a]\ntrace.azure-llm-2023 = {{ path = \"none.csv\" }}\n"),
        &["none.csv", "no such file"],
    );
    let with_manifest = format!("{head}manifests = [\"none.yaml\"]\n{server}{workload}");
    std::fs::write(folder.path().join("manifest.toml"), with_manifest).unwrap();
    let manifest = text(&sim(&[folder.path().join("manifest.toml").to_str().unwrap()]).stderr);
    assert!(manifest.ends_with("none.yaml: no such file\n"), "{manifest}");
    let missing = sim(&["none.toml"]);
    assert_eq!(text(&missing.stderr), "error: none.toml: no such file\n");
}

#[test]
fn help_teaches() {
    let help = text(&sim(&["--help"]).stdout);
    for part in ["sim scenarios/burst.toml", "conformance", "Exit codes", "--seed", "--out"] {
        assert!(help.contains(part), "{part} is missing in\n{help}");
    }
    assert_eq!(sim(&[]).status.code(), Some(2));
    assert_eq!(sim(&["--nonsense"]).status.code(), Some(2));
}

#[test]
fn conformance_prints_its_score_last() {
    let output = sim(&["conformance", "epp", "tests/conformance/epp/flow-control.jsonl"]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report.trim_end().ends_with("passed, 0 failed, 0 not yet"), "{report}");
    assert_eq!(sim(&["conformance", "hpa", "none.jsonl"]).status.code(), Some(2));
    assert_eq!(sim(&["conformance", "hpa", "Cargo.toml"]).status.code(), Some(2));
}

/// The picture in the README is what its first command draws today, and the lines that it quotes are what that command prints.
#[test]
fn the_readme_shows_the_real_output() {
    let (picture, readme) = ("docs/img/burst.svg", read("README.md"));
    assert!(readme.contains(&format!("]({picture})")), "README.md shows {picture}");
    let out = tempfile::tempdir().unwrap();
    let report = text(&sim(&["scenarios/burst.toml", "--out", out.path().to_str().unwrap()]).stdout);
    let drawn = std::fs::read_to_string(out.path().join("timeline.svg")).unwrap();
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        std::fs::write(root().join(picture), &drawn).unwrap();
    } else {
        assert!(
            read(picture) == drawn,
            "{picture} is out of date; `FORESCALE_BLESS=1 cargo test --test it` rewrites it"
        );
    }
    let quoted = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(quoted.lines().count() > 3);
    for line in quoted.lines() {
        assert!(
            report.lines().any(|printed| printed == line),
            "the README shows\n{line}\nwhich is not in\n{report}"
        );
    }
}
