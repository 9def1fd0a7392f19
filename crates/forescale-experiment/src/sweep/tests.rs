//! What follows from runs that somebody made up.

use super::{Axis, Cause, Finished, Outcome, Plan, Point, Run, Shard, Signal, Swept, jobs};
use crate::kpi::Kpi;
use std::collections::BTreeMap;

/// A grid of two axes with two values each, and a base that it does not try.
fn plan() -> Plan {
    let axis = |path: &str, values: [&str; 2], base: &str| Axis {
        path: path.to_owned(),
        values: values.map(str::to_owned).to_vec(),
        base: Some(base.to_owned()),
    };
    let point = |values: [&str; 2], is_base| Point {
        values: values.map(|value| Some(value.to_owned())).to_vec(),
        is_base,
        is_tried: !is_base,
    };
    Plan {
        scenario: "made-up".to_owned(),
        tool_version: "0".to_owned(),
        inputs: String::new(),
        seed: 7,
        replications: 2,
        is_grid: true,
        objectives: Vec::new(),
        workloads: vec!["chat".to_owned()],
        axes: vec![axis("a", ["1", "2"], "2"), axis("b", ["\"1m\"", "\"2m\""], "\"3m\"")],
        points: vec![
            point(["1", "\"1m\""], false),
            point(["1", "\"2m\""], false),
            point(["2", "\"1m\""], false),
            point(["2", "\"2m\""], false),
            point(["2", "\"3m\""], true),
        ],
    }
}

fn run(point: usize, replication: u32, gpu_hours: f64, is_met: bool, first_s: Option<f64>) -> Run {
    let signal = Signal {
        name: "queue".to_owned(),
        kind: "Value".to_owned(),
        target: 250.0,
        acts_above: 275.0,
        greatest: 100.0 + point as f64,
        asked: u32::from(first_s.is_some()),
        first_asked_s: first_s,
    };
    let finished = Finished {
        fingerprint: String::new(),
        is_met,
        kpis: BTreeMap::from([("gpu_hours".to_owned(), gpu_hours)]),
        signals: vec![signal],
        first_scale_up_s: first_s,
    };
    let seed = 7 + u64::from(replication);
    Run { point, replication, seed, outcome: Outcome::Finished(Box::new(finished)) }
}

/// Both replications of each point: GPU-hours, in how many the objectives are met, when the first replica is added.
fn swept(points: [(f64, u32, Option<f64>); 5]) -> Swept {
    let runs = points.into_iter().enumerate().flat_map(|(point, (hours, met, first))| {
        [0, 1].map(|replication| run(point, replication, hours, replication < met, first))
    });
    // In any order.
    Swept::new(plan(), runs.rev().collect())
}

#[test]
fn the_best_meets_the_objectives_every_time() {
    let at = Some(60.0);
    let found = swept([(2.0, 2, at), (3.0, 2, at), (1.0, 1, at), (2.0, 2, at), (0.5, 0, None)]);
    // Of equally cheap ones that which keeps a value of the base; the base itself was not tried.
    assert_eq!(found.best(Kpi::GpuHours).map(|best| best.point), Some(3));
    let ranked: Vec<usize> = found.ranked(Kpi::GpuHours).iter().map(|setting| setting.point).collect();
    assert_eq!(ranked, [3, 0, 1]);
    let none = swept([(2.0, 1, at), (3.0, 0, at), (1.0, 1, at), (2.0, 0, at), (0.5, 0, None)]);
    assert_eq!(none.best(Kpi::GpuHours), None);
    assert_eq!(none.closest(Kpi::GpuHours).map(|closest| closest.point), Some(2));
}

/// By hand: the middle of 1, 3, 5 and 11 is 5, the squares sum up to 16 + 4 + 0 + 36 = 56; of axis a 2 · (9 + 9) = 36, of b 2 · (4 + 4) = 16.
#[test]
fn effects_by_hand() {
    let found = swept([(1.0, 2, None), (3.0, 2, None), (5.0, 2, None), (11.0, 2, None), (99.0, 2, None)]);
    let effects = found.effects("gpu_hours");
    assert_eq!(effects.iter().map(|effect| effect.axis).collect::<Vec<_>>(), [0, 1]);
    assert!((effects[0].share - 36.0 / 56.0).abs() < 1e-12 && (effects[1].share - 16.0 / 56.0).abs() < 1e-12);
    let same = swept([(1.0, 2, None); 5]);
    assert!(same.effects("gpu_hours").is_empty() && same.effects("ttft_p99").is_empty());
}

#[test]
fn what_was_wrong_is_told_apart() {
    let others = |base: (f64, u32, Option<f64>)| {
        let at = Some(60.0);
        swept([(2.0, 2, at), (3.0, 2, at), (4.0, 2, at), (5.0, 2, at), base])
    };
    let cause = |base| others(base).diagnosis(Kpi::GpuHours).unwrap().cause;
    assert_eq!(cause((1.0, 0, None)), Cause::NeverScales);
    let Cause::Late { at_s, runs, best_at_s, by_s } = cause((1.0, 0, Some(90.0))) else { panic!("not late") };
    assert_eq!((at_s, runs, best_at_s, by_s.mean), (90.0, 2, 60.0, 30.0));
    assert_eq!(cause((1.0, 1, Some(30.0))), Cause::Other);
    let three = crate::Estimate { mean: 3.0, half_width: Some(0.0) };
    assert_eq!(cause((5.0, 2, Some(60.0))), Cause::Costly(three));
    assert_eq!(cause((1.0, 2, Some(60.0))), Cause::Nothing);
    assert_eq!(cause((2.0, 2, Some(60.0))), Cause::Nothing);
    let reading = &others((1.0, 0, None)).diagnosis(Kpi::GpuHours).unwrap().readings[0];
    assert_eq!((reading.greatest, reading.greatest_anywhere, reading.asked_in), (104.0, 104.0, 0));
}

/// All shards together have each run once, and what is done is not done again.
#[test]
fn shards_have_every_run_once() {
    let plan = plan();
    let done = [run(0, 1, 1.0, true, None)];
    let all: Vec<_> = (1..=3)
        .flat_map(|number| jobs(&plan, Some(Shard { number, of: 3 }), &done))
        .map(|job| (job.point, job.replication))
        .collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    let whole: Vec<_> = jobs(&plan, None, &done).iter().map(|job| (job.point, job.replication)).collect();
    assert_eq!((sorted, all.len()), (whole, 9));
}
