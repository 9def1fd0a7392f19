//! Pages and schemas that are made from the types, and what a dry run says.

use crate::result::schema::Schema;
use crate::support::{copy_folder, root, sim, sim_in};
use crate::workspace::{assert_up_to_date, files, read};
use forescale::scenario::{Key, codes, keys, notations, schema};
use serde_json::Value;
use std::fmt::Write;

#[test]
fn the_schema_of_a_scenario() {
    assert_up_to_date("docs/scenario.schema.json", &format!("{:#}\n", schema()));
}

#[test]
fn the_reference_page() {
    let mut page = "# Keys of a scenario\n\nMade from the types, as `docs/scenario.schema.json` is; `sim schema` prints that, and `sim help KEY` says in the \
        terminal what stands here.\nPaths are relative to the scenario. `NAME` is a name of your own. **Bold** keys must be given.\n"
        .to_owned();
    let keys = keys();
    for section in keys.iter().filter(|key| !key.path.contains('.')) {
        write!(page, "\n## `[{}]`\n\n{}\n\n", section.path, section.description).unwrap();
        let within = format!("{}.", section.path);
        table(&mut page, keys.iter().filter(|key| key.path.starts_with(&within)));
    }
    page += "\n# Values\n";
    for notation in notations() {
        write!(page, "\n## {}\n\n{}.\n", notation.name, notation.description.trim_end_matches('.')).unwrap();
        if !notation.examples.is_empty() {
            let examples: Vec<String> =
                notation.examples.iter().map(|example| format!("`{example}`")).collect();
            write!(page, "\nExamples: {}\n", examples.join(", ")).unwrap();
        }
        if !notation.keys.is_empty() {
            page += "\n";
            table(&mut page, notation.keys.iter());
        }
    }
    assert_up_to_date("docs/reference.md", &page);
}

fn table<'a>(page: &mut String, keys: impl Iterator<Item = &'a Key>) {
    *page += "| key | value | default | meaning |\n|---|---|---|---|\n";
    for key in keys {
        let name = if key.is_required { format!("**`{}`**", key.path) } else { format!("`{}`", key.path) };
        let default = key.default.as_ref().map(|default| format!("`{default}`")).unwrap_or_default();
        writeln!(page, "| {name} | {} | {default} | {} |", key.kind, key.description).unwrap();
    }
}

#[test]
fn the_page_of_codes() {
    let mut page = "# Codes of errors and warnings\n\nMade from the program; `sim help F007` prints the same. A code keeps its meaning. F0xx are errors, with which \
        `sim` ends with exit code 2 (where only\nmanifests are looked at, some of them are warnings); F1xx are warnings.\n"
        .to_owned();
    for code in codes() {
        write!(page, "\n## {}: {}\n\n{}\n", code.id, code.title, code.story).unwrap();
    }
    assert_up_to_date("docs/errors.md", &page);
}

#[test]
fn codes_are_in_order_and_explained() {
    let codes = codes();
    assert!(codes.windows(2).all(|pair| pair[0].id < pair[1].id));
    for code in codes {
        let is_code = code.id.len() == 4 && code.id.starts_with('F') && code.id[1..].parse::<u32>().is_ok();
        assert!(is_code && !code.title.is_empty() && code.story.len() > 40, "{code:?}");
        let told = sim(&["help", code.id]);
        assert!(
            told.status.success()
                && told.stdout.starts_with(format!("{}: {}", code.id, code.title).as_bytes())
        );
    }
}

#[test]
fn help_knows_every_key() {
    for key in keys() {
        let topic = key.path.replace("NAME", "chat").replace("pNN", "p99");
        let told = sim(&["help", &topic]);
        assert!(told.status.success() && told.stdout.starts_with(key.path.as_bytes()), "{topic}");
    }
}

/// The scenarios of the repository; what they name lies in folders below.
fn scenarios() -> Vec<String> {
    files("scenarios", ".toml").into_iter().filter(|path| path.matches('/').count() == 1).collect()
}

