//! S2: the guide's 250/250 where the running target is above the ceiling. The queue alone scales, and never settles.

use super::{
    changes_per_hour, evaluations, load, mean, mean_replicas, of_runs, reasons, reversals_per_hour, runs,
};
use forescale::core::record::RunRecord;
use forescale::experiment::statistics::Difference;

const SEEDS: u64 = 3;

fn variant(name: Option<&str>, sets: &[&str]) -> Vec<RunRecord> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    runs(&load("s2-limit-cycle", name, &sets), SEEDS)
}

fn wait(record: &RunRecord, quantile: f64) -> f64 {
    record.latencies.queue_wait.quantile(quantile).unwrap()
}

fn mean_wait(record: &RunRecord) -> f64 {
    record.latencies.queue_wait.mean().unwrap()
}

fn tell(name: &str, records: &[RunRecord]) {
    let of = |kpi: &dyn Fn(&RunRecord) -> f64| mean(records.iter().map(kpi));
    println!(
        "{name}: {:.1} changes/h, {:.1} reversals/h (a cycle has two), {:.2} replicas, {:.1} GPU-hours, wait {:.1} s in the mean, p99 {:.0} s",
        of(&changes_per_hour),
        of(&reversals_per_hour),
        of(&mean_replicas),
        of(&RunRecord::gpu_hours),
        of(&mean_wait),
        of(&|record: &RunRecord| wait(record, 0.99)),
    );
}

/// 1 → 2 → 3 → 2 → 1, for ever, and every change is the queue's.
#[test]
fn above_the_ceiling_the_queue_cycles() {
    let cycle = variant(None, &[]);
    tell("250/250", &cycle);
    for record in &cycle {
        assert!((3.0..=6.0).contains(&reversals_per_hour(record)), "{}", reversals_per_hour(record));
        assert!((2.3..=2.7).contains(&mean_replicas(record)), "{}", mean_replicas(record));
        assert!(wait(record, 0.99) > 150.0);
        for up in record.scalings().filter(|sync| sync.to() > sync.from) {
            assert_eq!(reasons(up).winner, Some(0), "{}", up.decision.reason);
        }
        let running =
            record.syncs.iter().flat_map(evaluations).filter(|(name, _)| *name == "igw_running_requests");
        let sizes: Vec<i32> = running.map(|(_, read)| read.proposal).collect();
        assert!(!sizes.is_empty() && sizes.iter().all(|size| *size <= 1), "it never asks for a second pod");
    }
}

/// With 24 three pods stay, with 50 two do.
#[test]
fn a_target_below_the_ceiling_settles() {
    let cycle = variant(None, &[]);
    for (name, size, dearer) in [("running-24", 3, (1.1, 1.25)), ("running-50", 2, (0.75, 0.95))] {
        let settled = variant(Some(name), &[]);
        tell(name, &settled);
        for record in &settled {
            assert!(reversals_per_hour(record) <= 0.7, "{}", reversals_per_hour(record));
            assert_eq!(record.syncs.last().unwrap().to(), size);
        }
        let ratio = |kpi: fn(&RunRecord) -> f64| mean(settled.iter().map(kpi)) / mean(cycle.iter().map(kpi));
        assert!(ratio(mean_wait) < 0.1, "{}", ratio(mean_wait));
        let hours = ratio(RunRecord::gpu_hours);
        assert!((dearer.0..=dearer.1).contains(&hours), "{hours}");
        let more = Difference::paired(
            &of_runs(&cycle, RunRecord::gpu_hours),
            &of_runs(&settled, RunRecord::gpu_hours),
        )
        .unwrap();
        assert!(more.is_detected());
    }
    tell("running-30", &variant(Some("running-30"), &[]));
}

fn from_the_start(pods: u32, rate: f64) -> Vec<RunRecord> {
    let sets = [
        "scenario.duration='1h'".to_owned(),
        format!("autoscaler.fixed.replicas={pods}"),
        format!("deployment.replicas={pods}"),
        format!("workload.chat.arrivals.poisson.rate={rate}"),
    ];
    variant(None, &[&sets[0], &sets[1], &sets[2], &sets[3]])
}

/// Two pods are enough as long as nobody waits: the cycle is not for want of pods.
#[test]
fn two_pods_from_the_start_are_enough() {
    for (pods, rate) in [(2, 2.5), (3, 2.5), (3, 3.2)] {
        let records = from_the_start(pods, rate);
        tell(&format!("{pods} from the start, {rate} requests/s"), &records);
        assert!(records.iter().all(|record| wait(record, 0.99) < 1.0));
    }
}

/// The gate looks at the mean over pods. A hundred requests that went to one of them between two polls close it for the others too, which run empty
/// meanwhile: two pods with a queue before them serve a third more than one does, and three less than three could.
#[test]
fn a_queue_leaves_pods_idle() {
    let served = |pods| {
        let records = from_the_start(pods, 6.0);
        // After a quarter of an hour the queue is long.
        let bins = |record: &RunRecord| {
            let full = record.timeline.iter().filter(|bin| bin.queue_size > 500);
            let (finished, bins) = full.fold((0, 0_u32), |(sum, count), bin| (sum + bin.finished, count + 1));
            let width = record.timeline[0].at.since_start().as_secs_f64();
            finished as f64 / (f64::from(bins) * width)
        };
        mean(records.iter().map(bins))
    };
    let [one, two, three] = [1, 2, 3].map(served);
    println!("pods with a queue serve {one:.2}, {two:.2}, {three:.2} requests/s");
    assert!((1.4..1.6).contains(&one) && two < 1.5 * one && (1.4 * two..2.2 * one).contains(&three));
}

/// As stated for a load that two pods cannot serve and three can (3.2 of 3.0 and 4.5 requests/s), the queue would empty before three pods. It does not, so
/// nothing cycles: three pods stay, and so does the queue.
#[test]
fn a_queue_that_three_pods_would_not_have_stays_with_them() {
    for record in variant(None, &["workload.chat.arrivals.poisson.rate=3.2"]) {
        assert_eq!(record.scalings().count(), 2);
        assert!(record.timeline.last().unwrap().queue_size > 1_000);
    }
}

/// Steps of half a second leave the gate open for as long: the ceiling is then above 275, so that 250 does fire. It does not help.
#[test]
fn long_steps_lift_the_ceiling_above_250() {
    let records = variant(Some("long-steps"), &["scenario.duration='1h'", "autoscaler.fixed.replicas=1"]);
    let greatest = records.iter().flat_map(|record| &record.timeline).map(|bin| bin.epp_running).max();
    println!("8192 tokens a step: {greatest:?} running requests on one pod");
    assert!(greatest > Some(600));
    for record in variant(Some("long-steps"), &[]) {
        assert!(record.timeline.last().unwrap().queue_size > 1_000);
    }
}
