//! As few quantiles as describe lengths well.

use crate::trace::statistics::TokenStatistics;

/// Quantiles are compared at each so many parts of the whole.
const GRID: usize = 1000;
/// How far a quantile may be off, relative to itself.
const TOLERANCE: f64 = 0.01;
/// No more points are taken.
const MOST: usize = 256;

/// Points of the inverse cumulative distribution function with straight lines in between, as few as keep each thousandth within a hundredth
/// of itself, and 256 at most: where the lines are off by most, a point is added, until they are not. `None` without a row.
pub(super) fn quantiles(tokens: &TokenStatistics) -> Option<Vec<(f64, f64)>> {
    let exact: Option<Vec<f64>> =
        (0..=GRID).map(|index| tokens.quantile(share(index)).map(f64::round)).collect();
    let exact = exact?;
    let mut kept = vec![0, GRID];
    while kept.len() < MOST {
        let Some(worst) = worst(&exact, &kept) else { break };
        let place = kept.partition_point(|index| *index < worst);
        kept.insert(place, worst);
    }
    Some(kept.into_iter().filter_map(|index| Some((share(index), *exact.get(index)?))).collect())
}

fn share(index: usize) -> f64 {
    index as f64 / GRID as f64
}

/// Where the lines between the points are off by most; `None` where none is off by more than is allowed.
fn worst(exact: &[f64], kept: &[usize]) -> Option<usize> {
    let mut worst = (TOLERANCE, None);
    for pair in kept.windows(2) {
        let (low, high) = (pair[0], pair[1]);
        let (Some(from), Some(to)) = (exact.get(low), exact.get(high)) else { continue };
        for index in low + 1..high {
            let drawn = (from + (to - from) * (index - low) as f64 / (high - low) as f64).round();
            let wanted = exact.get(index).copied().unwrap_or(drawn);
            let error = (drawn - wanted).abs() / wanted.max(1.0);
            if error > worst.0 {
                worst = (error, Some(index));
            }
        }
    }
    worst.1
}
