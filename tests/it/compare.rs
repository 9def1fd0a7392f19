//! `sim compare`: the variants of a scenario, told as they are.

use crate::result::schema::Schema;
use crate::support::{copy_folder, sim_in};
use crate::workspace::root;
use forescale::experiment::Heard;
use forescale::experiment::baselines::{Baselines, Settings};
use forescale::experiment::compare::{compare as compare_all, compare_with_baselines};
use forescale::experiment::replications::Count;
use forescale::prepare::entrant;
use forescale::scenario::Study;
use serde_json::Value;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

/// The scenarios, with the choice of a metric in twelve minutes of which five are a burst, and more at the end of its file.
fn scenarios(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), &folder.path().join("scenarios"));
    let file = folder.path().join("scenarios/metric-choice.toml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text
        .replace("\"30m\"", "\"12m\"")
        .replace("[\"5m\", 60.0], [\"15m\", 8.0]", "[\"1m\", 60.0], [\"6m\", 8.0]");
    fs::write(&file, format!("{text}\n[variant.as-it-is]\nhpa.maxReplicas = 3\n\n{more}")).unwrap();
    folder
}

fn compare(folder: &Path, more: &[&str]) -> (i32, String) {
    let line = [&["compare", "scenarios/metric-choice.toml", "-q"], more].concat();
    let output = sim_in(folder, &line);
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The document of a comparison, once it was found to follow its schema.
fn document(folder: &Path, more: &[&str]) -> (i32, Value) {
    let (exit, text) = compare(folder, &[more, &["--json"]].concat());
    let document = serde_json::from_str(&text).unwrap();
    assert_eq!(Schema::read("docs/compare.schema.json").complaints(&document), [""; 0], "{text}");
    (exit, document)
}

fn hours(variant: &Value) -> &Value {
    &variant["kpis"]["gpu_hours"]
}

/// Every number of the document from the raw values that stand beside it, and the verdict from them.
#[test]
fn the_document_adds_up_and_follows_its_schema() {
    let folder = scenarios("");
    let (exit, document) = document(folder.path(), &["--replications", "4"]);
    let variants = document["variants"].as_array().unwrap();
    assert_eq!((variants.len(), document["runs"].as_u64()), (10, Some(40)));
    assert_eq!(document["seeds"], serde_json::json!([7, 8, 9, 10]));
    let values = |kpi: &Value| -> Vec<f64> {
        kpi["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let close = |found: &Value, wanted: f64| {
        let found = found.as_f64().unwrap();
        assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1e-9), "{found} is not {wanted}");
    };
    let base = values(hours(&variants[0]));
    for variant in &variants[1..] {
        let own = values(hours(variant));
        close(&hours(variant)["mean"], mean(&own));
        let against = &hours(variant)["against_base"];
        let differences: Vec<f64> = own.iter().zip(&base).map(|(own, base)| own - base).collect();
        close(&against["difference"], mean(&differences));
        let variance = differences.iter().map(|it| (it - mean(&differences)).powi(2)).sum::<f64>() / 3.0;
        if against["method"] == "paired" {
            // 3.182 is the 97.5 % quantile of Student's t with three degrees of freedom.
            let half = against["half_width"].as_f64().unwrap();
            assert!((half / (3.182_446 * (variance / 4.0).sqrt()) - 1.0).abs() < 1e-5, "{half}");
            assert_eq!(against["detected"], mean(&differences).abs() > half);
        }
    }
    let same = variants.iter().find(|variant| variant["variant"] == "as-it-is").unwrap();
    assert_eq!(hours(same)["against_base"]["method"], "degenerate");
    let good = variants.iter().filter(|variant| variant["meets_objectives"] == true);
    let least = good.min_by(|a, b| mean(&values(hours(a))).total_cmp(&mean(&values(hours(b)))));
    assert_eq!(document["cheapest"], least.map_or(Value::Null, |least| least["variant"].clone()));
    assert_eq!(exit, i32::from(least.is_none()));
}

