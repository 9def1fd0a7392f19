//! The loop against the closed forms of queueing theory.

use crate::support::station;
use forescale::core::dist::Dist;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Mean time in the system of M/M/c with unit service time (Erlang C).
fn mean_time_in_system(servers: u32, load: f64) -> f64 {
    let c = f64::from(servers);
    let offered = c * load;
    let mut term = 1.0;
    let mut sum = 0.0;
    for k in 0..servers {
        sum += term;
        term *= offered / f64::from(k + 1);
    }
    let waiting = term / (1.0 - load);
    let wait_probability = waiting / (sum + waiting);
    1.0 + wait_probability / (c - offered)
}

/// Whether a 95 % t interval over 20 replications of 10,000 customers holds the theoretical mean.
fn interval_holds(servers: u32, load: f64, seed: u64) -> bool {
    const REPLICATIONS: u64 = 20;
    let means: Vec<f64> = (0..REPLICATIONS)
        .map(|replication| {
            let rate = load * f64::from(servers);
            let service = Dist::Exponential { mean: 1.0 };
            let config = station(servers, rate, service, 10_000, seed * 1000 + replication);
            let record = forescale::core::run(&config).unwrap();
            assert_eq!(record.latencies.e2e.count(), 10_000);
            record.latencies.e2e.mean().unwrap()
        })
        .collect();
    let n = REPLICATIONS as f64;
    let mean = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).unwrap().inverse_cdf(0.975);
    let half_width = t * (variance / n).sqrt();
    (mean - mean_time_in_system(servers, load)).abs() <= half_width
}

fn seeds_that_hold(servers: u32) -> usize {
    (1..=50_u64).into_par_iter().filter(|&seed| interval_holds(servers, 0.8, seed)).count()
}

#[test]
fn erlang_c_itself() {
    // M/M/1 at 0.8: 1/(1 − 0.8); M/M/2 at 0.8: 1/(1 − 0.8²), by hand.
    assert!((mean_time_in_system(1, 0.8) - 5.0).abs() < 1e-12);
    assert!((mean_time_in_system(2, 0.8) - 1.0 / 0.36).abs() < 1e-12);
}

#[test]
fn one_server() {
    let held = seeds_that_hold(1);
    println!("M/M/1: {held} of 50 intervals hold the mean");
    assert!(held >= 43, "{held} of 50");
}

#[test]
fn four_servers() {
    let held = seeds_that_hold(4);
    println!("M/M/4: {held} of 50 intervals hold the mean");
    assert!(held >= 43, "{held} of 50");
}
