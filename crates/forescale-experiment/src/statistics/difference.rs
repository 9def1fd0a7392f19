//! The difference between two configurations, and how sure it is.

use super::Estimate;
use super::moments::{covariance, students_t, variance};

/// How common random numbers did: what the pairs have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pairs {
    /// How many there are, at least two.
    pub count: usize,
    /// Pearson's correlation of the two sides, −1 to 1; `None` where a side never varies.
    pub correlation: Option<f64>,
    /// (Var A + Var B) / Var(B − A): by how many times fewer replications the same seeds reach the interval that independent
    /// ones would need. Below 1 they do harm; infinite where the difference never varies.
    pub variance_ratio: f64,
}

/// B less A, with an interval where it can have one; of 95 % where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Difference {
    /// The same value on both sides at each of so many seeds, at least one: there is nothing to be unsure of, and no variance ratio.
    Degenerate {
        /// How many pairs.
        pairs: usize,
    },
    /// Each seed has a value on both sides: the paired t interval (Law 2015, 10.2.1), which holds whatever the correlation is.
    Paired {
        /// B less A.
        estimate: Estimate,
        /// What the pairs have in common; `None` of a single one.
        pairs: Option<Pairs>,
    },
    /// The two sides do not pair: Welch's t interval (Welch 1947; Law 2015, 10.2.2). It takes them as independent, so it is too wide where
    /// they share seeds that help.
    Welch {
        /// B less A.
        estimate: Estimate,
        /// By Welch and Satterthwaite; `None` where a side has fewer than two values, or neither varies.
        degrees_of_freedom: Option<f64>,
    },
}

impl Difference {
    /// Of values by seed, the same seeds in the same order on both sides; `None` stands for a run without this value. A seed that has no
    /// value on either side is left out; one that has it on one side only makes the samples unpaired.
    ///
    /// `None` where a side has no value at all.
    pub fn paired(a: &[Option<f64>], b: &[Option<f64>]) -> Option<Self> {
        Self::paired_with_confidence(a, b, 0.95)
    }

    /// The same with another confidence, between 0 and 1, both excluded; there is no interval outside of them.
    pub fn paired_with_confidence(a: &[Option<f64>], b: &[Option<f64>], confidence: f64) -> Option<Self> {
        let places = a.len().max(b.len());
        let at = |side: &[Option<f64>], place: usize| side.get(place).copied().flatten();
        let seeds: Vec<_> = (0..places).map(|place| (at(a, place), at(b, place))).collect();
        let both: Vec<(f64, f64)> = seeds.iter().filter_map(|(a, b)| a.zip(*b)).collect();
        if seeds.iter().any(|(a, b)| a.is_some() != b.is_some()) {
            let of = |side: &[Option<f64>]| side.iter().copied().flatten().collect::<Vec<_>>();
            return Self::independent_with_confidence(&of(a), &of(b), confidence);
        }
        if !both.is_empty() && both.iter().all(|(a, b)| a == b) {
            return Some(Self::Degenerate { pairs: both.len() });
        }
        let (a, b): (Vec<f64>, Vec<f64>) = both.into_iter().unzip();
        let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
        let estimate = Estimate::with_confidence(&differences, confidence)?;
        let pairs = || {
            let (var_a, var_b) = (variance(&a), variance(&b));
            let correlation = covariance(&a, &b) / (var_a * var_b).sqrt();
            Pairs {
                count: a.len(),
                correlation: correlation.is_finite().then(|| correlation.clamp(-1.0, 1.0)),
                variance_ratio: (var_a + var_b) / variance(&differences),
            }
        };
        Some(Self::Paired { estimate, pairs: estimate.half_width.map(|_| pairs()) })
    }

    /// Of values of runs with different seeds; the numbers of runs may differ. `None` where a side has none.
    pub fn independent(a: &[f64], b: &[f64]) -> Option<Self> {
        Self::independent_with_confidence(a, b, 0.95)
    }

