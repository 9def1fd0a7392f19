//! Distributions against what they state.

use super::*;
use forescale_kernel::random;
use proptest::prelude::*;

#[test]
fn sample_means_meet_the_stated_means() {
    let cases = [
        Dist::Constant(3.0),
        Dist::Uniform { min: 1.0, max: 5.0 },
        Dist::Lognormal { mean: 512.0, sigma: 0.8 },
        Dist::Exponential { mean: 0.5 },
        Dist::Gamma { mean: 512.0, cv: 1.2 },
        Dist::Gamma { mean: 7.0, cv: 0.0 },
    ];
    for dist in cases {
        let mut random = random::stream(1, "dist", 0);
        let n = 200_000;
        let mean = (0..n).map(|_| dist.sample(&mut random)).sum::<f64>() / f64::from(n);
        assert!((mean / dist.mean() - 1.0).abs() < 0.01, "{dist:?}: {mean}");
    }
}

#[test]
fn uniform_tokens_reach_both_ends() {
    let mut random = random::stream(1, "dist", 1);
    let mut seen = [0; 5];
    for _ in 0..5000 {
        seen[Dist::Uniform { min: 1.0, max: 4.0 }.sample_tokens(&mut random) as usize] += 1;
    }
    assert_eq!(seen[0], 0);
    assert!(seen[1..].iter().all(|&n| n > 1100 && n < 1400), "{seen:?}");
}

fn any_dist() -> impl Strategy<Value = Dist> {
    let number = prop_oneof![Just(0.0), Just(f64::NAN), Just(-1.0), Just(f64::INFINITY), 0.0..1e12];
    (0..7, number.clone(), number).prop_map(|(variant, a, b)| match variant {
        4 => Dist::Gamma { mean: a, cv: b / 1e10 },
        5 => match Clamped::new(Dist::Exponential { mean: a }, Some(b), None) {
            Ok(clamped) => Dist::Clamped(Arc::new(clamped)),
            Err(_) => Dist::Constant(a),
        },
        6 => match Empirical::quantiles(vec![(0.0, a), (1.0, b)]) {
            Ok(empirical) => Dist::Empirical(Arc::new(empirical)),
            Err(_) => Dist::Constant(b),
        },
        0 => Dist::Constant(a),
        1 => Dist::Uniform { min: a, max: b },
        2 => Dist::Lognormal { mean: a, sigma: b },
        _ => Dist::Exponential { mean: a },
    })
}

proptest! {
    #[test]
    fn what_validates_never_gives_nonsense(dist in any_dist(), seed: u64) {
        prop_assume!(dist.validate().is_ok());
        let mut random = random::stream(seed, "dist", 0);
        let value = dist.sample(&mut random);
        prop_assert!(value >= 0.0 && value.is_finite());
        prop_assert!(dist.sample_tokens(&mut random) >= 1);
    }
}

const Z: f64 = 4.9;

fn sampled(dist: &Dist, n: u32) -> Vec<f64> {
    let mut random = random::stream(2, "dist", 2);
    (0..n).map(|_| dist.sample(&mut random)).collect()
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(share * values.len() as f64) as usize]
}

/// The whole number of values below a quantile is binomial.
#[test]
fn quantiles_are_met() {
    let points = vec![(0.0, 7.0), (0.5, 129.0), (0.95, 451.0), (1.0, 1000.0)];
    let dist = Dist::Empirical(Arc::new(Empirical::quantiles(points.clone()).unwrap()));
    assert!((dist.mean() - (0.5 * 68.0 + 0.45 * 290.0 + 0.05 * 725.5)).abs() < 1e-9);
    let n = 200_000;
    let values = sampled(&dist, n);
    assert!(values.iter().all(|value| (7.0..=1000.0).contains(value)));
    // Half-way between two points lies half of what is between them.
    for (value, share) in [(68.0, 0.25), (129.0, 0.5), (290.0, 0.725), (451.0, 0.95), (725.5, 0.975)] {
        let below = values.iter().filter(|drawn| **drawn < value).count() as f64 / f64::from(n);
        assert!(
            (below - share).abs() < Z * (share * (1.0 - share) / f64::from(n)).sqrt(),
            "{value}: {below}"
        );
    }
}