#[test]
fn the_report_says_what_differs_and_what_does_not() {
    let folder = scenarios("");
    let more = ["--variants", "gpu,as-it-is", "--replications", "3", "--svg", "c.svg", "--csv", "c.csv"];
    let (_, text) = compare(folder.path(), &more);
    assert!(
        text.contains(
            "\nas-it-is: attainment, TTFT p95, GPU-hours, scale events, reversals the same at every"
        ),
        "{text}"
    );
    assert!(text.contains("3 runs each at the same seeds (7 to 9)"), "{text}");
    assert!(text.contains("\ngpu: ") && text.contains(" higher (+"), "{text}");
    let svg = fs::read_to_string(folder.path().join("c.svg")).unwrap();
    assert!(svg.contains(">gpu<") && svg.contains("Ready replicas"), "the picture names the variants");
    let csv = fs::read_to_string(folder.path().join("c.csv")).unwrap();
    assert!(csv.lines().count() == 10 && csv.starts_with("variant,seed,ttft_mean,"), "{csv}");
    // Against another base the sign turns.
    let (_, turned) = compare(folder.path(), &["--base", "gpu", "--variants", "base", "--replications", "3"]);
    assert!(turned.contains("\nbase: ") && turned.contains(" lower (−"), "{turned}");
}

/// Of two fleets of one size neither is the only one to take, and who has nothing to meet does not meet it.
#[test]
fn ties_and_missing_objectives_are_told() {
    let three = "autoscaler = { fixed = { replicas = 3 } }\nremove = [\"hpa\"]\ndeployment.replicas = 3\n";
    let more =
        format!("[variant.three]\n{three}\n[variant.other]\n{three}\n[variant.free]\nremove = [\"slo\"]\n");
    let folder = scenarios(&more);
    let line = ["--replications", "2", "--kpi", "gpu_hours,ttft_p95,ttft_p99,itl_p99,e2e_p99,queue_wait_p99"];
    let (_, tied) = compare(folder.path(), &[&line[..], &["--variants", "three,other"]].concat());
    let verdict = tied.split("\n2 runs each").next().unwrap().replace("\n  ", " ");
    assert!(verdict.contains("`three` is the cheapest of the 2 (of 3) that meet all objectives: "), "{tied}");
    assert!(verdict.ends_with("; as cheap: `other`"), "{tied}");
    let (_, alone) = compare(folder.path(), &[&line[..], &["--variants", "free"]].concat());
    assert!(alone.contains("\nfree   no objectives "), "{alone}");
    let verdict = alone.split("\n2 runs each").next().unwrap().replace("\n  ", " ");
    assert!(verdict.contains("(it has none)") && !verdict.contains("as cheap"), "{alone}");
    // Six columns are wider than the page, and nothing of them is cut.
    for text in [tied, alone] {
        assert!(text.lines().all(|line| line.chars().count() <= 100) && !text.contains('…'), "{text}");
        assert!(text.contains(" queue wait p99\n"), "{text}");
    }
}

