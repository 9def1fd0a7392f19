//! What verbs over many runs print for programs, at the edges, against the JSON Schemas in `docs/`: nothing arrives, nobody is served, no limit
//! can be met, a setting fails. `compare`, `knee`, `regress` and `sweep` do so in runs as users have them.

use crate::result::schema::Schema;
use crate::support::sim_in;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Four requests at a time, a second each; 5 come in a second, so they queue up.
const SCENARIO: &str = r#"
[scenario]
name = "x"
duration = "1m"
[model_server]
test_engine = { seats = 4, service = "1s" }
[workload.a]
arrivals.poisson = { rate = 5 }
prompt_tokens = 7
output_tokens = 3
[autoscaler.fixed]
replicas = 1
"#;

/// Limits of which one is met and the other never.
const SLO: &str = "[slo]\nttft = { p99 = \"1h\" }\ne2e = { p50 = \"1ms\" }\n";

fn folder(scenario: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.toml"), scenario).unwrap();
    folder
}

/// What a verb prints, once it was found to follow its schema.
fn checked(folder: &Path, verb: &str, more: &[&str]) -> Value {
    let output = sim_in(folder, &[&[verb, "x.toml", "--json", "-q"], more].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    let schema = Schema::read(&format!("docs/{verb}.schema.json"));
    assert_eq!(schema.complaints(&document), [""; 0], "{document:#}");
    document
}

#[test]
fn a_comparison_of_those_who_have_no_values() {
    let variants = "[variant.idle]\nworkload.a.arrivals.poisson.rate = [[\"0s\", 0.0], [\"1d\", 1.0]]\n\
                    [variant.seldom]\nworkload.a.arrivals.poisson.rate = 0.01\n";
    let folder = folder(&[SCENARIO, SLO, variants].concat());
    let one = checked(folder.path(), "compare", &["--replications", "1"]);
    assert_eq!((&one["cheapest"], &one["meets_objectives"]), (&Value::Null, &false.into()));
    assert_eq!(one["variants"][0]["kpis"]["ttft_p99"]["half_width"], Value::Null);
    let some = checked(folder.path(), "compare", &["--replications", "3", "--baselines"]);
    let named = |name: &str| {
        let mut variants = some["variants"].as_array().unwrap().iter();
        variants.find(|variant| variant["variant"] == name).unwrap()
    };
    assert!(named("idle")["kpis"].get("ttft_p99").is_none(), "{some:#}");
    assert_eq!(named("idle")["baselines"]["clairvoyant"]["regret"]["attainment"], Value::Null);
    assert_eq!(named("base")["baselines"]["best_fixed"], Value::Null);
    let seldom = &named("seldom")["kpis"]["ttft_p99"];
    assert!(seldom["values"].as_array().unwrap().contains(&Value::Null), "{seldom:#}");
    assert_eq!(seldom["against_base"]["method"], "welch");
}

#[test]
fn knees_by_every_rule_and_none() {
    let seeds = ["--seeds", "1", "--requests", "20"];
    let outcome = |document: &Value| {
        let knee = &document["curves"][0]["knee"];
        [&knee["rule"], &knee["objectives"]["outcome"]].map(|word| word.as_str().unwrap().to_owned())
    };
    let folder = folder(SCENARIO);
    let knee = |more: &[&str]| checked(folder.path(), "knee", &[&seeds[..], more].concat());
    let without = knee(&["--replicas", "1,2"]);
    assert_eq!(outcome(&without), ["power", "none"]);
    assert_eq!(without["curves"].as_array().unwrap().len(), 2);
    let always = knee(&["--by", "rate", "--ttft", "1h@p95"]);
    assert_eq!(outcome(&always), ["saturation", "always"]);
    assert_eq!((&always["by"], &always["load_unit"]), (&"rate".into(), &"requests/s".into()));
    let never = knee(&["--ttft", "1h@p95", "--e2e", "1ms@p50"]);
    assert_eq!(outcome(&never), ["objectives", "never"]);
    let knee = &never["curves"][0]["knee"];
    assert_eq!((&knee["at"], &knee["objectives"]["missed_first"]), (&Value::Null, &1.into()));
    assert!(never["curves"][0]["targets"].as_array().unwrap().iter().all(|it| it["target"].is_null()));
}

#[test]
fn gates_that_pass_fail_and_cannot_tell() {
    let folder = folder(&[SCENARIO, SLO].concat());
    let line = ["regress", "x.toml", "-q", "--update", "--margin", "a.ttft_p99=5%", "--margin", "requests=3"];
    let written = sim_in(folder.path(), &line);
    assert_eq!(written.status.code(), Some(0), "{}", String::from_utf8_lossy(&written.stderr));
    let verdict = |more: &[&str]| {
        let document = checked(folder.path(), "regress", more);
        assert_eq!(document["verdict"], document["scenarios"][0]["verdict"]);
        document
    };
    let same = verdict(&[]);
    assert_eq!((&same["verdict"], &same["passes"]), (&"pass".into(), &true.into()));
    let margins = same["scenarios"][0]["kpis"].as_array().unwrap();
    let kinds = |kind: &str| margins.iter().filter(|kpi| kpi["margin"].get(kind).is_some()).count();
    assert!(kinds("relative") >= 1 && kinds("absolute") >= 1, "{same:#}");
    let other = verdict(&["--seed", "100", "--strict"]);
    assert_eq!((&other["verdict"], &other["passes"]), (&"cannot tell".into(), &false.into()));
    let worse = verdict(&["--set", "workload.a.arrivals.poisson.rate=9"]);
    assert_eq!(worse["verdict"], "fail");
    let gone = verdict(&["--set", "workload.a.arrivals.poisson.rate=[[\"0s\", 0.0], [\"1d\", 1.0]]"]);
    assert!(gone["scenarios"][0]["kpis"].as_array().unwrap().iter().any(|kpi| kpi["now"].is_null()));
}

#[test]
fn sweeps_without_a_best_setting_and_with_one_that_fails() {
    let sweep = "[sweep]\nautoscaler.fixed.replicas = [1, 2]\nmodel_server.test_engine.seats = [2, 4]\n";
    let folder = folder(&[SCENARIO, SLO, sweep].concat());
    let none = checked(folder.path(), "sweep", &["--replications", "2"]);
    assert_eq!((&none["best"], &none["best_less_base"]), (&Value::Null, &Value::Null));
    assert_eq!(none["diagnosis"]["cause"], "never_scales");
    let free = checked(folder.path(), "sweep", &["--replications", "1", "--restart", "--set", "slo={}"]);
    assert!(free["best"].is_number() && free["best_less_base"].is_object(), "{free:#}");
    assert_eq!(free["points"][0]["kpis"]["ttft_p99"]["half_width"], Value::Null);
    let by_share =
        checked(folder.path(), "sweep", &["--replications", "1", "--restart", "--best", "attainment"]);
    assert_eq!(by_share["effects"].as_object().unwrap().len(), 1);
    // Each value is right by itself, but no length is at least 50 and at most 10.
    let lengths = "sweep={\"workload.a.prompt_tokens.uniform.min\"=[1,50],\"workload.a.prompt_tokens.uniform.max\"=[10,100]}";
    let uniform = "workload.a.prompt_tokens={uniform={min=1,max=100}}";
    let more = ["--replications", "1", "--restart", "--set", uniform, "--set", lengths];
    let wrong = checked(folder.path(), "sweep", &more);
    let errors = wrong["points"].as_array().unwrap().iter().filter(|point| point["error"].is_string());
    assert_eq!(errors.count(), 1, "{wrong:#}");
}
