//! The composite action of GitHub: what it declares, and its script as a runner calls it.

use crate::support::{copy_folder, root};
use forescale::document::{Report, decode, yaml};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ACTION: &str = ".github/actions/forescale";

fn text() -> String {
    fs::read_to_string(root().join(ACTION).join("action.yml")).unwrap()
}

fn document(text: &str) -> Value {
    let mut report = Report::default();
    let source = report.sources.add("action.yml", text);
    let documents = yaml::parse(&mut report, source).unwrap_or_default();
    assert_eq!(documents.len(), 1, "{}", report.render(false, 100));
    decode(&documents[0], &mut report).unwrap_or_else(|| panic!("{}", report.render(false, 100)))
}

/// An input that nobody reads, or one that nobody declares, is empty without a word.
#[test]
fn inputs_and_steps_are_those_that_are_declared() {
    let text = text();
    let action = document(&text);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
    let found = |pattern: &str| {
        let pattern = Regex::new(pattern).unwrap();
        pattern.captures_iter(&text).map(|found| found[1].to_owned()).collect::<BTreeSet<String>>()
    };
    assert_eq!(names(&action["inputs"]), found(r"inputs\.([a-z-]+)"));
    let steps = action["runs"]["steps"].as_array().unwrap();
    let ids: BTreeSet<String> =
        steps.iter().filter_map(|step| step["id"].as_str()).map(str::to_owned).collect();
    assert!(found(r"steps\.([a-z-]+)\.").is_subset(&ids));
    for step in steps {
        assert_eq!(step["run"].is_string(), step["shell"] == "bash", "{step}");
        assert_ne!(step["run"].is_string(), step["uses"].is_string(), "{step}");
    }
    let script = fs::read_to_string(root().join(ACTION).join("regress.sh")).unwrap();
    let step = steps.iter().find(|step| step["id"] == "regress").unwrap();
    for variable in names(&step["env"]) {
        assert!(
            script.contains(&format!("${variable}")) || script.contains(&format!("${{{variable}")),
            "{variable}"
        );
    }
    for output in names(&action["outputs"]) {
        assert!(script.contains(&format!("echo \"{output}=")), "{output}");
    }
}

/// The script with these scenarios and arguments; it leaves `summary` and `output` beside them.
#[cfg(unix)]
fn script(folder: &Path, scenarios: &str, arguments: &str) -> Output {
    Command::new(root().join(ACTION).join("regress.sh"))
        .current_dir(folder)
        .env("SIM_NO_PROGRESS", "1")
        .env("SIM", env!("CARGO_BIN_EXE_sim"))
        .env("SCENARIOS", scenarios)
        .env("BASELINES", "guarded")
        .env("STRICT", "true")
        .env("ARGUMENTS", arguments)
        .env("REPORTS", folder.join("reports"))
        .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
        .env("GITHUB_OUTPUT", folder.join("output"))
        .output()
        .expect("bash starts")
}

#[cfg(unix)]
#[test]
fn the_script_hands_the_verdict_on() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    let sim = |more: &[&str]| {
        let line =
            ["regress", "scenarios/burst.toml", "--baselines", "guarded", "-q", "--set=scenario.duration=8m"];
        crate::support::sim_in(folder.path(), &[&line[..], more].concat())
    };
    assert!(sim(&["--update"]).status.success());
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();

    let short = "--set scenario.duration=8m";
    let good = script(folder.path(), "scenarios/burst.tom*\n", &format!("{short}\n--quiet"));
    assert_eq!(good.status.code(), Some(0), "{}", String::from_utf8_lossy(&good.stderr));
    assert!(read("output").starts_with("verdict=pass\nreports=/") && read("summary").starts_with("### ✅"));

    let bad = script(folder.path(), "scenarios/burst.toml", &format!("{short} --set hpa.maxReplicas=1"));
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("::error file=guarded/burst.toml,line="));
    assert!(read("output").contains("verdict=fail\n") && read("summary").contains("### ❌"));
    for report in ["junit.xml", "report.sarif", "summary.md"] {
        assert!(folder.path().join("reports").join(report).is_file(), "{report}");
    }

    // Where nothing was judged there is no verdict, which code scanning would take for one, but there are reports.
    fs::write(folder.path().join("output"), "").unwrap();
    let broken = script(folder.path(), "scenarios/burst.toml", "--set hpa.maxReplicas=none");
    assert_eq!(broken.status.code(), Some(2));
    let output = read("output");
    assert!(output.starts_with("reports=/") && !output.contains("verdict="), "{output}");
    assert!(read("summary").contains("Forescale: cannot tell: 1 of 1 scenario was not judged"));

    // A pattern that matches nothing is a mistake, beside one that does too; arguments are no patterns.
    for scenarios in ["none/*.toml", "scenarios/burst.toml none/*.toml", "  "] {
        let none = script(folder.path(), scenarios, "");
        assert_eq!(none.status.code(), Some(2), "{scenarios}");
    }
    let metric = "--set hpa.metrics[0].target=100000000 --set hpa.metrics[1].target=100000000";
    let bracketed = script(folder.path(), "scenarios/burst.toml", &format!("{short} {metric}"));
    assert_eq!(bracketed.status.code(), Some(1), "{}", String::from_utf8_lossy(&bracketed.stdout));
    let unknown = script(folder.path(), "scenarios/burst.toml", "--nonsense");
    assert_eq!(unknown.status.code(), Some(2));
}
