//! Sweeps of settings: the same bytes however they are run, and what they say about 250.

use crate::result::schema::Schema;
use crate::support::{copy_folder, root, sim_in};
use forescale::core::autoscaler::hpa::Evaluation;
use forescale::experiment::Variant;
use forescale::experiment::sweep::{
    JOURNAL, Job, Journal, Outcome, Plan, Run, SweepError, read_journal, run,
};
use forescale::scenario::Scenario;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Two axes of two and three values; the base, 250 and 300, is between cells.
const SMALL: &str = "\n[sweep]\n\"hpa.metrics.igw_running_requests.target\" = [20, 60, 400]\nhpa.behavior.scaleDown.stabilizationWindowSeconds = [60, 300]\n";

/// A copy of the scenarios, with another sweep in `target-250.toml` and a shorter run.
fn scenarios(sweep: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let path = folder.path().join("target-250.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("[sweep]").unwrap();
    fs::write(path, format!("{before}{sweep}")).unwrap();
    folder
}

/// `sim sweep target-250.toml` with these arguments, two replications of ten minutes.
fn sweep(folder: &Path, arguments: &[&str]) -> Output {
    let line = ["sweep", "target-250.toml", "--replications", "2", "-q", "--set", "scenario.duration=10m"];
    sim_in(folder, &[&line[..], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All files of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

fn assert_done(output: &Output) {
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
}

#[test]
fn threads_shards_and_a_torn_journal_change_nothing() {
    let folder = scenarios(SMALL);
    let at = |name: &str| folder.path().join(name);
    assert_done(&sweep(folder.path(), &["--threads", "1", "--out", "one"]));
    let whole = files(&at("one"));
    let names: Vec<&str> = whole.keys().map(String::as_str).collect();
    assert_eq!(names, ["points.csv", "runs.csv", "runs.jsonl", "sweep.json", "sweep.svg"]);
    let rows = |name: &str| String::from_utf8_lossy(&whole[name]).lines().count();
    // Six settings and the base, twice.
    assert_eq!((rows("points.csv"), rows("runs.csv"), rows("runs.jsonl")), (8, 15, 15));

    assert_done(&sweep(folder.path(), &["--threads", "2", "--out", "two"]));
    assert_eq!(files(&at("two")), whole);

    // A process that was killed in the middle of a line.
    let journal = String::from_utf8(whole["runs.jsonl"].clone()).unwrap();
    let kept: String = journal.lines().take(6).map(|line| format!("{line}\n")).collect();
    fs::create_dir(at("torn")).unwrap();
    let torn =
        [kept.as_bytes(), &journal.lines().nth(9).unwrap().as_bytes()[..40], &"ü".as_bytes()[..1]].concat();
    fs::write(at("torn").join(JOURNAL), torn).unwrap();
    assert_done(&sweep(folder.path(), &["--out", "torn"]));
    assert_eq!(files(&at("torn")), whole);

    let parts = ["1/3", "2/3", "3/3"].map(|shard| {
        let out = format!("part-{}", &shard[..1]);
        let output = sweep(folder.path(), &["--shard", shard, "--out", &out]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(files(&at(&out)).len(), 1, "a shard has a journal and nothing else");
        out
    });
    let missing = sim_in(folder.path(), &["merge", &parts[0], &parts[2], "--out", "merged"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("5 of 14 runs are missing"), "{}", text(&missing.stderr));
    let merged = sim_in(folder.path(), &["merge", &parts[2], &parts[0], &parts[1], "--out", "merged"]);
    assert_done(&merged);
    assert_eq!(files(&at("merged")), whole);
}

#[test]
fn a_journal_of_another_sweep_is_refused() {
    let folder = scenarios(SMALL);
    assert_done(&sweep(folder.path(), &["--out", "out"]));
    for (more, why) in [
        (&["--seed", "99"][..], "the seed differs"),
        (&["--replications", "3"], "the number of replications differs"),
        (&["--set", "telemetry.scrape_interval=5s"], "the scenario or a file that it reads has changed"),
    ] {
        let line = ["sweep", "target-250.toml", "-q", "--out", "out", "--set", "scenario.duration=10m"];
        let count: &[&str] = if more[0] == "--replications" { &[] } else { &["--replications", "2"] };
        let output = sim_in(folder.path(), &[&line[..], count, more].concat());
        let told = text(&output.stderr);
        assert!(
            output.status.code() == Some(2) && told.contains(why) && told.contains("--restart"),
            "{told}"
        );
    }
    assert_done(&sweep(folder.path(), &["--out", "out", "--seed", "99", "--restart"]));
    let (plan, runs) = read_journal(&folder.path().join("out")).unwrap();
    assert_eq!((plan.seed, runs.len()), (99, 14));
    for damaged in [&b"not a journal\n"[..], b"\xff\n", b"\xff"] {
        fs::write(folder.path().join("out").join(JOURNAL), damaged).unwrap();
        let output = sweep(folder.path(), &["--out", "out"]);
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(2) && told.contains("runs.jsonl:1: this is no"), "{told}");
    }
}

/// Two at once would do all runs twice, and each would take the other's half-written line for one of a process that was killed.
#[test]
fn a_sweep_that_is_under_way_is_left_alone() {
    let folder = scenarios(SMALL);
    assert_done(&sweep(folder.path(), &["--out", "out"]));
    let out = folder.path().join("out");
    let (plan, runs) = read_journal(&out).unwrap();
    let (journal, kept) = Journal::open(&out, &plan, false).unwrap();
    assert_eq!(kept, runs);
    for more in [&["--out", "out"][..], &["--out", "out", "--restart"]] {
        let output = sweep(folder.path(), more);
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(2) && told.contains("another process is at work"), "{told}");
        assert!(told.contains("--shard"), "{told}");
    }
    drop(journal);
    assert_eq!(read_journal(&out).unwrap().1, runs);
    assert_done(&sweep(folder.path(), &["--out", "out"]));
}

#[test]
fn wrong_wishes_are_told_before_anything_runs() {
    let folder = scenarios(SMALL);
    for (arguments, why) in [
        (&["sweep", "target-250.toml", "--best", "gpu_hour"][..], "did you mean `gpu_hours`"),
        (&["sweep", "target-250.toml", "--best", "requests"], "neither less nor more"),
        (&["sweep", "target-250.toml", "--best", "theta_u"], "`sim compare --baselines` does"),
        (&["sweep", "target-250.toml", "--shard", "4/3"], "expected I/N"),
        (&["sweep", "burst.toml"], "the scenario has no sweep"),
        (&["merge", "manifests"], "there is no journal of a sweep here"),
    ] {
        let output = sim_in(folder.path(), arguments);
        assert!(
            output.status.code() == Some(2) && text(&output.stderr).contains(why),
            "{}",
            text(&output.stderr)
        );
        assert!(!folder.path().join("out").exists());
    }
}

/// Objectives of which nothing is known are neither met nor missed.
#[test]
fn a_setting_without_requests_is_a_row_with_its_error() {
    let folder = scenarios("[sweep]\nworkload.documents.arrivals.poisson.rate = [0.00001, 8.0]\n");
    assert_done(&sweep(folder.path(), &["--out", "out"]));
    let (_, runs) = read_journal(&folder.path().join("out")).unwrap();
    let failed: Vec<usize> = runs
        .iter()
        .filter(|run| matches!(&run.outcome, Outcome::Failed(why) if why.starts_with("no request arrived")))
        .map(|run| run.point)
        .collect();
    assert_eq!(failed, [0, 0]);
}

/// Without a price nobody can say what is cheapest, and nobody may say that nothing meets the objectives.
#[test]
fn the_best_by_a_kpi_without_values_is_refused() {
    let folder = scenarios("[sweep]\nhpa.maxReplicas = [2, 3]\n");
    let file = folder.path().join("target-250.toml");
    let priced = fs::read_to_string(&file).unwrap();
    let free: String = priced
        .lines()
        .filter(|line| !line.starts_with("gpu_price"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_ne!(free, priced);
    fs::write(&file, free).unwrap();
    let loose = ["--out", "out", "--best", "cost", "--set", "slo.ttft.p95=1h", "--set", "slo.ttft.p99=1h"];
    let output = sweep(folder.path(), &loose);
    let told = text(&output.stderr);
    assert!(output.status.code() == Some(2) && told.contains("no run has a value of it"), "{told}");
    assert!(told.contains("cluster.gpu_price"), "{told}");
}

/// Two results of one run cannot both be true, so a journal that has both is not believed.
#[test]
fn a_journal_that_contradicts_itself_is_refused() {
    let folder = scenarios("[sweep]\nhpa.maxReplicas = [2, 3]\n");
    assert_done(&sweep(folder.path(), &["--out", "out"]));
    let file = folder.path().join("out").join(JOURNAL);
    let whole = fs::read_to_string(&file).unwrap();
    let last = whole.lines().last().unwrap();
    fs::write(&file, format!("{whole}{last}\n")).unwrap();
    assert_done(&sim_in(folder.path(), &["merge", "out", "--out", "merged"]));
    fs::write(&file, format!("{whole}{}\n", last.replace("\"gpu_hours\":", "\"gpu_hours\":1"))).unwrap();
    for line in [
        &["merge", "out", "--out", "merged"][..],
        &[
            "sweep",
            "target-250.toml",
            "--out",
            "out",
            "--replications",
            "2",
            "--set",
            "scenario.duration=10m",
        ],
    ] {
        let output = sim_in(folder.path(), line);
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(2) && told.contains("another result of point"), "{told}");
    }
    fs::write(&file, &whole[..20]).unwrap();
    let torn = sim_in(folder.path(), &["merge", "out"]);
    assert!(
        text(&torn.stderr).contains("no run was ever written to it")
            && !text(&torn.stderr).contains("--restart")
    );
}

/// A setting whose values do not go together is a row with its error.
#[test]
fn a_setting_that_cannot_be_loaded_is_a_row() {
    let folder = scenarios("[sweep]\nhpa.minReplicas = [1, 3]\nhpa.maxReplicas = [2, 3]\n");
    let output = sweep(folder.path(), &["--out", "out"]);
    assert_done(&output);
    let (_, runs) = read_journal(&folder.path().join("out")).unwrap();
    let failed: Vec<usize> =
        runs.iter().filter(|run| matches!(run.outcome, Outcome::Failed(_))).map(|run| run.point).collect();
    assert_eq!(failed, [2, 2]);
    let told = text(&output.stdout);
    assert!(told.contains("1 setting failed, first hpa.minReplicas 3, hpa.maxReplicas 2: error"), "{told}");
}

/// One axis is a line, two are a map, four are maps of three of them, and drawn points are dots; the base has its mark in each, also where it is
/// between two cells.
#[test]
fn every_kind_of_sweep_has_its_picture() {
    const QUEUE: &str = "\"hpa.metrics.igw_queue_depth.target\"";
    const RUNNING: &str = "\"hpa.metrics.igw_running_requests.target\"";
    let dots = |svg: &str| {
        svg.lines().filter(|line| line.starts_with("<circle") && line.contains("#D55E00")).count()
    };
    for (number, (table, told, dots_of_base)) in [
        (format!("{RUNNING} = [20, 60, 400]"), "bars are 95 % intervals", 1),
        (format!("{QUEUE} = [100, 400]\n{RUNNING} = [20, 60, 400]"), "→ igw_queue_depth.target", 1),
        (
            format!("{QUEUE} = [100, 250]\n{RUNNING} = [60, 250]\nhpa.maxReplicas = [2, 3]\nhpa.minReplicas = [1, 2]"),
            "hpa.minReplicas",
            0,
        ),
        (
            format!("{QUEUE} = {{ log = [5, 500] }}\n{RUNNING} = {{ log = [5, 500] }}\nsample.sobol = {{ points = 8 }}"),
            "a larger dot has more gpu_hours",
            1,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = scenarios(&format!("[sweep]\n{table}\n"));
        let out = format!("out{number}");
        let line = ["sweep", "target-250.toml", "--replications", "1", "-q", "--set", "scenario.duration=5m"];
        assert_done(&sim_in(folder.path(), &[&line[..], &["--out", &out]].concat()));
        let svg = fs::read_to_string(folder.path().join(&out).join("sweep.svg")).unwrap();
        assert!(svg.contains(told), "{told}: {svg}");
        assert_eq!(dots(&svg), dots_of_base, "{told}");
    }
}

/// What is kept of an experiment that somebody breaks off are its finished runs, and no others are begun.
#[test]
fn who_listens_may_end_a_sweep() {
    let scenario = crate::support::scenario("scenarios/burst.toml");
    let point = |is_base| forescale::experiment::sweep::Point { values: Vec::new(), is_base, is_tried: true };
    let plan = Plan {
        scenario: "burst".to_owned(),
        tool_version: String::new(),
        inputs: String::new(),
        seed: 1,
        replications: 10,
        is_grid: true,
        objectives: Vec::new(),
        workloads: vec!["chat".to_owned()],
        axes: Vec::new(),
        points: vec![point(true)],
    };
    let load = |_| {
        let mut config = scenario.config.clone();
        config.duration = forescale::kernel::SimDuration::from_secs(60);
        Ok(Variant::from(config))
    };
    let jobs: Vec<Job> = (0..10).map(|replication| Job { point: 0, replication }).collect();
    let kept: Mutex<Vec<Run>> = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    let keep = |run| {
        kept.lock().unwrap().push(run);
        count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    let listener = |_| match count.load(Ordering::Relaxed) {
        0..3 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let ended = run(&plan, &jobs, Some(1), &load, &keep, &listener);
    assert!(matches!(ended, Err(SweepError::Interrupted)), "{ended:?}");
    let first = kept.lock().unwrap().clone();
    assert_eq!(first.len(), 3);
    let left = forescale::experiment::sweep::jobs(&plan, None, &first);
    assert_eq!(left.len(), 7);
    let failing = |_| Err(std::io::Error::other("full"));
    let broken = run(&plan, &left, Some(2), &load, &failing, &|_| ControlFlow::Continue(()));
    assert!(matches!(broken, Err(SweepError::Output(_))), "{broken:?}");
}

/// The greatest reading of each metric of the HPA in a run, as compared with its target, and whether it ever asked for more.
fn readings(scenario: &Scenario, seed: u64) -> (BTreeMap<String, (f64, bool)>, bool) {
    let mut config = scenario.config.clone();
    config.seed = seed;
    let record = forescale::core::run(&config).unwrap();
    let mut found: BTreeMap<String, (f64, bool)> = BTreeMap::new();
    for sync in &record.syncs {
        let Some(reasons) = sync.decision.sync.as_ref().map(|sync| &sync.reasons) else { continue };
        for metric in &reasons.metrics {
            let Ok(Evaluation { ratio, target_milli, proposal, .. }) = &metric.outcome else { continue };
            let entry = found.entry(metric.name.clone()).or_default();
            entry.0 = entry.0.max(ratio * *target_milli as f64 / 1000.0);
            entry.1 |= *proposal > reasons.current_replicas;
        }
    }
    (found, record.scalings().any(|sync| sync.to() > sync.from))
}

/// What the sweep of `target-250.toml` says is wrong with 250/250, computed here anew from runs of its own: neither metric ever gets to where the
/// targets act. On a part of its grid.
#[test]
fn what_is_wrong_with_250_is_true() {
    let folder = scenarios(
        "[sweep]\n\"hpa.metrics.igw_queue_depth.target\" = [30, 250]\n\"hpa.metrics.igw_running_requests.target\" = [20, 30, 250]\n",
    );
    let line = ["sweep", "target-250.toml", "--replications", "3", "-q", "--out", "out", "--json"];
    let output = sim_in(folder.path(), &line);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let written = fs::read(folder.path().join("out/sweep.json")).unwrap();
    assert_eq!(written, output.stdout);
    assert_eq!(Schema::read("docs/sweep.schema.json").complaints(&document), [""; 0], "{document:#}");
    let diagnosis = &document["diagnosis"];
    assert_eq!(
        (&diagnosis["cause"], &diagnosis["met"], &diagnosis["of"]),
        (&"never_scales".into(), &0.into(), &3.into())
    );

    let base = crate::support::scenario("scenarios/target-250.toml");
    let runs: Vec<_> = (0..3).map(|place| readings(&base, base.config.seed + place)).collect();
    let why = diagnosis["why"].as_str().unwrap();
    for (_, is_scaled) in &runs {
        assert!(!is_scaled, "{why}");
    }
    for metric in diagnosis["metrics"].as_array().unwrap() {
        let name = metric["metric"].as_str().unwrap();
        let greatest = runs.iter().map(|(found, _)| found[name].0).fold(0.0, f64::max);
        assert!((metric["greatest"].as_f64().unwrap() - greatest).abs() < 1e-6, "{metric} and {greatest}");
        assert!(runs.iter().all(|(found, _)| !found[name].1) && greatest < 275.0, "{name}: {greatest}");
        assert!(why.contains(&format!("{name} reads {greatest:.0}")), "{why}");
    }
    assert!(
        why.contains("never adds a replica") && why.contains("target of 250 asks for more only above 275"),
        "{why}"
    );

    // The cheapest of those that meet the objective in every run, by the table.
    let table = fs::read_to_string(folder.path().join("out/runs.csv")).unwrap();
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let column = |name: &str| header.iter().position(|other| *other == name).unwrap();
    let mut settings: BTreeMap<usize, (u32, f64)> = BTreeMap::new();
    for row in rows {
        let entry = settings.entry(row[column("point")].parse().unwrap()).or_default();
        entry.0 += row[column("is_met")].parse::<u32>().unwrap();
        entry.1 += row[column("gpu_hours")].parse::<f64>().unwrap() / 3.0;
    }
    let cheapest = settings.iter().filter(|(_, (met, _))| *met == 3).min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let best = document["best"].as_u64().unwrap();
    assert_eq!(settings[&(best as usize)], *cheapest.unwrap().1);
    let base_hours =
        document["points"].as_array().unwrap().iter().find(|point| point["is_base"] == true).unwrap();
    let base_hours = base_hours["kpis"]["gpu_hours"]["mean"].as_f64().unwrap();
    let more = document["best_less_base"]["mean"].as_f64().unwrap();
    assert!((cheapest.unwrap().1.1 - base_hours - more).abs() < 1e-9);

    let svg = fs::read_to_string(folder.path().join("out/sweep.svg")).unwrap();
    for told in ["you are here", "igw_queue_depth.target", "cheapest setting that meets", "</svg>\n"] {
        assert!(svg.contains(told), "{told}");
    }
    // The base has its frame: four sides in the ink of the legend, which has four too.
    let sides = svg.lines().filter(|line| line.starts_with("<polyline") && line.contains("#D55E00")).count();
    assert_eq!(sides, 8);
}
