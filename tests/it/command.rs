//! The command `sim` as its users call it.

use crate::support::sim;
use crate::workspace::{assert_up_to_date, read};
use std::collections::BTreeMap;
use std::path::Path;

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
    assert_eq!(result["verdict"], "missed");
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
    assert_up_to_date(picture, &drawn);
    let quoted = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(quoted.lines().count() > 3);
    for line in quoted.lines() {
        assert!(
            report.lines().any(|printed| printed == line),
            "the README shows\n{line}\nwhich is not in\n{report}"
        );
    }
}