/// A variant that is a fleet of fixed size regrets nothing of that size; what else is told follows from the values beside it.
#[test]
fn baselines_are_what_they_are_called() {
    let fixed = |size: u32| {
        format!(
            "[variant.fixed-{size}]\nautoscaler = {{ fixed = {{ replicas = {size} }} }}\nremove = [\"hpa\"]\ndeployment.replicas = {size}\n"
        )
    };
    let folder = scenarios(&[1, 2, 3].map(fixed).join("\n"));
    let variants = ["--variants", "running,fixed-1,fixed-2,fixed-3", "--replications", "3"];
    let (_, document) = document(folder.path(), &[&variants[..], &["--baselines"]].concat());
    let values = |of: &Value| -> Vec<f64> {
        of.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let variants = document["variants"].as_array().unwrap();
    let named = |name: &str| variants.iter().find(|variant| variant["variant"] == name).unwrap();
    // By hand: the cheapest of the sizes that meets the objectives, as the variants of these sizes have met them.
    let sizes = (1..=3).filter(|size| named(&format!("fixed-{size}"))["meets_objectives"] == true);
    let best = sizes.min().unwrap();
    for variant in variants {
        let baselines = &variant["baselines"];
        let own = values(&hours(variant)["values"]);
        assert_eq!(baselines["best_fixed"]["replicas"], best);
        let of_best = &hours(named(&format!("fixed-{best}")))["values"];
        assert_eq!(&baselines["best_fixed"]["gpu_hours"], of_best);
        for of in [&baselines["best_fixed"], &baselines["clairvoyant"]] {
            let regret = &of["regret"]["gpu_hours"];
            let theirs = values(&of["gpu_hours"]);
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let wanted = mean(&own) - mean(&theirs);
            assert!((regret["difference"].as_f64().unwrap() - wanted).abs() < 1e-9, "{regret}");
        }
        assert!(variant["kpis"]["theta_u"]["mean"].is_number(), "{}", variant["variant"]);
    }
    let own = &named(&format!("fixed-{best}"))["baselines"]["best_fixed"]["regret"];
    assert!(
        own["gpu_hours"]["method"] == "degenerate" && own["attainment"]["method"] == "degenerate",
        "{own}"
    );
    // Too few replicas cost less and attain less: the sign of both is that of what is worse.
    let few = &named("fixed-1")["baselines"]["clairvoyant"]["regret"];
    assert!(few["gpu_hours"]["difference"].as_f64() < Some(0.0), "{few}");
    assert!(few["attainment"]["difference"].as_f64() > Some(0.0), "{few}");
}

/// Fleets and the clairvoyant scaler know nothing of the HPA: they are run once for all variants that differ in nothing else, and give each what its own
/// would have given. Another cold start, or another limit, is something else.
#[test]
fn baselines_are_run_once_for_all_whom_they_fit() {
    let sets = ["scenario.duration=3m".to_owned(), "hpa.maxReplicas=2".to_owned()];
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let file = folder.path().join("metric-choice.toml");
    let text = fs::read_to_string(&file).unwrap();
    let slow = "[variant.slow]\ncluster.cold_start.engine = \"50s\"\n";
    fs::write(&file, format!("{text}\n{slow}")).unwrap();
    let study = Study::load(&file, &sets).unwrap();
    let mut entrants = vec![entrant("base", &study.base)];
    let named = |name: &str| {
        let scenario = study.variants.iter().find(|it| it.variant.as_deref() == Some(name)).unwrap();
        entrant(name, scenario)
    };
    entrants.extend(["slow", "running", "kv-cache", "gpu"].map(named));
    entrants[3].variant.replica_limits = Some((1, 3));
    let heard = Mutex::new(Vec::new());
    let listener = |now: Heard| {
        heard.lock().unwrap().push(now);
        ControlFlow::Continue(())
    };
    let comparison = compare_with_baselines(&entrants, 2, &listener).unwrap();
    // Two seeds: five entrants, and for the base, the slow one and the one with another limit each size and the clairvoyant scaler.
    let of = 2 * (5 + 3 + 3 + 4);
    assert!(heard.lock().unwrap().iter().all(|heard| heard.of == of && heard.done < of), "{of} runs");
    let go_on = |_: Heard| ControlFlow::Continue(());
    for (entrant, compared) in entrants.iter().zip(&comparison.entrants) {
        let (_, most) = entrant.variant.replica_limits.unwrap();
        let settings = Settings { max_replicas: most, to_zero: false };
        let own = Baselines::run(&entrant.variant.config, &[7, 8], settings, &go_on).unwrap();
        assert!(compared.baselines.as_ref() == Some(&own), "{}", entrant.name);
    }
}

#[test]
fn what_could_be_has_a_section_and_columns() {
    let folder = scenarios("");
    let line = ["--variants", "running", "--replications", "2", "--kpi", "theta_u,overshoot"];
    let (_, text) = compare(folder.path(), &[&line[..], &["--baselines"]].concat());
    let (before, after) = text.split_once("\nAgainst what could be").unwrap();
    let row = |text: &str| text.lines().find(|line| line.starts_with("running ")).unwrap().to_owned();
    assert!(row(before).matches('±').count() == 2, "{before}");
    assert!(row(after).matches('±').count() == 4 && row(after).contains('–'), "{after}");
    let (_, without) = compare(folder.path(), &["--variants", "running", "--replications", "2"]);
    assert!(!without.contains("what could be"), "{without}");
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = scenarios("");
    let told = |line: &[&str]| {
        let output = sim_in(folder.path(), line);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told(&["compare", "scenarios/burst.toml"]).contains("has no variants to compare"));
    let unknown = told(&["compare", "scenarios/metric-choice.toml", "--variants", "gpus"]);
    assert!(unknown.contains("no such variant; did you mean `gpu`?"), "{unknown}");
    let unknown = told(&["compare", "scenarios/metric-choice.toml", "--kpi", "gpu_hour"]);
    assert!(unknown.contains("did you mean `gpu_hours`?"), "{unknown}");
    let line = ["--baselines", "--variants", "gpu", "--set", "hpa.maxReplicas=1001"];
    let many = told(&[&["compare", "scenarios/metric-choice.toml", "-q"], &line[..]].concat());
    assert!(many.contains("base: ") && many.contains("its autoscaler may ask for 1001 replicas"), "{many}");
    let alone =
        told(&["compare", "scenarios/metric-choice.toml", "-q", "--base", "gpu", "--variants", "gpu"]);
    assert!(
        alone.contains("`gpu` is what the others are measured against, and no other is chosen"),
        "{alone}"
    );
    let twice = told(&["compare", "scenarios/metric-choice.toml", "--csv", "x", "--svg", "x"]);
    assert!(twice.contains("the same file"), "{twice}");
    let blind = told(&["compare", "scenarios/metric-choice.toml", "--kpi", "gpu_hours,tau_u"]);
    assert!(blind.contains("--kpi tau_u") && blind.contains("add `--baselines`"), "{blind}");
}

/// Classes of traffic are told apart by `WORKLOAD.KPI`, in the text, in the document and in the table, which adds up from the runs.
#[test]
fn kpis_of_one_workload_are_compared() {
    let batch = "[workload.batch]\narrivals.poisson = { rate = 1.0 }\nprompt_tokens.constant = 4000\noutput_tokens.constant = 50\n";
    let folder = scenarios(batch);
    let line = ["--variants", "running", "--replications", "2", "--csv", "runs.csv"];
    let kpis = ["--kpi", "ttft_p99,chat.ttft_p99,batch.ttft_p99"];
    let (_, told) = compare(folder.path(), &[&line[..], &kpis].concat());
    assert!(told.contains("TTFT p99 of chat") && told.contains("TTFT p99 of batch"), "{told}");
    // Two runs of twelve minutes with a request a second: some 14 lie beyond the quantile.
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("of `batch` only 1"), "{told}");
    let (_, document) = compare(folder.path(), &[&line[..], &["--json"]].concat());
    let document: Value = serde_json::from_str(&document).unwrap();
    let of_base = |name: &str| &document["variants"][0]["kpis"][name]["values"];
    let csv = fs::read_to_string(folder.path().join("runs.csv")).unwrap();
    let mut rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let places = ["requests", "chat.requests", "batch.requests"]
        .map(|name| head.iter().position(|header| *header == name).unwrap());
    let rows: Vec<Vec<&str>> = rows.collect();
    let number = |row: &[&str], place: usize| row[place].parse::<f64>().unwrap();
    for row in &rows {
        let [all, chat, batch] = places.map(|place| number(row, place));
        assert!(all == chat + batch && batch > 0.0, "{all} of {chat} and {batch}");
    }
    let values: Vec<f64> = rows.iter().take(2).map(|row| number(row, places[2])).collect();
    assert_eq!(of_base("batch.requests"), &serde_json::json!(values));
    assert_ne!(of_base("batch.ttft_p99"), of_base("chat.ttft_p99"));
    let output =
        sim_in(folder.path(), &["compare", "scenarios/metric-choice.toml", "--kpi", "bach.ttft_p99"]);
    let refused = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && refused.contains("did you mean `batch`?"), "{refused}");
}

/// Ctrl-C after the base and one of two variants: those are compared. Without the base there is nothing to compare with.
#[test]
fn whoever_is_finished_is_compared() {
    let study =
        Study::load(&root().join("scenarios/metric-choice.toml"), &["scenario.duration=5m".to_owned()]);
    let study = study.unwrap();
    let mut entrants = vec![entrant("base", &study.base)];
    entrants.extend(study.variants.iter().take(2).map(|variant| entrant(&variant.title(), variant)));
    let until = |runs: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let listener = |heard: Heard| match heard.done >= runs {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let mut comparison = pool.install(|| compare_all(&entrants, &Count::Fixed(2), &listener)).unwrap();
        let unfinished = comparison.take_unfinished();
        let left: Vec<String> = comparison.entrants.iter().map(|entrant| entrant.name.clone()).collect();
        (left.len(), unfinished.len(), left.first().is_none_or(|name| name == "base"))
    };
    assert_eq!(until(7), (3, 0, true));
    assert_eq!(until(5), (2, 1, true));
    assert_eq!(until(3), (1, 2, true));
    assert_eq!(until(1), (0, 3, true));
}