    /// The same with another confidence, between 0 and 1, both excluded; outside of them there is no interval but of what never varies.
    pub fn independent_with_confidence(a: &[f64], b: &[f64], confidence: f64) -> Option<Self> {
        let (of_a, of_b) = (Estimate::of(a)?, Estimate::of(b)?);
        let difference = of_b.mean - of_a.mean;
        if difference.is_nan() {
            return None;
        }
        let (count_a, count_b) = (a.len() as f64, b.len() as f64);
        let (square_a, square_b) = (variance(a) / count_a, variance(b) / count_b);
        let square = square_a + square_b;
        let freedom =
            square.powi(2) / (square_a.powi(2) / (count_a - 1.0) + square_b.powi(2) / (count_b - 1.0));
        let never_varies = square == 0.0 && difference.is_finite();
        let half_width = match students_t(confidence, freedom).filter(|_| difference.is_finite()) {
            Some(t) => Some(t * square.sqrt()),
            None => never_varies.then_some(0.0),
        };
        let estimate = Estimate { mean: difference, half_width };
        Some(Self::Welch { estimate, degrees_of_freedom: freedom.is_finite().then_some(freedom) })
    }

    /// B less A; zero for sure where both are always the same.
    pub fn estimate(&self) -> Estimate {
        match self {
            Self::Degenerate { .. } => Estimate { mean: 0.0, half_width: Some(0.0) },
            Self::Paired { estimate, .. } | Self::Welch { estimate, .. } => *estimate,
        }
    }

    /// Whether the interval leaves out zero: the two differ, at its confidence. `false` where there is no interval.
    pub fn is_detected(&self) -> bool {
        self.estimate().interval().is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }

