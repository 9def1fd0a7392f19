//! `scenarios/burst.toml`: the guide's HPA meets a burst.

use crate::support::scenario;
use forescale::core::outcome::Outcome;
use forescale::core::record::RunRecord;
use forescale::kernel::{SimDuration, SimTime};
use rayon::prelude::*;

fn run(seed: u64) -> RunRecord {
    let mut config = scenario("scenarios/burst.toml").config;
    config.seed = seed;
    forescale::core::run(&config).unwrap()
}

fn minute(minutes: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(60 * minutes)
}

#[test]
fn three_replicas_then_quiet_then_one() {
    let runs: Vec<(u64, RunRecord)> = (1..=20_u64).into_par_iter().map(|seed| (seed, run(seed))).collect();
    for (seed, record) in runs {
        let events: Vec<_> = record.scalings().collect();
        let first_down = events.iter().position(|event| event.to() < event.from).expect("a scale-down");
        let (ups, downs) = events.split_at(first_down);
        assert_eq!(ups.last().map(|event| event.to()), Some(3), "seed {seed}: peak");
        assert!(
            ups.iter().all(|event| event.at > minute(5) && event.at < minute(8)),
            "seed {seed}: ups in the burst"
        );
        assert!(
            downs.iter().all(|event| event.to() < event.from && event.at > minute(10)),
            "seed {seed}: downs after"
        );
        assert_eq!(downs.last().map(|event| event.to()), Some(1), "seed {seed}: end");
        let ttft = record.attainments[0];
        assert!(!ttft.is_met && !record.meets_objectives(), "seed {seed}: {ttft:?}");
    }
}

#[test]
fn another_seed_is_another_run() {
    assert_eq!(run(7).fingerprint, run(7).fingerprint);
    assert_ne!(run(7).fingerprint, run(8).fingerprint);
}

/// "One replica serves about 38" of the scenario's comment: finished requests per second of one saturated replica.
#[test]
fn capacity_of_one_replica() {
    let mut config = scenario("scenarios/burst.toml").config;
    config.autoscaler =
        forescale::core::AutoscalerFactory::new(|_| Box::new(forescale::core::autoscaler::Fixed::new(1)));
    let record = forescale::core::run(&config).unwrap();
    let saturated = record.timeline.iter().filter(|bin| bin.at > minute(6) && bin.at <= minute(10));
    let (finished, bins) =
        saturated.fold((0, 0), |(finished, bins), bin| (finished + bin.finished, bins + 1));
    let per_s = finished as f64 / (f64::from(bins) * config.record.bin.as_secs_f64());
    println!("one replica serves {per_s:.1} requests/s");
    assert!((36.0..40.0).contains(&per_s), "{per_s}");
    assert!(record.account.with(Outcome::EvictedTtl) > 0, "waits of 60 s end with 429");
}
