//! `sim explain`: every number that it prints follows from the others, a folder tells what its run told, and what is no run is refused.

mod recompute;

use crate::result::schema::Schema;
use crate::support::{copy_folder, root, sim, sim_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn told(folder: &Path, arguments: &[&str]) -> String {
    let output = sim_in(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with the scenarios, in which `burst` ran.
fn after_burst() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    let output = sim_in(folder.path(), &["scenarios/burst.toml", "-q"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

#[test]
fn a_run_and_its_scenario_are_explained_alike() {
    let folder = after_burst();
    for flags in [
        &[] as &[&str],
        &["--changes"],
        &["--at", "0s"],
        &["--at", "8m40s"],
        &["--at", "30m"],
        &["--json"],
        &["--json", "--changes"],
        &["--json", "--at", "5m40s"],
    ] {
        let explained = |source: &str| told(folder.path(), &[&["explain", source, "-q"], flags].concat());
        let (run, scenario) = (explained("out/burst"), explained("scenarios/burst.toml"));
        assert!(run == scenario, "{flags:?}:\n{run}\n{scenario}");
    }
    let same = told(folder.path(), &["explain", "scenarios/burst.toml", "--engine", "reference"]);
    assert!(same == told(folder.path(), &["explain", "out/burst/"]));
    let lucky = told(folder.path(), &["explain", "scenarios/burst.toml", "--seed", "8"]);
    assert!(same != lucky);
    let bounded = ["explain", "scenarios/burst.toml", "--set", "hpa.spec.maxReplicas=2", "-q"];
    assert!(told(folder.path(), &bounded).contains("1–2 replicas"));
}

#[test]
fn each_line_stays_within_the_width_and_colour_is_for_terminals() {
    let text = told(root(), &["explain", "scenarios/burst.toml", "-q"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100) && !text.contains('\u{1b}'));
}

#[test]
fn the_document_follows_its_schema_and_holds_the_lines_of_the_file() {
    let folder = after_burst();
    let schema = Schema::read("docs/explain.schema.json");
    let document = |flags: &[&str]| -> Value {
        let text = told(folder.path(), &[&["explain", "out/burst", "--json"], flags].concat());
        let document = serde_json::from_str(&text).unwrap();
        assert_eq!(schema.complaints(&document), [""; 0], "{text}");
        document
    };
    let whole = document(&["--at", "8m40s"]);
    let lines = fs::read_to_string(folder.path().join("out/burst/decisions.ndjson")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(whole["looks"].as_array(), Some(&lines));
    assert_eq!(whole["summary"]["syncs"], lines.len());
    assert_eq!(whole["at"]["get"]["targets"], "0/250, 96667m/250 (avg)");
    let index = whole["at"]["look"].as_u64().unwrap() as usize;
    assert!(lines[index]["t_s"].as_f64() <= Some(520.0) && lines[index + 1]["t_s"].as_f64() > Some(520.0));

    let changes = document(&["--changes"]);
    let told = changes["looks"].as_array().unwrap().len();
    assert_eq!(told as u64 + changes["left_out_syncs"].as_u64().unwrap(), lines.len() as u64);
    assert_eq!((&changes["at"], &changes["summary"]), (&Value::Null, &whole["summary"]));
}

/// The conditions of the first sync with metrics, in Kubernetes' words.
#[test]
fn conditions_and_events_have_kubernetes_messages() {
    let text = told(root(), &["explain", "scenarios/burst.toml", "-q", "--json", "--at", "5m40s"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let look = &document["looks"][document["at"]["look"].as_u64().unwrap() as usize]["hpa"];
    let messages: Vec<&str> =
        look["conditions"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "the HPA controller was able to update the target scale to 2",
            "the HPA was able to successfully calculate a replica count from external metric igw_running_requests(nil)",
            "the desired replica count is increasing faster than the maximum scale rate",
        ]
    );
    assert_eq!(
        look["events"][0]["message"],
        "New size: 2; reason: external metric igw_running_requests(nil) above target"
    );
    let computed = document["at"]["events"].as_array().unwrap();
    let computed = computed.iter().find(|it| it["reason"] == "FailedComputeMetricsReplicas").unwrap();
    assert!(computed["message"].as_str().unwrap().starts_with("invalid metrics (2 invalid out of 2), first error is: failed to get igw_queue_depth external metric value: failed to get external metric igw_queue_depth: unable to get external metric llm-d/igw_queue_depth/nil: "));
}

#[test]
fn what_is_no_run_is_refused_with_a_sentence() {
    let folder = after_burst();
    let copy = |name: &str, file: &str, edit: &dyn Fn(String) -> String| {
        let to = folder.path().join(name);
        copy_folder(&folder.path().join("out/burst"), &to);
        let text = edit(fs::read_to_string(to.join(file)).unwrap());
        fs::write(to.join(file), text).unwrap();
    };
    copy("future", "result.json", &|text| text.replace("\"schema\": 1", "\"schema\": 2"));
    copy("foreign", "result.json", &|_| "{\"a\": 1}".to_owned());
    copy("half", "result.json", &|text| text[..text.len() / 2].to_owned());
    copy("old", "decisions.ndjson", &|text| text.replace("\"desired_replicas\"", "\"other\""));
    copy("torn", "decisions.ndjson", &|text| text[..text.len() - 40].to_owned());
    copy("blank", "decisions.ndjson", &|text| text.replacen('\n', "\n\n", 1));
    copy("lonely", "decisions.ndjson", &|text| text);
    fs::remove_file(folder.path().join("lonely/decisions.ndjson")).unwrap();
    copy("bytes", "decisions.ndjson", &|text| text);
    fs::write(folder.path().join("bytes/decisions.ndjson"), b"{\"t_s\": \xff}\n").unwrap();
    for (source, sentence) in [
        ("scenarios", "`scenarios` is not the folder of a run: it has no result.json"),
        ("future", "`future/result.json` has schema version 2, this version of sim reads 1"),
        ("foreign", "`foreign/result.json` is not a result of sim: it has no number `schema`"),
        ("half", "half/result.json:"),
        ("old", "old/decisions.ndjson:1:"),
        ("torn", "torn/decisions.ndjson:120:"),
        ("blank", "blank/decisions.ndjson:2:"),
        ("lonely", "`lonely/decisions.ndjson` does not exist"),
        ("bytes", "`bytes/decisions.ndjson` cannot be read: "),
        ("none.toml", "`none.toml` does not exist"),
        ("out/burst/result.json", "name the folder: `sim explain out/burst`"),
    ] {
        let output = sim_in(folder.path(), &["explain", source]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{source}: {said}");
        assert!(said.contains(sentence), "{source}: {said}");
    }
    for (flags, sentence) in [
        (["--seed", "8"], "`--seed` is for a scenario; `out/burst` is a folder"),
        (["--set", "a=1"], "`--set` is for a scenario"),
        (["--engine", "reference"], "`--engine` is for a scenario"),
        (["--at", "40m"], "`--at 40m` is past the end of the run; give 0s to 30m"),
        (["--at", "12"], "`12` has no unit"),
    ] {
        let output = sim_in(folder.path(), &[&["explain", "out/burst"], &flags[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(sentence), "{flags:?}: {said}");
    }
}

/// Without structured reasons there are the lines, and at an instant the line of the latest look.
#[test]
fn another_autoscaler_has_its_lines() {
    let fixed = |more: &[&str]| {
        let set = ["explain", "scenarios/burst.toml", "-q", "--set", "autoscaler.fixed.replicas=2"];
        String::from_utf8(sim(&[&set, more].concat()).stdout).unwrap()
    };
    let text = fixed(&[]);
    assert!(text.starts_with("burst: fixed at 2 replicas\n"), "{text}");
    assert!(text.contains("fixed gives no structured reasons, only these lines"), "{text}");
    let text = fixed(&["--at", "1m"]);
    assert!(text.contains("At t=00:01:00") && !text.contains("kubectl"), "{text}");
}
