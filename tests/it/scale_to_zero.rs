//! `scenarios/scale-to-zero.toml`: the pool sleeps while nobody asks, and wakes.

use crate::support::root;
use forescale::core::outcome::Outcome;
use forescale::core::record::RunRecord;
use forescale::kernel::{SimDuration, SimTime};
use forescale::scenario::{Rejection, Scenario};
use rayon::prelude::*;

const PERCENT_ALONE: &str =
    "hpa.spec.behavior.scaleUp.policies=[{ type = 'Percent', value = 100, periodSeconds = 15 }]";

fn load(sets: &[&str]) -> Result<Scenario, Box<Rejection>> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    Scenario::load_with(&root().join("scenarios/scale-to-zero.toml"), &sets)
}

fn run(scenario: &Scenario, seed: u64) -> RunRecord {
    let mut config = scenario.config.clone();
    config.seed = seed;
    forescale::core::run(&config).unwrap()
}

fn minute(minutes: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(60 * minutes)
}

/// The last replica goes in the silence, the first request brings one back, and nobody is turned away meanwhile.
#[test]
fn one_none_one() {
    let scenario = load(&[]).unwrap();
    assert_eq!(scenario.report.diagnostics(), []);
    (1..=20_u64).into_par_iter().for_each(|seed| {
        let record = run(&scenario, seed);
        let scalings: Vec<_> = record.scalings().collect();
        let at = |index: usize| scalings[index].at;
        assert_eq!((scalings[0].from, scalings[0].to()), (1, 0), "seed {seed}");
        assert!(at(0) > minute(32) && at(0) < minute(35), "seed {seed}: {}", at(0));
        assert_eq!((scalings[1].from, scalings[1].to()), (0, 1), "seed {seed}");
        assert!(at(1) > minute(60) && at(1) < minute(62), "seed {seed}: {}", at(1));
        assert!(scalings[2..].iter().all(|scaling| scaling.to() > 0), "seed {seed}: awake to the end");
        assert_eq!(record.account.with(Outcome::EvictedNoEndpoints), 0, "seed {seed}");
        assert!(record.meets_objectives(), "seed {seed}: {:?}", record.attainments);
    });
}

/// A share of nothing is nothing: the rule of `calculateScaleUpLimitWithScalingRules` in Kubernetes 1.36.2, and it is warned of.
#[test]
fn a_percent_policy_alone_never_leaves_zero() {
    let scenario = load(&[PERCENT_ALONE]).unwrap();
    let codes: Vec<&str> = scenario.report.warnings().map(|warning| warning.code.id).collect();
    assert_eq!(codes, ["F106"]);
    let record = run(&scenario, 7);
    assert_eq!(record.scalings().map(|scaling| scaling.to()).collect::<Vec<_>>(), [0]);
    assert!(record.account.with(Outcome::EvictedNoEndpoints) > 1000);
}

#[test]
fn gates_go_by_the_names_of_kubernetes() {
    let refused = |set: &str| load(&[set]).unwrap_err().to_string();
    let off = refused("kubernetes.feature_gates.HPAScaleToZero=false");
    assert!(off.contains("error[F022]") && off.contains("spec.minReplicas"), "{off}");
    let unknown = refused("kubernetes.feature_gates.HPAScaleToZro=true");
    assert!(
        unknown.contains("HPAScaleToZro") && unknown.contains("did you mean `HPAScaleToZero`?"),
        "{unknown}"
    );
}
