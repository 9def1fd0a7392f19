//! Where the warm-up of a series ends.

/// Values per batch.
const BATCH: usize = 5;

/// What MSER-5 says of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Truncation {
    /// The first so many values are the warm-up, a multiple of five; the mean of the others is the estimate.
    After {
        /// How many values to leave out.
        dropped: usize,
        /// The mean of what is left, whole batches only.
        mean: f64,
    },
    /// The best cut lies in the second half: the series is too short to show a steady state, or has none.
    NotSteady,
    /// Fewer than ten values, or one that is no number.
    TooShort,
}

/// The cut of a series of equally spaced values by MSER-5: the one that makes the standard error of the mean of what is left the smallest, over
/// means of batches of five (White 1997; White, Cobb and Spratt 2000; Law 2015, 9.5.1). For steady-state runs only: a burst or a day
/// has no warm-up.
pub fn mser5(series: &[f64]) -> Truncation {
    let batches: Vec<f64> =
        series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    if batches.len() < 2 || batches.iter().any(|mean| !mean.is_finite()) {
        return Truncation::TooShort;
    }
    // From the end: mean and sum of squared deviations of the last so many (Welford).
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut best = (f64::INFINITY, batches.len(), 0.0);
    for (start, value) in batches.iter().enumerate().rev() {
        let left = (batches.len() - start) as f64;
        let deviation = value - mean;
        mean += deviation / left;
        squares += deviation * (value - mean);
        let statistic = squares / (left * left);
        // A cut that leaves one batch has no variance and says nothing; of equally good ones the earliest.
        if left > 1.0 && statistic <= best.0 {
            best = (statistic, start, mean);
        }
    }
    match best {
        (_, start, mean) if 2 * start <= batches.len() => Truncation::After { dropped: start * BATCH, mean },
        _ => Truncation::NotSteady,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::random;
    use rand::RngExt;

    /// The definition, word for word: for each cut up to the last batch but one.
    fn by_definition(series: &[f64]) -> usize {
        let batches: Vec<f64> = series.chunks_exact(5).map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
        let statistic = |cut: usize| {
            let left = &batches[cut..];
            let mean = left.iter().sum::<f64>() / left.len() as f64;
            left.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (left.len() as f64).powi(2)
        };
        (0..batches.len() - 1).min_by(|a, b| statistic(*a).total_cmp(&statistic(*b))).unwrap()
    }

    proptest::proptest! {
        #[test]
        fn the_cut_is_that_of_the_definition(series in proptest::collection::vec(0.0f64..10.0, 10..120)) {
            let cut = by_definition(&series);
            let batches = series.len() / 5;
            match mser5(&series) {
                Truncation::After { dropped, .. } => proptest::prop_assert_eq!(dropped, cut * 5),
                Truncation::NotSteady => proptest::prop_assert!(2 * cut > batches),
                Truncation::TooShort => proptest::prop_assert!(false),
            }
        }
    }

    /// A step at 100 of 500 values and noise: the cut is there, and the mean is that of the steady part.
    #[test]
    fn a_warm_up_is_cut_off() {
        let mut stream = random::stream(13, "mser", 0);
        let level = |place: usize| if place < 100 { 50.0 } else { 10.0 };
        let series: Vec<f64> = (0..500).map(|place| level(place) + stream.random::<f64>() - 0.5).collect();
        let Truncation::After { dropped, mean } = mser5(&series) else { panic!("no cut") };
        assert!((100..=130).contains(&dropped) && (mean - 10.0).abs() < 0.1, "{dropped}, {mean}");
        let growing: Vec<f64> = (0..500).map(|place| f64::from(place) + stream.random::<f64>()).collect();
        assert_eq!(mser5(&growing), Truncation::NotSteady);
        assert_eq!(mser5(&[1.0; 20]), Truncation::After { dropped: 0, mean: 1.0 });
        assert_eq!(mser5(&[1.0; 9]), Truncation::TooShort);
        assert_eq!(mser5(&[f64::NAN; 50]), Truncation::TooShort);
    }
}
