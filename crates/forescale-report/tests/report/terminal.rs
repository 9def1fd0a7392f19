//! The text.

use crate::runs;
use forescale_core::record::RunRecord;
use forescale_core::run;
use forescale_kernel::SimDuration;
use forescale_report::{LEAST_WIDTH, Style, Subject, decisions_text, text};
use unicode_width::UnicodeWidthStr;

fn wide(subject: &Subject, record: &RunRecord) -> String {
    text(subject, record, Style { width: 200, color: false })
}

fn first_line(record: &RunRecord) -> String {
    wide(&runs::subject(), record).lines().next().unwrap().to_owned()
}

/// The text without ANSI escapes.
fn stripped(colored: &str) -> String {
    let mut parts = colored.split('\u{1b}');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

#[test]
fn the_first_line_is_the_verdict() {
    let lines: Vec<String> = runs::all().iter().map(|(_, record)| first_line(record)).collect();
    assert_eq!(lines[0], "burst: the objective held · 1 replica at most · 0.0168 GPU-hours · $0.066");
    assert!(lines[1].starts_with("burst: MISSED 1 of 2 objectives — TTFT p99 "), "{}", lines[1]);
    assert!(lines[1].contains(" % within 5 s) · 3 replicas at most · "), "{}", lines[1]);
    assert!(lines[3].starts_with("burst: the objective held · 3 replicas at most"), "{}", lines[3]);
    assert_eq!(
        lines[4],
        "burst: MISSED the objective — TTFT p99 lost (0 % within 2 s) · 0 replicas at most · 0 GPU-hours · $0.00"
    );
    assert!(lines[5].starts_with("burst: MISSED the objective — TTFT p99 not measured · "), "{}", lines[5]);
    assert!(lines[6].starts_with("burst: no objectives set · "), "{}", lines[6]);
}

#[test]
fn no_line_is_wider_than_asked() {
    let hostile = Subject {
        scenario: "模拟 with-a-very-long-name-that-has-no-spaces-in-it-at-all-and-goes-on\nand on".to_owned(),
        autoscaler_kind: "a rather long kind of autoscaler".to_owned(),
        workloads: Vec::new(),
        ..runs::subject()
    };
    for (name, record) in runs::all() {
        for width in (40..=130).chain([160, 200, 1000]) {
            for subject in [&runs::subject(), &hostile] {
                let plain = text(subject, &record, Style { width, color: false });
                let colored = text(subject, &record, Style { width, color: true });
                assert_eq!(stripped(&colored), plain);
                for line in plain.lines() {
                    assert!(line.width() <= width, "{name} at {width}: {line}");
                    assert!(!line.ends_with(' ') && !line.contains('\u{1b}'), "{name} at {width}: {line:?}");
                }
            }
        }
        let narrow = text(&runs::subject(), &record, Style { width: 3, color: false });
        assert_eq!(narrow, text(&runs::subject(), &record, Style { width: LEAST_WIDTH, color: false }));
    }
}

#[test]
fn a_burst_reads_well() {
    let text = text(&runs::subject(), &run(&runs::burst()).unwrap(), Style::default());
    for part in [
        "\nObjectives  n = 1 run, no interval\n  ✗ ttft p99 ≤ 5 s",
        "\n  ✓ e2e p50 ≤ 30 s",
        "% of requests within\n",
        "mean",
        "\n  queue wait",
        "\n  arrivals     ▂",
        "\n  queue (EPP)  ",
        "\n               0s ",
        "\nDecisions  HPA vllm (igw_queue_depth Value 20,",
        "  HPA  1→2  igw_queue_depth ",
        "ScaleUpLimit: Pods 1/60s from 1 allows 2",
        "scaleDown window 5m: ",
        " ago → 3\n",
        "more syncs left the replicas as they were\n",
        "started cold, created to Ready: min ",
        "at $3.90 per GPU-hour\n",
        "\nseed 7 · ended at t=00:30:00",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    let marks = text.lines().find(|line| line.starts_with("  scaling ")).unwrap();
    assert!(
        marks.contains("  2 up, 1 down") && marks.find('▲').unwrap() < marks.find('▼').unwrap(),
        "{marks}"
    );
}

#[test]
fn each_scaling_has_a_line_and_a_mark() {
    let record = run(&runs::up_and_down()).unwrap();
    let told = decisions_text(&runs::subject(), &record, Style::default());
    assert_eq!(
        told,
        "  t=00:00:05  HPA  1→1  by plan → 1\n  t=00:00:10  HPA  1→2  by plan → 2\n  \
         t=00:00:20  HPA  2→3  by plan → 3\n  t=00:00:40  HPA  3→1  by plan → 1\n"
    );
    let text = wide(&runs::subject(), &record);
    assert!(
        text.contains("  2 pods started cold, created to Ready: min 5.00 s, mean 5.00 s, max 5.00 s\n"),
        "{text}"
    );
    let marks = text.lines().find(|line| line.starts_with("  scaling ")).unwrap();
    assert_eq!(marks.matches('▲').count() + marks.matches('▼').count(), 3, "{marks}");
}

#[test]
fn equal_troubles_are_not_told_again_and_again() {
    let record = run(&runs::outages()).unwrap();
    let told = decisions_text(&runs::subject(), &record, Style { width: 10_000, color: false });
    let lines = told.lines().count();
    let scalings = record.scalings().count();
    assert!(
        told.contains("FailedGetExternalMetric")
            && told.contains("more syncs left the replicas as they were")
    );
    assert!(lines <= (scalings + 1) * 9 && lines < record.syncs.len() / 2, "{lines} lines:\n{told}");
}

#[test]
fn a_long_story_is_cut_in_the_report_only() {
    let mut record = run(&runs::up_and_down()).unwrap();
    let scaling = record.scalings().next().unwrap().clone();
    record.syncs = vec![scaling; 500];
    let text = wide(&runs::subject(), &record);
    assert!(text.contains("  … 464 decisions more like these …\n"), "{text}");
    assert!(text.lines().count() < 100);
    assert_eq!(decisions_text(&runs::subject(), &record, Style::default()).lines().count(), 500);
}

#[test]
fn requests_add_up_in_words() {
    let lost = wide(&runs::subject(), &run(&runs::all_lost()).unwrap());
    assert!(lost.contains("HTTP 503, waited too long for an endpoint\n"), "{lost}");
    assert!(lost.contains("  ✗ ttft p99 ≤ 2 s   lost   0 % of requests within\n"), "{lost}");
    let cut = runs::RunConfig { drain: SimDuration::ZERO, ..runs::calm() };
    let cut = wide(&runs::subject(), &run(&cut).unwrap());
    assert!(cut.contains("at the end of the run, censored\n"), "{cut}");
    let mut two = runs::calm();
    two.workloads.push(two.workloads[0].clone());
    let two = wide(&runs::subject(), &run(&two).unwrap());
    assert!(two.contains("chat 119, workload-1 119\n"), "{two}");
}

#[test]
fn a_missed_limit_stands_beside_what_was_seen() {
    let mut config = runs::up_and_down();
    config.record.objectives[0].limit = SimDuration::from_ms(500);
    config.record.objectives[0].quantile = 0.5;
    let text = wide(&runs::subject(), &run(&config).unwrap());
    assert!(text.starts_with("burst: MISSED the objective — TTFT p50 1.00 s > 500 ms · "), "{text}");
    assert!(text.contains("\n  ✗ ttft p50 ≤ 500 ms   1.00 s > 500 ms   0 % of requests within\n"), "{text}");
}

#[test]
fn the_same_run_gives_the_same_text() {
    let texts = || wide(&runs::subject(), &run(&runs::burst()).unwrap());
    assert_eq!(texts(), texts());
}
