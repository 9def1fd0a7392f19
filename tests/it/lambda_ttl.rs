//! The law λ·TTL: what a bounded queue can show an autoscaler.

use crate::support::{scenario, unit_lengths};
use forescale::core::autoscaler::Fixed;
use forescale::core::demand::{Arrivals, Rate, Source};
use forescale::core::outcome::Outcome;
use forescale::core::record::RequestRecord;
use forescale::core::{AutoscalerFactory, RunConfig};
use forescale::kernel::{SimDuration, SimTime};

fn config(rate: f64) -> RunConfig {
    let mut config = scenario("tests/it/scenarios/lambda-ttl.toml").config;
    let arrivals = Arrivals::Constant(Rate::constant(rate).unwrap(), unit_lengths());
    config.workloads[0].source = Source::Open(arrivals);
    config
}

fn scalings(rate: f64, seed: u64) -> usize {
    let config = RunConfig { seed, ..config(rate) };
    forescale::core::run(&config).unwrap().scalings().count()
}

#[test]
fn silent_below_and_firing_above() {
    for seed in 1..=5 {
        assert_eq!(scalings(4.4, seed), 0, "seed {seed}");
        assert!(scalings(4.7, seed) > 0, "seed {seed}");
    }
}

/// With one replica the share of requests that are lost is 1 − μ/λ, once the queue is as long as it gets and while waits end.
#[test]
fn the_lost_share_of_an_overloaded_replica() {
    for rate in [2.5, 4.4, 8.0] {
        let mut config = config(rate);
        config.autoscaler = AutoscalerFactory::new(|_| Box::new(Fixed::new(1)));
        config.record.log_requests = true;
        let record = forescale::core::run(&config).unwrap();
        let at = |s: u64| SimTime::ZERO + SimDuration::from_secs(s);
        let counted = at(180)..=at(3600 - 62);
        let settled: Vec<_> =
            record.requests.iter().filter(|line| counted.contains(&line.request.arrival)).collect();
        let is_lost =
            |line: &&&RequestRecord| line.end.is_some_and(|(_, outcome, _)| outcome == Outcome::EvictedTtl);
        let share = settled.iter().filter(is_lost).count() as f64 / settled.len() as f64;
        let expected = 1.0 - 1.9 / rate;
        println!("λ {rate}/s: lost {share:.4}, 1 − μ/λ {expected:.4}");
        assert!((share - expected).abs() < 0.01, "λ {rate}: {share} against {expected}");
    }
}
