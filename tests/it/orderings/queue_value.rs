//! A queue's `Value` multiplies with the Ready pods, its `AverageValue` does not.

use super::{evaluations, load, mean, of_runs, reading, reasons, runs, target};
use forescale::core::autoscaler::hpa::{Evaluation, TargetKind};
use forescale::core::record::{PodEvent, RunRecord, SyncRecord};
use forescale::experiment::statistics::Difference;
use forescale::kernel::SimTime;

const SEEDS: u64 = 5;
const QUEUE: &str = "igw_queue_depth";

/// A burst of 60 requests/s before replicas that serve 38 each, with the guide's target of 250 and room for 20 replicas.
fn burst(variant: &str) -> Vec<RunRecord> {
    let sets = ["hpa.maxReplicas=20".to_owned(), format!("hpa.metrics.{QUEUE}.target=250")];
    runs(&load("metric-choice", Some(variant), &sets), SEEDS)
}

/// Ready pods by the log of pods. One that is being deleted stays Ready until it is gone.
fn ready(record: &RunRecord, at: SimTime) -> i64 {
    let until_then = record.pods.iter().filter(|(when, ..)| *when <= at);
    let pods: Vec<_> = until_then.map(|(_, pod, event)| (*pod, *event)).collect();
    let is_gone = |pod| pods.contains(&(pod, PodEvent::Gone));
    pods.iter().filter(|(pod, event)| *event == PodEvent::Ready && !is_gone(*pod)).count() as i64
}

fn is_tolerated(ratio: f64) -> bool {
    (0.9..=1.1).contains(&ratio)
}

/// The queue's evaluation at each sync that has one.
fn looks(record: &RunRecord) -> impl Iterator<Item = (&SyncRecord, &Evaluation)> {
    let of_queue = |sync| evaluations(sync).find(|(name, _)| *name == QUEUE);
    record.syncs.iter().filter_map(move |sync| Some((sync, of_queue(sync)?.1)))
}

/// Every proposal from nothing but the queue that was read, the target, and the pods: one Ready pod asks for q/T, three ask for 3q/T.
#[test]
fn value_asks_for_so_many_per_ready_pod() {
    let mut outside = [0; 21];
    for record in burst("queue-value") {
        for (sync, read) in looks(&record) {
            let (ratio, ready) = (reading(read) / target(read), ready(&record, sync.at));
            let expected = match is_tolerated(ratio) {
                true => i64::from(sync.from),
                false => (ratio * ready as f64).ceil() as i64,
            };
            assert_eq!(
                (read.kind, i64::from(read.proposal)),
                (TargetKind::Value, expected),
                "{}",
                sync.decision.reason
            );
            if ratio > 1.1 {
                outside[ready as usize] += 1;
            }
        }
    }
    println!("syncs with a queue above the target, by Ready pods: {outside:?}");
    assert!(outside[1] > 10 && outside[2..].iter().sum::<i32>() > 10);
}

/// Pods do not enter but through the tolerance.
#[test]
fn average_value_asks_for_the_queue_over_the_target() {
    let mut several = 0;
    for record in burst("queue-average") {
        for (sync, read) in looks(&record) {
            let queue = reading(read) / target(read);
            let expected = match is_tolerated(queue / f64::from(sync.from)) {
                true => i64::from(sync.from),
                false => queue.ceil() as i64,
            };
            assert_eq!(
                (read.kind, i64::from(read.proposal)),
                (TargetKind::AverageValue, expected),
                "{}",
                sync.decision.reason
            );
            several += u32::from(queue > 1.1 && ready(&record, sync.at) > 1);
        }
    }
    assert!(several > 10, "{several}");
}

/// The pods that were asked for while one was Ready come into a queue that they have not served yet, and `Value` counts each of them.
#[test]
fn value_overshoots() {
    let (average, value) = (burst("queue-average"), burst("queue-value"));
    let peak = |record: &RunRecord| f64::from(record.syncs.iter().map(SyncRecord::to).max().unwrap());
    let ttft = |record: &RunRecord| record.latencies.ttft.quantile(0.95).unwrap();
    for (name, kpi) in [
        ("peak replicas", &peak as &dyn Fn(&RunRecord) -> f64),
        ("GPU-hours", &RunRecord::gpu_hours),
        ("TTFT p95, s", &ttft),
    ] {
        let of = |records: &[RunRecord]| mean(records.iter().map(kpi));
        println!("{name}: {:.2} by AverageValue, {:.2} by Value", of(&average), of(&value));
    }
    let more = |kpi: &dyn Fn(&RunRecord) -> f64| {
        Difference::paired(&of_runs(&average, kpi), &of_runs(&value, kpi))
            .unwrap()
            .estimate()
            .interval()
            .unwrap()
    };
    assert!(more(&peak).0 >= 8.0 && more(&RunRecord::gpu_hours).0 > 0.5);
    // What it is for, it hardly does: users have waited already.
    assert!(
        of_runs(&average, ttft).iter().zip(of_runs(&value, ttft)).all(|(a, b)| b.unwrap() > 0.9 * a.unwrap())
    );
    assert!(average.iter().zip(&value).all(|(average, value)| peak(value) >= peak(average)));
}

/// The guide's HPA has both a queue and running requests: what it asks for is the most that either does.
#[test]
fn several_metrics_ask_for_the_most_of_any() {
    let (mut by_queue, mut by_running) = (0, 0);
    for record in runs(&load("burst", None, &[]), 3) {
        for sync in &record.syncs {
            let proposals: Vec<i32> = evaluations(sync).map(|(_, read)| read.proposal).collect();
            let [queue, running] = proposals[..] else { continue };
            assert_eq!(sync.decision.sync.as_ref().unwrap().recommendation, Some(queue.max(running)));
            assert_eq!(reasons(sync).winner, Some(usize::from(running > queue)));
            by_queue += u32::from(queue > running);
            by_running += u32::from(running > queue);
        }
    }
    println!("{by_queue} syncs by the queue, {by_running} by running requests");
    assert!(by_queue > 5 && by_running > 5);
}