/// A dry run of a scenario is that scenario with every default written out: it runs to the same end.
#[test]
fn a_dry_run_is_a_scenario_again() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let scenarios = scenarios();
    for path in scenarios.iter().filter_map(|path| path.strip_prefix("scenarios/")) {
        // Long scenarios need not be run to their end for this.
        let shorter = ["--set", "scenario.duration=20m"];
        let written_out = sim_in(folder.path(), &[path, "--dry-run", shorter[0], shorter[1]]);
        assert!(written_out.status.success(), "{path}");
        let copy = folder.path().join(path).with_file_name("written-out.toml");
        std::fs::write(&copy, written_out.stdout).unwrap();
        let fingerprint = |scenario: &str| {
            let run = sim_in(folder.path(), &[scenario, "--json", "--out", "out", shorter[0], shorter[1]]);
            let result: Value = serde_json::from_slice(&run.stdout).unwrap_or_default();
            result["fingerprint"].as_str().map(str::to_owned)
        };
        let fingerprints = (fingerprint(path), fingerprint(copy.to_str().unwrap()));
        assert!(fingerprints.0.is_some() && fingerprints.0 == fingerprints.1, "{path}: {fingerprints:?}");
    }
}

#[test]
fn scenarios_follow_the_schema() {
    let schema = Schema::read("docs/scenario.schema.json");
    for path in scenarios().into_iter().chain(files("tests/it/scenarios", ".toml")) {
        let mut value: Value = toml::from_str(&read(&path)).unwrap();
        // The other keys of a sweep and of variants are paths, which no schema knows.
        if let Some(sweep) = value.get_mut("sweep").and_then(Value::as_object_mut) {
            sweep.retain(|key, _| key == "sample");
        }
        let variants = value.get_mut("variant").and_then(Value::as_object_mut);
        for variant in variants.into_iter().flatten().filter_map(|(_, variant)| variant.as_object_mut()) {
            variant.retain(|key, _| key == "manifests" || key == "remove");
        }
        assert_eq!(schema.complaints(&value), [] as [String; 0], "{path}");
    }
    let burst: toml::Table = toml::from_str(&read("scenarios/burst.toml")).unwrap();
    let burst = serde_json::to_value(burst).unwrap();
    for (pointer, wrong) in [
        ("/scenario/duration", Value::from("30 minutes")),
        ("/scenario/seed", Value::from(-1)),
        ("/workload/chat/arrivals/poisson/rate", Value::from("8/s")),
        ("/workload/chat/prompt_tokens/lognormal", Value::from(512)),
        ("/slo/ttft", serde_json::json!({ "99": "2s" })),
        ("/telemetry", serde_json::json!({ "scrapeInterval": "15s" })),
    ] {
        let mut scenario = burst.clone();
        *scenario.pointer_mut(pointer).unwrap() = wrong;
        assert_ne!(schema.complaints(&scenario), [] as [String; 0], "{pointer}");
    }
}

#[test]
fn a_dry_run_says_where_values_come_from() {
    let output = sim(&[
        "scenarios/burst.toml",
        "--dry-run",
        "--json",
        "--seed",
        "9",
        "--set",
        "hpa.spec.metrics.igw_queue_depth.external.target.value=100",
    ]);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let origin = |list: &str, path: &str| {
        let found =
            result["settings"][list].as_array().unwrap().iter().find(|setting| setting["path"] == path);
        let found = found.unwrap_or_else(|| panic!("no {path}"));
        (found["value"].as_str().unwrap().to_owned(), found["origin"].clone())
    };
    let (seed, place) = origin("scenario", "scenario.seed");
    assert_eq!((seed.as_str(), &place["file"]), ("9", &Value::from("--set")));
    let (name, place) = origin("scenario", "scenario.name");
    assert_eq!(
        (name.as_str(), &place["line"], &place["column"]),
        ("\"burst\"", &Value::from(7), &Value::from(8))
    );
    let (target, place) = origin("manifests", "hpa.spec.metrics[0].external.target.value");
    assert_eq!((target.as_str(), &place["file"]), ("\"100\"", &Value::from("--set")));
    let (policy, place) = origin("manifests", "hpa.spec.behavior.scaleUp.selectPolicy");
    assert_eq!((policy.as_str(), &place["default_of"]), ("\"Max\"", &Value::from("Kubernetes")));
}
