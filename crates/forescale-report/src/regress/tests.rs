//! One finding of each kind, in every format.

use super::*;
use crate::Style;
use forescale_experiment::Estimate;
use forescale_experiment::kpi::{Kpi, KpiName};
use forescale_experiment::regress::{Change, Finding, Judged, Margin, Missing, Standing, Verdict};
use forescale_experiment::statistics::Difference;
use serde_json::Value;

fn finding(name: &str, then: f64, now: f64, half_width: f64) -> Finding {
    let guarded: KpiName = name.parse().unwrap();
    let margin = Margin::default_of(guarded.kpi);
    let estimate = Estimate { mean: now - then, half_width: Some(half_width) };
    Finding {
        guarded,
        margin,
        line: 12,
        baseline: Some(then),
        now: Some(now),
        missing_in_baseline: Missing { count: 0, of: 10 },
        missing_now: Missing { count: 0, of: 10 },
        difference: Some(Difference::Paired { estimate, pairs: None }),
        change: Change::None,
        standing: Standing::Within,
        needed: None,
    }
}

fn gate(scenario: &str, findings: Vec<Finding>) -> Gate {
    Gate {
        scenario: scenario.to_owned(),
        file: format!("scenarios/{scenario}.toml"),
        baseline_file: format!("./scenarios/baselines, old/{scenario}.toml"),
        is_edited: true,
        judged: Judged {
            false_alarm_rate: 0.01,
            confidence: 0.9975,
            is_paired: true,
            replications: 10,
            findings,
        },
    }
}

/// One of each kind.
fn gates(is_strict: bool) -> Gates {
    let worse = Finding {
        change: Change::Worse,
        standing: Standing::Beyond,
        ..finding("chat.ttft_p99", 12.1, 16.7, 0.4)
    };
    let unknown =
        Finding { standing: Standing::Unknown, needed: Some(24), ..finding("attainment", 0.97, 0.965, 0.01) };
    let little = Finding { change: Change::Worse, ..finding("gpu_hours", 2.0, 2.04, 0.01) };
    let better = Finding { change: Change::Better, ..finding("reversals", 4.0, 0.0, 0.5) };
    let gone = Finding {
        now: None,
        difference: None,
        change: Change::Worse,
        standing: Standing::Beyond,
        ..finding("e2e_p99", 9.0, 9.0, 0.0)
    };
    let same = Finding {
        difference: Some(Difference::Degenerate { pairs: 10 }),
        ..finding("gpu_hours", 3.0, 3.0, 0.0)
    };
    let first = gate("a|b", vec![worse, unknown, little, better, gone]);
    Gates { gates: vec![first, gate("quiet", vec![same])], unjudged: Vec::new(), is_strict }
}

#[test]
fn the_report_says_it_all() {
    let text = regress_text(&gates(false), Style { width: 100, color: false });
    for expected in [
        "regress: fail: a|b: TTFT p99 of chat: 38 % worse, 12.1 s → 16.7 s (+38.0 ±3.3 %), beyond the margin\n  of 10 %; and 1 more",
        "quiet: pass, 1 KPI the same at every seed",
        "attainment: changed by −0.50 ±1.00 points: whether that is more than the margin of 1 point cannot be",
        "about 24 replications would tell",
        "GPU-hours: 2 % worse, 2 → 2.04 (+2.00 ±0.50 %), below the margin of 5 %",
        "reversals: 100 % better, 4 → 0 (−100 ±12 %)",
        "E2E p99: no value any more, since no request gets that far",
    ] {
        assert!(text.contains(expected), "{expected}\n\n{text}");
    }
}

/// One scenario.
fn judged(findings: Vec<Finding>) -> Gates {
    Gates { gates: vec![gate("a", findings)], unjudged: Vec::new(), is_strict: false }
}

/// A scenario that passes and others that were not judged, for these reasons.
fn unjudged(obstacles: [Obstacle; 2]) -> Gates {
    let names = ["late".to_owned(), "later".to_owned()].into_iter();
    let one =
        |(scenario, obstacle)| Unjudged { file: format!("scenarios/{scenario}.toml"), scenario, obstacle };
    Gates {
        unjudged: names.zip(obstacles).map(one).collect(),
        ..judged(vec![finding("gpu_hours", 2.0, 2.0, 0.0)])
    }
}

/// A scenario with a mistake, and one that is as it should be.
fn broken() -> Gates {
    let flaws = [("wrong, 100%", Some(3)), ("wrong too", None)];
    let flaw = |(message, line): (&str, _)| Flaw {
        message: message.to_owned(),
        file: Some("scenarios/late.toml".to_owned()),
        line,
    };
    let gates = unjudged([Obstacle::Broken(flaws.map(flaw).to_vec()), Obstacle::NotRun]);
    Gates { gates: Vec::new(), ..gates }
}

