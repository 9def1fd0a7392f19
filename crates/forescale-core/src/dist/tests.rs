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
    (0..4, number.clone(), number).prop_map(|(variant, a, b)| match variant {
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
