//! The scale-down window is a rolling maximum of recommendations, and no cooldown.

use super::{changes_per_hour, evaluations, load, mean_replicas, paper, reading, reasons, runs, target};
use forescale::core::autoscaler::hpa::LimitReason;
use forescale::core::record::{RunRecord, SyncRecord};
use forescale::kernel::{SimDuration, SimTime};
use std::collections::VecDeque;

fn run(window_s: u32) -> RunRecord {
    let window = format!("hpa.behavior.scaleDown.stabilizationWindowSeconds={window_s}");
    runs(&load("s8-flapping", None, &[window]), 1).remove(0)
}

/// The replicas that the metric asks for by itself, from what it read; none where it failed.
fn asked(sync: &SyncRecord) -> Option<u32> {
    let (_, read) = evaluations(sync).next()?;
    Some(paper::asked(reading(read), target(read), sync.from))
}

/// Each sync decides the greatest of the recommendations within the window, its own among them. A rate limit stands above that, and what it has left out
/// is not made up for later: the window only bounds how far down a sync goes.
#[test]
fn each_sync_decides_the_greatest_recommendation_of_the_window() {
    for window_s in [30, 60, 300, 600] {
        let record = run(window_s);
        let window = SimDuration::from_secs(window_s.into());
        // The first sync remembers the replicas that it found.
        let first = &record.syncs[0];
        let mut recommendations: VecDeque<(SimTime, u32)> = VecDeque::from([(first.at, first.from)]);
        let (mut decided, mut held, mut limited) = (0, 0, 0);
        for sync in &record.syncs {
            let Some(asked) = asked(sync) else {
                assert_eq!(sync.to(), sync.from);
                continue;
            };
            recommendations.push_back((sync.at, asked));
            while recommendations.front().is_some_and(|(at, _)| sync.at.since(*at) >= window) {
                recommendations.pop_front();
            }
            let greatest = recommendations.iter().map(|(_, count)| *count).max().unwrap();
            let clamp = reasons(sync).clamp.as_ref().unwrap();
            let expected = match clamp.reason {
                LimitReason::DesiredWithinRange => sync.from.max(asked).min(greatest),
                // Twice the replicas of 15 s ago at most.
                LimitReason::ScaleUpLimit => 2 * sync.from,
                other => panic!("{other:?}"),
            };
            assert_eq!(sync.to(), expected, "{}: {}", sync.at, sync.decision.reason);
            decided += 1;
            held += u32::from(greatest > asked);
            limited += u32::from(greatest != sync.to());
        }
        println!(
            "window {window_s} s: {decided} syncs, {held} held above what they ask for, {limited} below the maximum"
        );
        assert!(decided > 2_000 && held > 500 && limited < decided / 50);
    }
}

/// The guides' comments on the window read as if a scaling were followed by a pause of that length. Counted is at how many syncs that rule, from the
/// same reading and the same past, decides something else; and what would become of the run by it.
#[test]
fn a_cooldown_would_decide_otherwise() {
    for (window_s, least_share) in [(30, 0.1), (60, 0.1), (300, 0.25), (600, 0.25)] {
        let record = run(window_s);
        let pause = SimDuration::from_secs(window_s.into());
        let cooled =
            |last: Option<SimTime>, sync: &SyncRecord| last.is_none_or(|at| sync.at.since(at) >= pause);
        let (mut last, mut differ, mut decided) = (None, 0, 0);
        let (mut own, mut own_last, mut changes, mut sum) = (4, None, 0, 0);
        for sync in &record.syncs {
            let Some(asked) = asked(sync) else { continue };
            let by_cooldown = if asked > sync.from || cooled(last, sync) { asked } else { sync.from };
            differ += u32::from(by_cooldown != sync.to());
            decided += 1;
            if sync.to() != sync.from {
                last = Some(sync.at);
            }
            // Nobody waits, so what runs does not depend on the replicas: the rule can be followed through the same readings.
            let (_, read) = evaluations(sync).next().unwrap();
            let wish = paper::asked(reading(read), target(read), own);
            if wish > own || wish < own && cooled(own_last, sync) {
                (own, own_last, changes) = (wish, Some(sync.at), changes + 1);
            }
            sum += own;
        }
        let share = f64::from(differ) / f64::from(decided);
        println!(
            "window {window_s} s: a cooldown decides otherwise at {differ} of {decided} syncs; by itself {:.1} changes/h and {:.2} replicas, the window {:.1} and {:.2}",
            f64::from(changes) / 10.0,
            f64::from(sum) / f64::from(decided),
            changes_per_hour(&record),
            mean_replicas(&record),
        );
        assert!(share > least_share, "{share}");
        assert!(f64::from(changes) / 10.0 > 1.2 * changes_per_hour(&record));
    }
}
