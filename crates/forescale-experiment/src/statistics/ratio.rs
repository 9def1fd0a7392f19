//! A quotient of two sums over runs.

use super::Estimate;

/// The ratio of the expected numerator to the expected denominator, of one value of each per run: GPU-hours per request, for example. That
/// is not the mean of the runs' own ratios, which gives a run with few requests the weight of one with many.
///
/// By the jackknife (Miller 1974; Efron and Tibshirani 1993, chapter 11): each run is left out in turn, the pseudo-values
/// n·θ − (n−1)·θ₋ᵢ are taken as independent, and their mean and Student's t interval of 95 % are the result; its bias is of the order 1/n².
///
/// `None` without pairs, and where the denominators sum up to zero. One run has no interval, and neither have runs of which all but one
/// have a denominator of zero.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Estimate> {
    let (above, below) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
    let whole = above / below;
    let count = pairs.len() as f64;
    let pseudo = pairs.iter().map(|pair| count * whole - (count - 1.0) * (above - pair.0) / (below - pair.1));
    let pseudo: Vec<f64> = pseudo.collect();
    let estimate = Estimate::of(&pseudo).filter(|estimate| pairs.len() > 1 && estimate.mean.is_finite());
    let plain = Estimate { mean: whole, half_width: None };
    whole.is_finite().then_some(estimate.unwrap_or(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;
    use rand::RngExt;

    /// By hand: 6/4 in all; without the first 5/3, without the second 4/3 less, without the third 3/2.
    #[test]
    fn the_jackknife_by_hand() {
        let found = ratio(&[(1.0, 1.0), (2.0, 1.0), (3.0, 2.0)]).unwrap();
        let pseudo = [3.0 * 1.5 - 2.0 * 5.0 / 3.0, 3.0 * 1.5 - 2.0 * 4.0 / 3.0, 3.0 * 1.5 - 2.0 * 1.5];
        let mean: f64 = pseudo.iter().sum::<f64>() / 3.0;
        let square: f64 = pseudo.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 2.0 / 3.0;
        assert!((found.mean - mean).abs() < 1e-12);
        assert!((found.half_width.unwrap() - 4.302_653 * square.sqrt()).abs() < 1e-5);
    }

    #[test]
    fn there_is_no_ratio_to_nothing() {
        assert_eq!(ratio(&[]), None);
        assert_eq!(ratio(&[(1.0, 0.0), (2.0, 0.0)]), None);
        assert_eq!(ratio(&[(3.0, 2.0)]), Some(Estimate { mean: 1.5, half_width: None }));
        assert_eq!(ratio(&[(3.0, 2.0), (1.0, 0.0)]).unwrap().half_width, None);
    }

    proptest::proptest! {
        /// Where the numerator is a multiple of the denominator, the ratio is that factor for sure.
        #[test]
        fn a_constant_ratio_is_found(
            below in proptest::collection::vec(0.1f64..1e3, 2..20), factor in 0.1f64..1e3,
        ) {
            let pairs: Vec<(f64, f64)> = below.iter().map(|below| (factor * below, *below)).collect();
            let found = ratio(&pairs).unwrap();
            proptest::prop_assert!((found.mean / factor - 1.0).abs() < 1e-9);
            proptest::prop_assert!(found.half_width.unwrap() / factor < 1e-9);
        }
    }

    /// Numerator 2·x plus noise of its own over a denominator x, uniform on 0.5 to 1.5: the true ratio is 2. Of 2,000 intervals over 20 runs,
    /// 1,900 hold it, give or take four standard deviations (39); the interval of the delta method is as wide to a few per cent.
    #[test]
    fn intervals_hold_the_true_ratio() {
        let mut stream = random::stream(12, "ratio", 0);
        let mut held = 0;
        for _ in 0..2_000 {
            let mut pair = || {
                let below = 0.5 + stream.random::<f64>();
                (2.0 * below + stream.random::<f64>() - 0.5, below)
            };
            let pairs: Vec<(f64, f64)> = (0..20).map(|_| pair()).collect();
            let found = ratio(&pairs).unwrap();
            held += usize::from(found.holds(2.0));
            let mean_below = pairs.iter().map(|pair| pair.1).sum::<f64>() / 20.0;
            let plain = pairs.iter().map(|pair| pair.0).sum::<f64>() / 20.0 / mean_below;
            let square =
                pairs.iter().map(|pair| (pair.0 - plain * pair.1).powi(2)).sum::<f64>() / 19.0 / 20.0;
            let delta = 2.093_024 * square.sqrt() / mean_below;
            assert!((found.half_width.unwrap() / delta - 1.0).abs() < 0.2, "{found:?}, {delta}");
        }
        assert!(held.abs_diff(1_900) <= 39, "{held}");
    }
}