    /// What the pairs have in common, where there are pairs and they differ.
    pub fn pairs(&self) -> Option<Pairs> {
        match self {
            Self::Paired { pairs, .. } => *pairs,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;
    use rand::RngExt;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    /// By hand: differences 1, 2, 3 with mean 2 and variance 1; Var A = 1, Var B = 4, covariance 2.
    #[test]
    fn pairs_by_hand() {
        let found = Difference::paired(&some(&[1.0, 2.0, 3.0]), &some(&[2.0, 4.0, 6.0])).unwrap();
        let pairs = found.pairs().unwrap();
        assert_eq!((pairs.count, pairs.variance_ratio), (3, 5.0));
        assert!((pairs.correlation.unwrap() - 1.0).abs() < 1e-12);
        assert!((found.estimate().half_width.unwrap() - 4.302_653 / 3_f64.sqrt()).abs() < 1e-5);
        assert!(!found.is_detected());
        let ninety =
            |a: &[f64], b: &[f64]| Difference::paired_with_confidence(&some(a), &some(b), 0.9).unwrap();
        let found = ninety(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]);
        assert!((found.estimate().half_width.unwrap() - 2.919_986 / 3_f64.sqrt()).abs() < 1e-5);
        assert!(found.is_detected());
    }

    /// By hand: means 2 and 5, squares 1/3 and 2/3, freedom by Welch's formula; 2.584 97 by numerical integration of the density elsewhere.
    #[test]
    fn welch_by_hand() {
        let (a, b) = ([1.0, 2.0, 3.0], [3.0, 5.0, 5.0, 7.0]);
        let Some(Difference::Welch { estimate, degrees_of_freedom }) = Difference::independent(&a, &b) else {
            panic!("not Welch's")
        };
        let (first, second): (f64, f64) = (1.0 / 3.0, 8.0 / 3.0 / 4.0);
        let freedom = (first + second).powi(2) / (first.powi(2) / 2.0 + second.powi(2) / 3.0);
        assert!((degrees_of_freedom.unwrap() - freedom).abs() < 1e-12 && (freedom - 4.909).abs() < 1e-3);
        assert!(
            estimate.mean == 3.0 && (estimate.half_width.unwrap() - 2.584_97).abs() < 1e-4,
            "{estimate:?}"
        );
        assert!(Difference::independent(&a, &b).unwrap().is_detected());
    }

    #[test]
    fn what_is_always_the_same_has_a_name() {
        let same = some(&[1.0, 5.0, 2.0]);
        assert_eq!(Difference::paired(&same, &same), Some(Difference::Degenerate { pairs: 3 }));
        assert!(!Difference::paired(&same, &same).unwrap().is_detected());
        // A difference that never varies but is there is no such thing.
        let shifted = Difference::paired(&same, &some(&[2.0, 6.0, 3.0])).unwrap();
        assert_eq!(shifted.estimate(), Estimate { mean: 1.0, half_width: Some(0.0) });
        assert_eq!(shifted.pairs().unwrap().variance_ratio, f64::INFINITY);
        assert!(shifted.is_detected());
        // Three times 0.1 over three is another number than 0.1.
        let Some(Difference::Welch { estimate, .. }) = Difference::independent(&[0.1; 3], &[0.1; 7]) else {
            panic!()
        };
        assert_eq!(estimate, Estimate { mean: 0.0, half_width: Some(0.0) });
    }

    #[test]
    fn a_missing_half_unpairs_and_a_missing_pair_does_not() {
        let a = [Some(1.0), None, Some(3.0), Some(4.0)];
        let b = [Some(2.0), None, Some(5.0), Some(4.5)];
        assert_eq!(Difference::paired(&a, &b).unwrap().pairs().unwrap().count, 3);
        let b = [Some(2.0), Some(1.0), Some(5.0), Some(4.5)];
        assert!(matches!(Difference::paired(&a, &b), Some(Difference::Welch { .. })));
        assert!(matches!(Difference::paired(&a, &b[..3]), Some(Difference::Welch { .. })));
        assert_eq!(Difference::paired(&a, &[None; 4]), None);
        assert_eq!(Difference::paired(&[], &[]), None);
        let one = Difference::paired(&a[..1], &b[..1]).unwrap();
        assert!(one.pairs().is_none() && one.estimate().half_width.is_none());
    }

    /// A and B with correlation `rho` and no difference: how many of 2,000 intervals over 10 pairs hold zero, paired and by Welch.
    fn coverage(rho: f64) -> (usize, usize) {
        let mut stream = random::stream(11, "difference", 0);
        // The sum of 12 uniform numbers less 6 is close enough to a standard normal one.
        let mut normal = || (0..12).map(|_| stream.random::<f64>()).sum::<f64>() - 6.0;
        let mut held = (0, 0);
        for _ in 0..2_000 {
            let pair = |(common, own): (f64, f64)| (common, rho * common + (1.0 - rho * rho).sqrt() * own);
            let (a, b): (Vec<f64>, Vec<f64>) = (0..10).map(|_| pair((normal(), normal()))).unzip();
            let paired = Difference::paired(&some(&a), &some(&b)).unwrap();
            held.0 += usize::from(paired.estimate().holds(0.0));
            held.1 += usize::from(Difference::independent(&a, &b).unwrap().estimate().holds(0.0));
        }
        held
    }

    /// 2,000 · 0.95 = 1,900, and four standard deviations of that count are 39. Where seeds do harm, Welch's interval would be too narrow, so
    /// it is not taken although it looks better.
    #[test]
    fn the_paired_interval_holds_whatever_the_correlation() {
        for (rho, welch_is_too_narrow) in [(0.9, false), (0.0, false), (-0.9, true)] {
            let (paired, welch) = coverage(rho);
            assert!(paired.abs_diff(1_900) <= 39, "correlation {rho}: {paired}");
            assert_eq!(welch < 1_861, welch_is_too_narrow, "correlation {rho}: {welch}");
        }
    }

    proptest::proptest! {
        /// Whoever swaps the sides turns the sign, nothing else.
        #[test]
        fn swapping_turns_the_sign(
            values in proptest::collection::vec((-1e3f64..1e3, -1e3f64..1e3), 2..12),
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) = values.into_iter().unzip();
            for (there, back) in [
                (Difference::paired(&some(&a), &some(&b)), Difference::paired(&some(&b), &some(&a))),
                (Difference::independent(&a, &b), Difference::independent(&b, &a)),
            ] {
                let (there, back) = (there.unwrap().estimate(), back.unwrap().estimate());
                proptest::prop_assert_eq!(there.mean, -back.mean);
                proptest::prop_assert!((there.half_width.unwrap() - back.half_width.unwrap()).abs() < 1e-9);
            }
        }
    }
}
