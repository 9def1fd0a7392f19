//! What is told of runs that somebody made up.

use super::sweep_text;
use crate::text::Style;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{Axis, Finished, Objective, Outcome, Plan, Point, Run, Swept};
use unicode_width::UnicodeWidthStr;

/// Settings with their GPU-hours and whether each of their runs meets the objective; the last one is the base, which is not tried.
fn swept(settings: &[(f64, &[bool])]) -> Swept {
    let path = |axis: usize| format!("hpa.spec.metric-{axis}.target");
    let axis =
        |place: usize| Axis { path: path(place), values: vec!["1".to_owned(), "2".to_owned()], base: None };
    let point = |place: usize| Point {
        values: vec![Some(place.to_string()), Some("25000".to_owned()), Some("300".to_owned())],
        is_base: place + 1 == settings.len(),
        is_tried: place + 1 < settings.len(),
    };
    let plan = Plan {
        scenario: "made-up".to_owned(),
        tool_version: "0".to_owned(),
        inputs: String::new(),
        seed: 7,
        replications: settings[0].1.len() as u32,
        is_grid: true,
        objectives: vec![Objective { measure: "ttft".to_owned(), quantile: 0.95, limit_s: 5.0 }],
        workloads: vec!["chat".to_owned()],
        axes: (0..3).map(axis).collect(),
        points: (0..settings.len()).map(point).collect(),
    };
    let run = |point: usize, replication: usize, gpu_hours: f64, is_met: bool| {
        let noise = 1.0 + 0.01 * replication as f64;
        let kpis = [
            ("gpu_hours", gpu_hours),
            ("attainment", 0.7),
            ("ttft_p99", 40.0 * noise),
            ("scale_events", 7.0 * noise),
        ];
        let finished = Finished {
            fingerprint: format!("{gpu_hours} {replication}"),
            is_met,
            kpis: kpis.map(|(name, value)| (name.to_owned(), value)).into(),
            signals: Vec::new(),
            first_scale_up_s: None,
        };
        let seed = 7 + replication as u64;
        Run { point, replication: replication as u32, seed, outcome: Outcome::Finished(Box::new(finished)) }
    };
    let of_point = |(point, (hours, met)): (usize, &(f64, &[bool]))| {
        met.iter()
            .enumerate()
            .map(|(replication, met)| run(point, replication, *hours, *met))
            .collect::<Vec<_>>()
    };
    Swept::new(plan, settings.iter().enumerate().flat_map(of_point).collect())
}

/// The text in one line for each paragraph's words.
fn told(settings: &[(f64, &[bool])]) -> String {
    let text = sweep_text(&swept(settings), Kpi::GpuHours, Style { width: 1000, color: false });
    assert!(!text.contains('…'), "{text}");
    text
}

#[test]
fn the_closest_is_not_called_the_best() {
    let text = told(&[(2.0, &[true, false]), (1.0, &[false, false]), (0.5, &[false, false])]);
    assert!(text.starts_with("made-up: no setting meets the objective TTFT p95 ≤ 5 s in all 2 replications; the closest does in 1 of 2"), "{text}");
    for part in [
        "2 settings, none of which meets the objectives in every replication; 6 runs with seeds 7 to 8;",
        "\nSettings  the closest; none meets the objectives in every replication\n",
        "\nClosest and as it stands  ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let head = text.lines().skip_while(|line| !line.starts_with("Closest and")).nth(1).unwrap_or_default();
    assert!(head.trim_start().starts_with("closest "), "{text}");
    assert!(!text.contains("best") && !text.contains("alike"), "{text}");
}

#[test]
fn one_of_a_kind_is_told_so() {
    let text = told(&[(2.0, &[true]), (0.5, &[false])]);
    for part in [
        " in the one replication: ",
        ", not found to differ from the scenario as it stands, which misses in 1 of 1\n",
        "1 setting, which meets the objectives in every replication; 2 runs with seed 7; n = 1, no interval\n",
        "\nSettings  the best that meet the objectives in every replication\n",
        "\nBest and as it stands  ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text =
        told(&[(2.0, &[true, true]), (1.0, &[true, false]), (2.0, &[true, true]), (0.5, &[false, true])]);
    assert!(
        text.contains("3 settings, 2 of which meet the objectives") && text.contains("; alike: others"),
        "{text}"
    );
    let text = told(&[(2.0, &[true, true]), (1.0, &[true, false]), (0.5, &[false, true])]);
    assert!(text.contains("2 settings, 1 of which meets the objectives"), "{text}");
}

#[test]
fn a_narrow_page_cuts_off_nothing() {
    let met: &[bool] = &[true, true, true];
    let swept = swept(&[(2.125, met), (2.5, met), (2.125, met), (0.5, &[false, false, true])]);
    for width in [60, 80, 100] {
        let text = sweep_text(&swept, Kpi::GpuHours, Style { width, color: false });
        assert!(text.lines().all(|line| line.width() <= width) && !text.contains('…'), "{text}");
        assert!(text.contains("alike\n") && text.contains("+1\n") && text.contains("7.07 ±0.17"), "{text}");
    }
}
