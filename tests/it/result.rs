//! The files of real runs against the JSON Schemas in `docs/`.
//!
//! The schemas use few keywords, so sixty lines check them; a validator crate would bring some hundred others. These lines are stricter,
//! too: a keyword that they do not know and a field that the schema does not name are complaints.

pub(crate) mod schema;

use crate::support::{root, sim, sim_in};
use schema::Schema;
use serde_json::Value;
use std::fs;

const HEAD: &str = "[scenario]\nname = \"x\"\nduration = \"2m\"\n";
const SERVER: &str = "[model_server]\ntest_engine = { seats = 4, service = \"1s\" }\n";
const WORKLOAD: &str =
    "[workload.a]\narrivals.poisson = { rate = 5 }\nprompt_tokens = 7\noutput_tokens = 3\n";
const FIXED: &str = "[autoscaler.fixed]\nreplicas = 1\n";
const SLO: &str = "[slo]\nttft = { p99 = \"2s\" }\ne2e = { p50 = \"1ms\" }\n";

/// Runs a scenario that is written here, and returns its result once it and its decisions were found to follow the schemas.
fn checked(scenario: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.toml"), scenario).unwrap();
    let output = sim_in(folder.path(), &["x.toml"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() <= Some(1) || told.contains("no request arrived"), "{told}");
    follows_the_schemas(&folder.path().join("out/x"))
}

fn follows_the_schemas(out: &std::path::Path) -> Value {
    let text = fs::read_to_string(out.join("result.json")).unwrap();
    let result: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(Schema::read("docs/result.schema.json").complaints(&result), [""; 0], "{text}");
    let decisions = Schema::read("docs/decisions.schema.json");
    let lines = fs::read_to_string(out.join("decisions.ndjson")).unwrap();
    for line in lines.lines() {
        assert_eq!(decisions.complaints(&serde_json::from_str(line).unwrap()), [""; 0], "{line}");
    }
    result
}

#[test]
fn burst_follows_the_schemas() {
    let out = tempfile::tempdir().unwrap();
    sim(&["scenarios/burst.toml", "--out", out.path().to_str().unwrap()]);
    let result = follows_the_schemas(out.path());
    assert_eq!(result["verdict"], "missed");
    assert_eq!(result["scalings"].as_array().unwrap().len(), 4);
    assert_eq!(result["requests"]["by_workload"][0]["name"], "chat");
}

#[test]
fn edge_cases_follow_the_schemas() {
    let plain = checked(&format!("{HEAD}{SERVER}{WORKLOAD}"));
    assert_eq!(
        (&plain["verdict"], &plain["objectives"]),
        (&"no_objectives".into(), &Value::Array(Vec::new()))
    );
    assert_eq!(
        (&plain["gpu"]["cost_usd"], &plain["gpu"]["price_usd_per_gpu_hour"]),
        (&Value::Null, &Value::Null)
    );

    let fixed =
        checked(&format!("{HEAD}{SERVER}{WORKLOAD}{FIXED}{SLO}[cluster]\ngpu_price.per_hour = 2.0\n"));
    assert_eq!((&fixed["autoscaler"]["kind"], &fixed["verdict"]), (&"fixed".into(), &"missed".into()));
    assert_eq!(
        fixed["gpu"]["cost_usd"].as_f64(),
        fixed["gpu"]["gpu_hours"].as_f64().map(|hours| 2.0 * hours)
    );
    assert_eq!(fixed["scalings"], Value::Array(Vec::new()));

    let idle = WORKLOAD.replace("rate = 5", "rate = [[\"0s\", 0.0], [\"1d\", 1.0]]");
    let idle = checked(&format!("{HEAD}{SERVER}{idle}{SLO}"));
    assert_eq!((&idle["requests"]["arrived"], &idle["objectives"][0]["count"]), (&0.into(), &0.into()));
    assert_eq!(idle["latencies"]["ttft"]["p99_s"], Value::Null);

    let manifest = root().join("tests/it/scenarios/hpa-of-test-engine.yaml");
    let blind = format!("{HEAD}manifests = [{:?}]\n{SERVER}{WORKLOAD}", manifest.to_str().unwrap());
    let blind = checked(&blind);
    assert_eq!(blind["autoscaler"]["kind"], "HPA");
    assert!(
        !blind["warnings"].as_array().unwrap().is_empty(),
        "no rule serves the metric: {}",
        blind["warnings"]
    );
}

/// A result does not depend on where the command was called.
#[test]
fn warnings_name_files_as_the_scenario_does() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    fs::copy(root().join("tests/it/scenarios/hpa-of-test-engine.yaml"), folder.path().join("deep/hpa.yaml"))
        .unwrap();
    let scenario = format!("{HEAD}manifests = [\"hpa.yaml\"]\n{SERVER}{WORKLOAD}{FIXED}");
    fs::write(folder.path().join("deep/x.toml"), scenario).unwrap();
    let result = |at: &str, scenario: &str| {
        let output = sim_in(&folder.path().join(at), &[scenario, "--json", "--out", "out"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("hpa.yaml"), "a warning names the file");
        output.stdout
    };
    let expected = result("deep", "x.toml");
    assert!(expected == result("", "deep/x.toml"));
    assert!(expected == result("deep", folder.path().join("deep/x.toml").to_str().unwrap()));
}
