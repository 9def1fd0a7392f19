//! Recordings of the HPA controller.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use forescale_conformance::{Tally, hpa};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Cases about new HPAs in the selection, and how many causes of refusal they have between them.
const SELECTED_CASES: usize = 55;
const SELECTED_CAUSES: usize = 48;

/// Replays all `*.jsonl` files of a folder; each file with its own score.
fn replay_folder(folder: &Path) -> Vec<(String, Tally)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let replay = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut tally = Tally::default();
        hpa::replay(&name, BufReader::new(File::open(path).unwrap()), &mut tally).unwrap();
        (name, tally)
    };
    files.iter().map(replay).collect()
}

/// Asserts that nothing failed; returns the score of all files.
fn assert_none_failed(folder: &Path) -> Tally {
    let mut all = Tally::default();
    let mut report = String::new();
    for (name, tally) in replay_folder(folder) {
        report += &format!("{name}: {tally}\n");
        all.add(&tally);
    }
    print_out(&report);
    assert!(all.failed == 0 && all.passed > 0, "{report}");
    all
}

#[allow(clippy::print_stdout, reason = "the score per file belongs in the test's output")]
fn print_out(text: &str) {
    println!("{text}");
}

#[test]
fn the_selection_in_the_repository_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/hpa");
    let all = assert_none_failed(&folder);
    assert_eq!(all.not_yet, 0);
}

/// Field, without the number of its element, and type of each cause in a recording; and how many cases it has.
fn causes(recording: &Path) -> (BTreeSet<(String, String)>, usize) {
    let text = fs::read_to_string(recording).unwrap();
    let cases: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors = cases.iter().filter_map(|case| case.get("errors")).flat_map(|e| e.as_array().unwrap());
    let cause = |error: &Value| {
        let [field, error_type] = [0, 1].map(|i| error[i].as_str().unwrap().to_owned());
        (field.replace(|c: char| c.is_ascii_digit(), ""), error_type)
    };
    (errors.map(cause).collect(), cases.len())
}

#[test]
fn the_selection_has_each_cause_for_which_the_api_server_refuses() {
    let selection =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/hpa/validation.jsonl");
    let (selected, cases) = causes(&selection);
    assert_eq!((selected.len(), cases), (SELECTED_CAUSES, SELECTED_CASES));
    let (_, tally) = replay_folder(selection.parent().unwrap())
        .into_iter()
        .find(|(name, _)| name == "validation.jsonl")
        .unwrap();
    assert_eq!((tally.passed, tally.failed, tally.not_yet), (SELECTED_CASES as u64, 0, 0));
    if let Some(folder) = std::env::var_os("FORESCALE_CONFORMANCE") {
        let (recorded, _) = causes(&Path::new(&folder).join("hpa/validation.jsonl"));
        let missing: Vec<_> = recorded.difference(&selected).collect();
        assert!(missing.is_empty(), "not in the selection: {missing:?}");
    }
}

/// What a selection must have of each kind of recording: metrics, conditions, tags, ways to write pods and answers.
fn features(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("calc-") && !name.starts_with("seq-") {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines().skip(1) {
            let case: Value = serde_json::from_str(line).unwrap();
            let mut add = |kind: &str, value: &Value| _ = found.insert(format!("{name}: {kind} {value}"));
            if let Some(metric) = case["metric"].as_str() {
                add("metric", &metric.rsplit_once('/').unwrap().0.into());
                add("reason", &case["x"]["reason"]);
            }
            case["obs"]
                .as_object()
                .into_iter()
                .flat_map(|obs| obs.keys())
                .for_each(|key| add("answer", &key.as_str().into()));
            case["tags"].as_array().into_iter().flatten().for_each(|tag| add("tag", tag));
            for tick in case["ticks"].as_array().into_iter().flatten() {
                tick["x"]["cond"].as_array().into_iter().flatten().for_each(|cond| add("condition", cond));
                tick.as_object().unwrap().keys().for_each(|key| add("tick", &key.as_str().into()));
            }
        }
    }
    found
}

#[test]
fn the_selection_has_each_metric_condition_and_tag() {
    let selected = features(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/hpa"));
    assert!(selected.len() > 100, "{}", selected.len());
    if let Some(folder) = std::env::var_os("FORESCALE_CONFORMANCE") {
        let recorded = features(&Path::new(&folder).join("hpa"));
        let missing: Vec<_> = recorded.difference(&selected).collect();
        assert!(missing.is_empty(), "not in the selection: {missing:?}");
    }
}

#[test]
fn the_full_recordings_agree() {
    match std::env::var_os("FORESCALE_CONFORMANCE") {
        Some(folder) => {
            assert_none_failed(&Path::new(&folder).join("hpa"));
        }
        None => print_out("skipped: FORESCALE_CONFORMANCE names no folder with recordings in hpa/*.jsonl"),
    }
}

#[test]
fn a_malformed_line_is_named() {
    let read = |text: &str| {
        let mut tally = Tally::default();
        let error = hpa::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap_err().to_string();
        (error, tally.passed)
    };
    let quantity = r#"{"s":"k","milli":0,"value":0,"sign":0,"canonical":"0","float":0,"float_raw":0}"#;
    let (error, passed) = read(&format!("{quantity}\n{{\"s\":"));
    assert!(error.starts_with("some.jsonl:2: EOF"), "{error}");
    assert_eq!(passed, 1);
    assert!(read(r#"{"gates":{},"spec":{},"decode_error":false}"#).0.contains("true or absent"));
    assert!(read("{}").0.starts_with("some.jsonl:1: neither"));
    assert!(
        read(r#"{"metric":"External/Value/x","spec":1,"status":1,"obs":{},"x":{"replicas":0}}"#)
            .0
            .contains("`x`")
    );
}

#[test]
fn a_wrong_recording_differs() {
    let mut tally = Tally::default();
    let text = r#"{"metric":"External/Value/1","spec":2,"status":2,"mix":[2,0,0,0,0],"obs":{"v":["3"]},"x":{"replicas":7,"cur":"V:3"}}"#;
    hpa::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap();
    assert_eq!(tally.failed, 1);
    assert!(tally.to_string().starts_with("some.jsonl:1: External/Value/1: expected Expected { replicas: 7"));
}

#[test]
fn an_answer_that_the_api_server_did_not_give_differs() {
    let spec = r#"{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}"#;
    for wrong in [
        r#""errors":[["spec.maxReplicas","FieldValueRequired"]]"#,
        r#""decode_error":true"#,
        r#""accepted":{"minReplicas":1,"metrics":[],"behavior":null}"#,
    ] {
        let mut tally = Tally::default();
        let text = format!(r#"{{"gates":{{}},"spec":{spec},{wrong}}}"#);
        hpa::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap();
        assert_eq!(tally.failed, 1, "{wrong}");
        assert!(tally.to_string().contains("Required value"), "{tally}");
    }
}
