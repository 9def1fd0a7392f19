//! `sim regress`: baselines, what passes, what fails, and how often it is wrong.

use crate::result::schema::Schema;
use crate::support::{copy_folder, root, scenario, sim_in};
use forescale::core::RunConfig;
use forescale::experiment::kpi::{Delay, Kpi, KpiName, Statistic};
use forescale::experiment::regress::{Baseline, Change, Finding, Judged, Margin, Verdict, judge};
use forescale::experiment::replications::{Count, Replications, replicate};
use forescale::report::main_kpis;
use forescale::scenario::{Edits, Scenario};
use serde_json::Value;
use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

const SHORT: &str = "--set=scenario.duration=8m";

/// The scenarios with a baseline of `burst`, cut short.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    fs::remove_dir_all(folder.path().join("scenarios/baselines")).unwrap();
    let line = ["--update", "--margin", "scale_events=1"];
    let (code, told, _) = regress(folder.path(), &line);
    assert!(code == 0 && told.contains("written: scenarios/baselines/burst.toml"), "{told}");
    folder
}

/// Code, standard output and standard error.
fn regress(folder: &Path, more: &[&str]) -> (i32, String, String) {
    let line = [&["regress", "scenarios/burst.toml", SHORT, "-q"], more].concat();
    let output = sim_in(folder, &line);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_is_unchanged_passes_and_what_is_worse_fails_in_every_format() {
    let folder = folder();
    let (code, told, _) = regress(folder.path(), &[]);
    assert!(code == 0 && told.starts_with("regress: pass: 5 KPIs the same at every seed\n"), "{told}");

    let slow = "hpa.maxReplicas=1";
    let files = ["--junit", "r.xml", "--sarif", "r.sarif", "--markdown", "r.md", "--annotations"];
    let (code, told, annotations) = regress(folder.path(), &[&["--set", slow][..], &files].concat());
    assert!(code == 1 && told.starts_with("regress: fail: burst: "), "{told}");
    assert!(
        told.contains("beyond the margin of") && told.contains("is not what the baseline was written of"),
        "{told}"
    );
    let baseline = fs::read_to_string(folder.path().join("scenarios/baselines/burst.toml")).unwrap();
    let failed = annotations.lines().find(|line| line.starts_with("::error ")).unwrap();
    let line = failed.split_once(",line=").unwrap().1.split_once(',').unwrap().0;
    let key = baseline.lines().nth(line.parse::<usize>().unwrap() - 1).unwrap();
    assert!(
        key.starts_with("[kpi.") && failed.contains(key[5..].split_once(']').unwrap().0),
        "{failed}\n{key}"
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("r.xml").contains("<failure message=") && read("r.md").contains("**WORSE**"));
    let sarif: Value = serde_json::from_str(&read("r.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "error");

    let (code, document, _) = regress(folder.path(), &["--set", slow, "--json"]);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!((code, &document["verdict"]), (1, &Value::from("fail")));
    assert_eq!(Schema::read("docs/regress.schema.json").complaints(&document), [""; 0], "{document:#}");
}

/// All that are broken are told, nothing runs, and no report of an earlier call stays.
#[test]
fn mistakes_are_told_of_all_scenarios_before_any_runs() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let good = fs::read_to_string(file("scenarios/burst.toml")).unwrap();
    fs::write(file("scenarios/wrong.toml"), good.replace("[scenario]", "[scenario]\nnonsense = 1")).unwrap();
    fs::write(file("scenarios/bare.toml"), good.replace("name = \"burst\"", "name = \"bare\"")).unwrap();
    let baseline = fs::read_to_string(file("scenarios/baselines/burst.toml")).unwrap();
    fs::write(file("scenarios/baselines/bare.toml"), baseline.replace("seed = 7", "seeds = 7")).unwrap();
    let reports = ["r.xml", "r.sarif", "r.md"];
    reports.iter().for_each(|name| fs::write(file(name), "an earlier one's").unwrap());

    let others =
        ["scenarios/wrong.toml", "scenarios/bare.toml", "scenarios/none.toml", "--annotations", "--json"];
    let files = ["--junit", "r.xml", "--sarif", "r.sarif", "--markdown", "r.md"];
    let (code, document, told) = regress(folder.path(), &[&others[..], &files].concat());
    assert_eq!(code, 2, "{told}");
    let line = 1 + good.lines().position(|line| line == "[scenario]").unwrap() + 1;
    for expected in [
        format!("::error file=scenarios/wrong.toml,line={line}::"),
        "::error file=scenarios/baselines/bare.toml,line=".to_owned(),
        "`scenarios/none.toml` does not exist".to_owned(),
    ] {
        assert!(told.contains(&expected), "{expected}\n{told}");
    }
    let document: Value = serde_json::from_str(&document).unwrap();
    assert!(document["diagnostics"].as_array().unwrap().len() >= 3, "{document:#}");
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    let junit = read("r.xml");
    assert!(junit.contains("tests=\"4\" skipped=\"1\" failures=\"0\" errors=\"3\""), "{junit}");
    assert!(read("r.md").starts_with("### ⚠️ Forescale: cannot tell: 4 of 4 scenarios were not judged: "));
    let sarif: Value = serde_json::from_str(&read("r.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(sarif["runs"][0]["results"], Value::Array(Vec::new()));
}

/// Ctrl-C while the second scenario, which would take days, runs: what was not judged has not passed.
#[cfg(target_os = "linux")]
#[test]
fn what_was_interrupted_has_not_passed() {
    use crate::support::interrupted;
    use std::process::{Command, Stdio};

    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let burst = fs::read_to_string(file("scenarios/burst.toml")).unwrap();
    let baseline = fs::read_to_string(file("scenarios/baselines/burst.toml")).unwrap();
    fs::write(file("scenarios/long.toml"), burst.replace("name = \"burst\"", "name = \"long\"")).unwrap();
    fs::write(file("scenarios/baselines/long.toml"), baseline.replace("\"burst\"", "\"long\"")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
    let line =
        ["regress", "scenarios/long.toml", "--set=scenario.duration=190d", "--json", "--junit", "r.xml"];
    command.current_dir(folder.path()).args(line).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let output = interrupted(child);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(130) && told.ends_with("interrupted; not run: long\n"), "{told}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["passes"], &document["verdict"]), (&false.into(), &"cannot tell".into()));
    assert_eq!(document["not_judged"], serde_json::json!(["long"]));
    assert_eq!(Schema::read("docs/regress.schema.json").complaints(&document), [""; 0], "{document:#}");
    assert!(fs::read_to_string(file("r.xml")).unwrap().contains("<error message=\"not judged: interrupted"));
}

/// What the page shows is what lies in the repository.
#[test]
fn the_page_shows_the_committed_baseline() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (page, file) = (read("docs/regress.md"), read("scenarios/baselines/burst.toml"));
    let sample = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut lines = file.lines();
    let shown = sample.lines().map(|line| line.split('#').next().unwrap().trim_end());
    for line in shown.filter(|line| !line.is_empty()) {
        let start = line.trim_end_matches("…]");
        assert!(lines.any(|found| found.starts_with(start)), "docs/regress.md: {line}");
    }
}

#[test]
fn what_cannot_be_told_is_a_failure_for_the_strict_alone() {
    let folder = folder();
    let other_seeds = ["--seed", "100"];
    let (code, told, _) = regress(folder.path(), &other_seeds);
    assert!(code == 0 && told.starts_with("regress: cannot tell: "), "{told}");
    assert_eq!(regress(folder.path(), &[&other_seeds[..], &["--strict"]].concat()).0, 1);
}

#[test]
fn an_update_keeps_what_its_user_has_set() {
    let folder = folder();
    let file = folder.path().join("scenarios/baselines/burst.toml");
    let text = fs::read_to_string(&file).unwrap();
    let edited =
        text.replacen("margin = \"10%\"", "margin = \"25%\"", 1).replace("= 0.01\nseed", "= 0.05\nseed");
    fs::write(&file, &edited).unwrap();
    let (code, told, _) = regress(folder.path(), &["--update"]);
    assert!(code == 0 && told.contains("unchanged: "), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    let (_, told, _) =
        regress(folder.path(), &["--update", "--replications", "11", "--margin", "gpu_hours=7%"]);
    assert!(told.contains("7 %") && told.contains("25 %") && told.contains("seeds 7 to 17"), "{told}");
}

#[test]
fn wrong_input_ends_with_two_and_says_what_to_do() {
    let folder = folder();
    let file = folder.path().join("scenarios/baselines/burst.toml");
    let good = fs::read_to_string(&file).unwrap();
    let refused = |more: &[&str], expected: &str| {
        let (code, _, told) = regress(folder.path(), more);
        assert!(code == 2 && told.contains(expected), "{more:?}: {code}\n{told}");
    };
    refused(&["--baselines", "elsewhere"], "the same command with `--update` writes it");
    refused(&["./scenarios/burst.toml"], "`burst` is given twice");
    refused(&["--junit", "a", "--sarif", "a"], "two reports would go to this file");
    refused(&["--junit", "nowhere/a"], "no file can be written there");
    refused(&["--update", "--margin", "theta_u=1"], "nothing to guard; leave out `--margin theta_u=…`");
    refused(&["--update", "--margin", "gpu_hour=5%"], "no KPI `gpu_hour`; did you mean `gpu_hours`?");
    refused(&["--update", "--margin", "gpu_hours=-5%"], "a margin is at least 0");
    refused(&["--update", "--margin", "chatt.ttft_p99=5%"], "no workload `chatt`; did you mean `chat`?");
    refused(&["--replications", "20"], "--update");
    fs::write(&file, good.replace("[kpi.ttft_p99]", "[kpi.\"chatt.ttft_p99\"]")).unwrap();
    refused(&[], "burst.toml:9: `chatt.ttft_p99`: `burst` has no workload `chatt`; did you mean `chat`?");
    fs::write(&file, good.replacen("[kpi.gpu_hours]", "[kpi.theta_u]", 1)).unwrap();
    let line = 1 + good.lines().position(|line| line.starts_with("[kpi.gpu_hours]")).unwrap();
    let advice = format!("nothing to guard; delete its table in scenarios/baselines/burst.toml, line {line}");
    refused(&["--update"], &advice);
    // Nor is there a value to compare with, for a reason of its own.
    let (code, told, _) = regress(folder.path(), &[]);
    assert!(code == 1 && told.contains("which this verb does not run"), "{told}");
    fs::write(&file, good.replacen("schema = 1", "schema = 2", 1)).unwrap();
    refused(&["--update"], "delete the file");
    fs::write(&file, good.replacen("\"10%\"", "\"10\"", 1)).unwrap();
    refused(&[], "`margin = 10` is in the unit of the KPI");
    // What no run can have is not compared with.
    fs::write(&file, good.replacen("values = [", "values = [inf, ", 1)).unwrap();
    let (code, told, _) = regress(folder.path(), &["--update"]);
    assert!(code == 0 && !told.contains("lost") && told.contains("the old values are of no use"), "{told}");
    fs::write(&file, good.replace("margin = \"10%\"", "margins = \"10%\"")).unwrap();
    refused(&[], "did you mean `margin`?");
    let few = good.replace("values = [", "values = [1.0]  # ");
    fs::write(&file, &few).unwrap();
    refused(&[], "1 value is too few, 10 is the least");
    // Values are renewed whatever they were; what its user has set is kept.
    fs::write(&file, few.replace("margin = \"10%\"", "margin = \"11%\"")).unwrap();
    assert_eq!(regress(folder.path(), &["--update"]).0, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), good.replace("margin = \"10%\"", "margin = \"11%\""));
    fs::write(&file, good.replace("scenario = \"burst\"", "scenario = \"bursts\"")).unwrap();
    refused(&[], "this is the baseline of `bursts`, and the scenario is `burst`");
}

/// A scenario's configuration with some values replaced.
fn edited(sets: &[&str]) -> RunConfig {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let edits = Edits { sets: &sets, ..Edits::default() };
    Scenario::load_edited(&root().join("scenarios/burst.toml"), edits).unwrap().config
}

/// Runs from this seed on, in groups of ten.
fn groups(config: &RunConfig, seed: u64, count: usize) -> Vec<Replications> {
    let config = RunConfig { seed, ..config.clone() };
    let count = Count::Fixed(10 * count);
    let whole = replicate(&config.into(), &count, &[], &|_| ControlFlow::Continue(())).unwrap();
    let group = |runs: &[_]| Replications { runs: runs.to_vec(), ..whole.clone() };
    whole.runs.chunks(10).map(group).collect()
}

/// What `sim regress --update` guards, and its rate.
fn judged(then: &Replications, now: &Replications) -> Judged {
    let objectives = scenario("scenarios/burst.toml").config.record.objectives;
    let main =
        main_kpis(&objectives).into_iter().filter(|kpi| !matches!(kpi, Kpi::ScaleEvents | Kpi::Reversals));
    let guards = main.map(|kpi| (KpiName::whole(kpi), Margin::default_of(kpi))).collect();
    let baseline = Baseline::of("burst", "", 0.01, guards, then);
    judge(&baseline, now)
}

const WINDOW: &[&str] = &["hpa.behavior.scaleDown.stabilizationWindowSeconds=60"];
const TARGETS: &[&str] =
    &["hpa.metrics.igw_queue_depth.target=500", "hpa.metrics.igw_running_requests.target=500"];

/// `unchanged` gates of ten runs against ten others, all at fresh seeds, and `changed` ones of each change; prints what came out.
fn trial(unchanged: usize, changed: usize) {
    let base = groups(&edited(&[]), 1_000, 2 * unchanged.max(changed));
    let gates: Vec<Judged> = base.chunks(2).take(unchanged).map(|pair| judged(&pair[0], &pair[1])).collect();
    let told = gates.iter().filter(|gate| gate.is_changed()).count();
    let failed = gates.iter().filter(|gate| gate.verdict() == Verdict::Fail).count();
    let passed = gates.iter().filter(|gate| gate.verdict() == Verdict::Pass).count();
    println!(
        "unchanged, other seeds: of {unchanged} gates {failed} fail (at most {:.2} % at 99 %), {told} tell of a change (at most {:.2} %), {passed} pass",
        100.0 * upper(failed, unchanged),
        100.0 * upper(told, unchanged)
    );
    // As many or more by chance, at the stated rate, must not be a surprise of one in a hundred.
    let stated = Binomial::new(0.01, unchanged as u64).unwrap();
    let surprise = |count: usize| count > 0 && stated.sf(count as u64 - 1) < 0.01;
    assert!(!surprise(told) && !surprise(failed), "{told} and {failed} of {unchanged}");

    for (name, sets) in [("window 300 → 60 s", WINDOW), ("targets doubled", TARGETS)] {
        let now = groups(&edited(sets), 1_000, changed);
        for (seeds, then) in [("same", &base[..changed]), ("other", &base[changed..2 * changed])] {
            let gates: Vec<Judged> = then.iter().zip(&now).map(|(then, now)| judged(then, now)).collect();
            let found = gates.iter().filter(|gate| gate.is_changed()).count();
            let failed = gates.iter().filter(|gate| gate.verdict() == Verdict::Fail).count();
            println!(
                "{name}, {seeds} seeds: {found} of {changed} detected, {failed} fail; {}",
                effects(&gates)
            );
            assert!(found * 100 >= 95 * changed, "{name}, {seeds} seeds: {found} of {changed}");
        }
    }
}

/// The mean effects over all gates, and how many of them found it.
fn effects(gates: &[Judged]) -> String {
    let ttft = Kpi::Latency(Delay::Ttft, Statistic::P99);
    let of = |kpi: Kpi| {
        let of_kpi = |gate: &Judged| gate.findings.iter().find(|it| it.guarded.kpi == kpi).cloned().unwrap();
        let findings: Vec<Finding> = gates.iter().map(of_kpi).collect();
        let mean =
            |value: &dyn Fn(&Finding) -> f64| findings.iter().map(value).sum::<f64>() / findings.len() as f64;
        let effect = match kpi {
            Kpi::Attainment => {
                format!("{:+.2} points", 100.0 * mean(&|it| it.now.unwrap() - it.baseline.unwrap()))
            }
            _ => format!("{:+.2} %", 100.0 * mean(&|it| it.relative().unwrap())),
        };
        let found = findings.iter().filter(|it| it.change != Change::None).count();
        format!("{} {effect} (found {found} times)", kpi.name())
    };
    [Kpi::GpuHours, ttft, Kpi::Attainment].map(of).join(", ")
}

/// The one-sided upper bound of 99 % of a rate (Clopper and Pearson 1934).
fn upper(count: usize, of: usize) -> f64 {
    let (count, of) = (count as f64, of as f64);
    if count >= of { 1.0 } else { Beta::new(count + 1.0, of - count).unwrap().inverse_cdf(0.99) }
}

#[test]
fn few_gates_of_burst() {
    trial(6, 3);
}

/// 12,000 runs: `cargo test --release --test it -- --ignored --nocapture gates_of_burst`.
#[test]
#[ignore = "minutes"]
fn many_gates_of_burst() {
    trial(500, 100);
}
