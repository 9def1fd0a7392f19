//! Least squares with coefficients that are not negative.

/// More columns would take too many subsets.
const MOST_COLUMNS: usize = 8;

/// The coefficients `x ≥ 0` for which `Σ (row·x − target)²` is smallest; zero for columns that are zero, or that others already explain.
///
/// Every set of columns is tried: the best point has a set of positive coefficients, and on that set it is the plain least squares solution. All rows
/// have the same number of columns, at most eight; of more the rest is left aside. Values must be finite.
pub(in crate::profile) fn nnls(rows: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    let tried = columns.min(MOST_COLUMNS);
    let scale: Vec<f64> =
        (0..tried).map(|at| rows.iter().map(|row| row[at] * row[at]).sum::<f64>().sqrt()).collect();
    let dot = |a: usize, b: usize| rows.iter().map(|row| row[a] * row[b]).sum::<f64>();
    let gram: Vec<Vec<f64>> =
        (0..tried).map(|a| (0..tried).map(|b| dot(a, b) / (scale[a] * scale[b])).collect()).collect();
    let onto: Vec<f64> = (0..tried)
        .map(|at| rows.iter().zip(targets).map(|(row, target)| row[at] * target).sum::<f64>() / scale[at])
        .collect();
    let mut best = (0.0, vec![0.0; columns]);
    for subset in 1_u32..1 << tried {
        let chosen: Vec<usize> = (0..tried).filter(|at| subset >> at & 1 == 1 && scale[*at] > 0.0).collect();
        if chosen.len() != subset.count_ones() as usize {
            continue;
        }
        let matrix = chosen.iter().map(|a| chosen.iter().map(|b| gram[*a][*b]).collect()).collect();
        let Some(x) = solve(matrix, chosen.iter().map(|at| onto[*at]).collect()) else { continue };
        if x.iter().any(|x| *x < 0.0) {
            continue;
        }
        // By how much the sum of squares falls; the smaller of equally good sets comes first in most orders of columns.
        let gain: f64 = x.iter().zip(&chosen).map(|(x, at)| x * onto[*at]).sum();
        if gain > best.0 * (1.0 + 1e-12) {
            let mut all = vec![0.0; columns];
            chosen.iter().zip(x).for_each(|(at, x)| all[*at] = x / scale[*at]);
            best = (gain, all);
        }
    }
    best.1
}

/// Solves a symmetric positive definite system with ones on its diagonal; `None` where it is all but singular.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for at in 0..n {
        let pivots = matrix[at].clone();
        let pivot = pivots[at];
        // Columns that differ by less than a part in a million cannot be told apart.
        if pivot.is_nan() || pivot < 1e-12 {
            return None;
        }
        for below in at + 1..n {
            let factor = matrix[below][at] / pivot;
            matrix[below].iter_mut().zip(&pivots).for_each(|(cell, pivot)| *cell -= factor * pivot);
            right[below] -= factor * right[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::nnls;
    use proptest::prelude::*;

    #[test]
    fn a_negative_coefficient_becomes_zero() {
        let rows = [vec![1.0, 0.0], vec![1.0, 1.0], vec![1.0, 2.0]];
        let x = nnls(&rows, &[3.0, 2.0, 1.0]);
        assert!((x[0] - 2.0).abs() < 1e-12 && x[1] == 0.0, "{x:?}");
        assert_eq!(nnls(&rows, &[-3.0, -2.0, -1.0]), [0.0, 0.0]);
        assert_eq!(nnls(&[], &[]), [0.0; 0]);
        // A column of zeros, and one twice.
        let rows = [vec![0.0, 1.0, 1.0], vec![0.0, 2.0, 2.0]];
        let x = nnls(&rows, &[3.0, 6.0]);
        assert!(x[0] == 0.0 && (x[1] + x[2] - 3.0).abs() < 1e-12, "{x:?}");
    }

    proptest! {
        /// No step along an axis makes it better, and what is positive is not pulled either way.
        #[test]
        fn the_gradient_says_that_it_is_the_best(
            rows in prop::collection::vec(prop::collection::vec(-9.0..9.0_f64, 4), 4..20),
            seed in prop::collection::vec(-9.0..9.0_f64, 20),
        ) {
            let targets = &seed[..rows.len()];
            let x = nnls(&rows, targets);
            for at in 0..4 {
                let pull: f64 = rows.iter().zip(targets).map(|(row, target)| {
                    row[at] * (target - row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>())
                }).sum();
                prop_assert!(x[at] >= 0.0 && pull < 1e-6, "{x:?} pull {pull}");
                prop_assert!(x[at] == 0.0 || pull.abs() < 1e-6, "{x:?} pull {pull}");
            }
        }
    }
}