fn json(gates: &Gates) -> Value {
    let mut bytes = Vec::new();
    regress_json(gates, &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn sarif(gates: &Gates) -> Value {
    let mut bytes = Vec::new();
    regress_sarif(gates, "1.2.3", &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn junit(gates: &Gates) -> quick_junit::Report {
    let mut bytes = Vec::new();
    regress_junit(gates, &mut bytes).unwrap();
    quick_junit::Report::deserialize_from_str(std::str::from_utf8(&bytes).unwrap()).unwrap()
}

#[test]
fn what_was_interrupted_is_no_pass_in_any_format() {
    let gates = unjudged([Obstacle::Interrupted, Obstacle::Interrupted]);
    let whole = self::gates(false);
    let sentence = "cannot tell: interrupted: 2 of 3 scenarios were not judged: late, later";
    assert_eq!((gates.is_good(), gates.verdict()), (false, Verdict::CannotTell));
    let document = json(&gates);
    assert_eq!((&document["passes"], &document["verdict"]), (&false.into(), &"cannot tell".into()));
    assert_eq!(
        (&document["sentence"], &document["not_judged"]),
        (&sentence.into(), &serde_json::json!(["late", "later"]))
    );
    assert_eq!(document["scenarios"].as_array().unwrap().len(), 1);
    assert!(
        regress_text(&gates, Style { width: 100, color: false })
            .starts_with(&format!("regress: {sentence}\n"))
    );
    let markdown = regress_markdown(&gates);
    assert!(markdown.starts_with(&format!("### ⚠️ Forescale: {sentence}\n")), "{markdown}");
    assert!(markdown.contains("\n⚠️ **later**: not judged: interrupted"), "{markdown}");
    let report = junit(&gates);
    assert_eq!((report.tests, report.errors, report.test_suites.len()), (3, 2, 3));
    let run = &sarif(&gates)["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!((notifications.len(), &notifications[0]["level"]), (2, &"error".into()));
    let annotations = regress_annotations(&gates);
    assert!(
        annotations.contains("::error file=scenarios/later.toml,title=later::not judged"),
        "{annotations}"
    );

    let told = json(&Gates { gates: whole.gates.clone(), ..gates })["sentence"].to_string();
    assert!(
        told.contains("fail: a|b: TTFT p99") && told.contains("; interrupted: 2 of 4 scenarios"),
        "{told}"
    );
    assert_eq!(sarif(&whole)["runs"][0]["invocations"][0]["executionSuccessful"], true);
    assert_eq!(json(&whole)["not_judged"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_judged_is_told_at_its_place() {
    let gates = broken();
    assert_eq!(
        json(&gates)["sentence"],
        "cannot tell: 2 of 2 scenarios were not judged: late: wrong, 100%; and 1 more mistake"
    );
    let expected = "::error file=scenarios/late.toml,line=3::wrong, 100%25\n::error file=scenarios/late.toml::wrong too\n";
    assert_eq!(regress_annotations(&gates), expected);
    let report = junit(&gates);
    let counts: Vec<_> =
        report.test_suites.iter().map(|suite| (suite.name.as_str(), suite.errors, suite.skipped)).collect();
    assert_eq!(counts, [("scenarios/late.toml", 1, 0), ("scenarios/later.toml", 0, 1)]);
    let run = &sarif(&gates)["runs"][0]["invocations"][0];
    let levels: Vec<_> =
        run["toolExecutionNotifications"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert_eq!(levels, ["error", "error", "note"]);
    let place = &run["toolExecutionNotifications"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"scenarios/late.toml".into(), &3.into())
    );
    assert!(regress_markdown(&gates).contains("\n❌ **late**: cannot be judged: wrong, 100%; wrong too\n"));
}

/// The sentence of a single finding.
fn sentence(found: Finding) -> String {
    let document = json(&judged(vec![found]));
    document["scenarios"][0]["kpis"][0]["sentence"].as_str().unwrap().to_owned()
}

#[test]
fn what_has_no_value_any_more_has_its_own_reason() {
    let gone = |name: &str| {
        let now = Finding { now: None, difference: None, ..finding(name, 3.0, 3.0, 0.0) };
        sentence(Finding { change: Change::Worse, standing: Standing::Beyond, ..now })
    };
    for (name, reason) in [
        ("ttft_p99", "no request gets that far"),
        ("cost", "no price of a GPU-hour"),
        ("theta_u", "the demand curve of fixed fleets, which this verb does not run"),
        ("settling_time", "the demand curve of fixed fleets, which this verb does not run"),
        ("attainment", "no request is judged"),
        ("time_at_max", "the autoscaler has no such limit"),
    ] {
        let told = gone(name);
        assert!(told.contains(": no value") && told.ends_with(reason), "{told}");
    }
}

#[test]
fn where_values_are_missing_that_is_the_reason() {
    let holed = Finding {
        standing: Standing::Unknown,
        missing_now: Missing { count: 3, of: 10 },
        ..finding("attainment", 0.97, 0.97, 0.0)
    };
    assert_eq!(
        sentence(holed),
        "attainment: values are missing at 3 of 10 seeds, in the baseline at none of 10 seeds; the mean of the others has changed by 0 ±0 points, \
         and whether it is within the margin of 1 point cannot be told"
    );
}

#[test]
fn one_is_not_many() {
    let text = regress_text(
        &judged(vec![finding("gpu_hours", 2.0, 2.001, 0.01)]),
        Style { width: 100, color: false },
    );
    assert!(text.starts_with("regress: pass: 1 KPI within its margin, no change detected"), "{text}");
}

#[test]
fn strictness_is_about_what_cannot_be_told() {
    let only = |standing| {
        let found = Finding { standing, ..finding("gpu_hours", 2.0, 2.0, 0.4) };
        [false, true].map(|is_strict| Gates { is_strict, ..judged(vec![found.clone()]) }.is_good())
    };
    assert_eq!(only(Standing::Within), [true, true]);
    assert_eq!(only(Standing::Unknown), [true, false]);
    assert_eq!(only(Standing::Beyond), [false, false]);
}

#[test]
fn junit_is_read_by_a_reader_of_junit() {
    for (is_strict, failures, skipped) in [(false, 2, 1), (true, 3, 0)] {
        let report = junit(&gates(is_strict));
        assert_eq!((report.tests, report.failures), (6, failures));
        let suite = &report.test_suites[0];
        let is_skipped = |case: &&quick_junit::TestCase| {
            matches!(case.status, quick_junit::TestCaseStatus::Skipped { .. })
        };
        assert_eq!((suite.name.as_str(), suite.tests), ("scenarios/a|b.toml", 5));
        assert_eq!(suite.test_cases.iter().filter(is_skipped).count(), skipped);
        assert_eq!(suite.test_cases[0].name.as_str(), "chat.ttft_p99");
        let quick_junit::TestCaseStatus::NonSuccess { message, .. } = &suite.test_cases[0].status else {
            panic!()
        };
        assert!(message.as_ref().unwrap().as_str().contains("38 % worse"));
    }
}

#[test]
fn sarif_names_rule_level_and_place() {
    let document = sarif(&gates(false));
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    let results = run["results"].as_array().unwrap();
    let levels: Vec<&str> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "warning", "note", "note", "error"]);
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "scenarios/baselines%2C%20old/a%7Cb.toml");
        assert_eq!(place["region"]["startLine"], 12);
    }
    assert_eq!(
        results[0]["partialFingerprints"]["gate/v1"],
        "scenarios/baselines%2C%20old/a%7Cb.toml#chat.ttft_p99"
    );
}

#[test]
fn annotations_are_workflow_commands() {
    let text = regress_annotations(&gates(false));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("::error file=./scenarios/baselines%2C old/a|b.toml,line=12,title=a|b%3A chat.ttft_p99::TTFT p99 of chat: 38 %25 worse"), "{}", lines[0]);
    assert!(lines[1].starts_with("::warning ") && lines[2].starts_with("::notice "));
}

#[test]
fn markdown_has_a_table_and_no_markup_of_others() {
    let text = regress_markdown(&gates(false));
    assert!(text.starts_with("### ❌ Forescale: fail: a\\|b: TTFT p99 of chat: 38 % worse"), "{text}");
    assert!(
        text.contains("| TTFT p99 of chat | 12.1 s | 16.7 s | +38.0 ±3.3 % | 10 % | **WORSE** |"),
        "{text}"
    );
    assert!(text.contains("✅ **quiet**: 1 KPI the same at every seed"), "{text}");
}

#[test]
fn json_has_each_kpi() {
    let document = json(&gates(true));
    assert_eq!((&document["verdict"], &document["passes"]), (&Value::from("fail"), &Value::from(false)));
    let kpis = document["scenarios"][0]["kpis"].as_array().unwrap();
    assert_eq!(kpis.len(), 5);
    assert_eq!(kpis[0]["kpi"], "chat.ttft_p99");
    assert_eq!(kpis[2]["margin"]["relative"], 0.05);
    assert!((kpis[2]["relative"].as_f64().unwrap() - 0.02).abs() < 1e-12);
    assert_eq!(kpis[4]["now"], Value::Null);
    assert_eq!(Kpi::named("gpu_hours"), Some(Kpi::GpuHours));
}