#[test]
fn values_come_by_their_weights_and_nothing_of_weight_0() {
    let weights = [(16.0, 120.0), (7.0, 0.0), (128.0, 40.0), (9.0, 0.0)];
    let dist = Dist::Empirical(Arc::new(Empirical::values(&weights).unwrap()));
    assert!((dist.mean() - 44.0).abs() < 1e-9);
    let n = 100_000;
    let values = sampled(&dist, n);
    let of = |value: f64| values.iter().filter(|drawn| **drawn == value).count();
    assert_eq!((of(7.0), of(9.0), of(16.0) + of(128.0)), (0, 0, n as usize));
    assert!((of(128.0) as f64 / f64::from(n) - 0.25).abs() < Z * (0.1875 / f64::from(n)).sqrt());
}

#[test]
fn a_mixture_takes_tokens_from_a_part_at_a_time() {
    let parts = vec![(3.0, Dist::Uniform { min: 1.0, max: 4.0 }), (1.0, Dist::Constant(8192.0))];
    let dist = Dist::Mixture(Arc::new(Mixture::new(parts).unwrap()));
    assert_eq!(dist.mean(), 0.75 * 2.5 + 0.25 * 8192.0);
    let mut random = random::stream(3, "dist", 0);
    let (n, mut seen) = (80_000, std::collections::BTreeMap::new());
    for _ in 0..n {
        *seen.entry(dist.sample_tokens(&mut random)).or_insert(0) += 1;
    }
    for (tokens, share) in [(1, 0.1875), (2, 0.1875), (3, 0.1875), (4, 0.1875), (8192, 0.25)] {
        let found = f64::from(seen[&tokens]) / f64::from(n);
        assert!(
            (found - share).abs() < Z * (share * (1.0 - share) / f64::from(n)).sqrt(),
            "{tokens}: {found}"
        );
    }
    let nested = Mixture::new(vec![(1.0, dist)]);
    assert_eq!(nested, Err(DistError::Mixture));
}

#[test]
fn cut_offs_gather_what_is_beyond_them() {
    let clamped = Clamped::new(Dist::Exponential { mean: 100.0 }, Some(10.0), Some(300.0)).unwrap();
    let dist = Dist::Clamped(Arc::new(clamped));
    assert_eq!(dist.mean(), 100.0);
    let n = 100_000;
    let mut values = sampled(&dist, n);
    let low = 1.0 - (-0.1f64).exp();
    let at_low = values.iter().filter(|value| **value == 10.0).count() as f64 / f64::from(n);
    assert!((at_low - low).abs() < Z * (low * (1.0 - low) / f64::from(n)).sqrt(), "{at_low}");
    assert_eq!((quantile(&mut values, 0.0), quantile(&mut values, 0.99)), (10.0, 300.0));
    // The mean of a clamped one: min + m·(e^(−min/m) − e^(−max/m)).
    let exact = 10.0 + 100.0 * ((-0.1f64).exp() - (-3f64).exp());
    let mean = values.iter().sum::<f64>() / f64::from(n);
    assert!((mean - exact).abs() < Z * 80.0 / f64::from(n).sqrt(), "{mean}, not {exact}");
}

#[test]
fn wrong_tables_are_named() {
    let quantiles = |points: &[(f64, f64)]| Empirical::quantiles(points.to_vec()).unwrap_err();
    assert_eq!(quantiles(&[]), DistError::Ends);
    assert_eq!(quantiles(&[(0.0, 1.0), (0.9, 2.0)]), DistError::Ends);
    assert_eq!(quantiles(&[(0.0, 1.0), (f64::NAN, 1.0), (1.0, 2.0)]), DistError::Probability(2));
    assert_eq!(quantiles(&[(0.0, 1.0), (1.0, f64::NAN)]), DistError::Quantile(2));
    assert_eq!(quantiles(&[(0.0, -1.0), (1.0, 1.0)]), DistError::Parameter("quantiles"));
    assert_eq!(Empirical::values(&[]), Err(DistError::Weights));
    assert_eq!(Empirical::values(&[(1.0, f64::INFINITY)]), Err(DistError::Parameter("weight")));
    assert_eq!(Empirical::values(&[(1.0, f64::MAX), (1.0, f64::MAX)]), Err(DistError::Weights));
    assert_eq!(Clamped::new(Dist::Constant(1.0), Some(2.0), Some(1.0)), Err(DistError::Order));
    assert_eq!(Dist::Gamma { mean: 1.0, cv: 100.1 }.validate(), Err(DistError::Cv));
}
