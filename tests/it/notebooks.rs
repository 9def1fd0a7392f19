//! The notebooks: executed, of this repository alone, and about columns that a sweep's files have.

use crate::support::{copy_folder, root, sim_in};
use crate::workspace::{assert_none, files, read};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// A notebook with its pictures, in bytes.
const MAX_BYTES: usize = 400_000;

/// A text that nbformat may keep as a list of lines.
fn text(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

fn notebooks() -> Vec<(String, Value)> {
    let paths = files("notebooks", ".ipynb");
    assert!(!paths.is_empty(), "the notebooks are found");
    let parse = |path: String| {
        let notebook = serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, notebook)
    };
    paths.into_iter().map(parse).collect()
}

fn cells<'a>(notebook: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = notebook["cells"].as_array().into_iter().flatten();
    all.filter(move |cell| cell["cell_type"] == kind)
}

/// What is shown of an output in letters.
fn shown(output: &Value) -> String {
    let data = output["data"].as_object().into_iter().flatten();
    let letters = data.filter(|(kind, _)| kind.starts_with("text/")).map(|(_, value)| text(value));
    letters.chain([text(&output["text"])]).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_was_executed_from_its_first_cell_to_its_last() {
    let mut complaints = Vec::new();
    for (path, notebook) in notebooks() {
        let mut pictures = 0;
        for (place, cell) in (1_u64..).zip(cells(&notebook, "code")) {
            if cell["execution_count"] != place {
                complaints.push(format!("{path}: code cell {place} was not executed in its turn"));
            }
            for output in cell["outputs"].as_array().into_iter().flatten() {
                pictures += usize::from(output["data"]["image/png"].is_string());
                if output["output_type"] == "error" || output["name"] == "stderr" {
                    complaints.push(format!("{path}: code cell {place} says {}", shown(output)));
                }
            }
        }
        if pictures < 3 {
            complaints.push(format!("{path}: it has {pictures} pictures"));
        }
    }
    assert_none(&complaints);
}

#[test]
fn none_tells_whose_machine_it_was() {
    let absolute = Regex::new(r#"(?m)(?:^|[\s"'(=:])(?:/[A-Za-z.][\w.-]*){2,}|[A-Za-z]:\\|~/"#).unwrap();
    let stamp = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d").unwrap();
    assert!(absolute.is_match("see /home/somebody/x") && !absolute.is_match("../out/target-250.sweep, 4/5"));
    let mut complaints = Vec::new();
    for (path, notebook) in notebooks() {
        let mut told = notebook["metadata"].to_string();
        for cell in notebook["cells"].as_array().unwrap() {
            let outputs = cell["outputs"].as_array().into_iter().flatten().map(shown);
            let all = [text(&cell["source"]), cell["metadata"].to_string()].into_iter().chain(outputs);
            all.for_each(|more| told += &format!("\n{more}"));
        }
        let found = [&absolute, &stamp].into_iter().flat_map(|of| of.find_iter(&told));
        complaints.extend(found.map(|found| format!("{path}: `{}`", found.as_str().trim())));
        let bytes = read(&path).len();
        if bytes > MAX_BYTES {
            complaints.push(format!("{path}: {bytes} bytes, {MAX_BYTES} are allowed"));
        }
    }
    assert_none(&complaints);
}

/// All keys of a document, wherever they stand.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            found.insert(key.clone());
            keys(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

/// A short sweep has the columns that a long one has.
#[test]
fn columns_are_those_of_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    let small = "sweep={\"hpa.metrics.igw_queue_depth.target\"=[250],\"hpa.metrics.igw_running_requests.target\"=[30],\"hpa.behavior.scaleDown.stabilizationWindowSeconds\"=[60,300]}";
    let line = ["sweep", "scenarios/target-250.toml", "-q", "--replications", "2", "--out", "out"];
    let line = [&line[..], &["--set", "scenario.duration=2m", "--set", small]].concat();
    let swept = sim_in(folder.path(), &line);
    assert!(matches!(swept.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&swept.stderr));
    let written = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let mut known = BTreeSet::new();
    for name in ["points.csv", "runs.csv"] {
        known.extend(written(name).lines().next().unwrap().split(',').map(str::to_owned));
    }
    keys(&serde_json::from_str(&written("sweep.json")).unwrap(), &mut known);
    // `frame["column"]`, and names in lists and calls that stand for columns.
    let indexed = Regex::new(r#"\w\["(\w+)"\]"#).unwrap();
    let listed =
        Regex::new(r#""((?:ttft|itl|e2e|gpu|scale|queue_wait)_\w+|attainment|reversals|seed)""#).unwrap();
    for (path, notebook) in notebooks() {
        let code: String = cells(&notebook, "code").map(|cell| text(&cell["source"]) + "\n").collect();
        assert!(
            code.contains("sim sweep scenarios/target-250.toml"),
            "{path}: the command that made the files"
        );
        let names: BTreeSet<&str> = [&indexed, &listed]
            .iter()
            .flat_map(|of| of.captures_iter(&code))
            .filter_map(|found| found.get(1).map(|name| name.as_str()))
            .collect();
        assert!(names.len() >= 10, "{path}: {names:?}");
        let unknown: Vec<&&str> = names.iter().filter(|name| !known.contains(**name)).collect();
        assert!(unknown.is_empty(), "{path}: no file of a sweep has {unknown:?}");
    }
}
