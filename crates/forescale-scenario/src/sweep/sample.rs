//! Points in the unit box: by Latin hypercube, or by a Sobol sequence.

use super::sobol::sobol;
use forescale_kernel::random::stream;
use rand::RngExt;

/// One coordinate of `points` points, from 0 to below 1: of each equal part of the axis one, in an order that is drawn, each somewhere in
/// its part (M. D. McKay, R. J. Beckman, W. J. Conover, 1979).
pub(super) fn latin_hypercube(seed: u64, axis: usize, points: u32) -> Vec<f64> {
    let mut stream = stream(seed, "sweep/latin_hypercube", axis as u64);
    let mut parts: Vec<u32> = (0..points).collect();
    // Fisher and Yates.
    for last in (1..parts.len()).rev() {
        parts.swap(last, stream.random_range(0..=last));
    }
    let within = |part: u32| (f64::from(part) + stream.random_range(0.0..1.0)) / f64::from(points);
    parts.into_iter().map(within).collect()
}

/// One coordinate of the first `points` points of the Sobol sequence, from 0 to below 1, shifted by one draw for all of them.
pub(super) fn shifted_sobol(seed: u64, axis: usize, points: u32) -> Vec<f64> {
    let shift: u32 = stream(seed, "sweep/sobol", axis as u64).random_range(0..=u32::MAX);
    sobol(axis, points).into_iter().map(|point| f64::from(point ^ shift) / 2_f64.powi(32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_an_axis_has_one_point() {
        for points in [1, 2, 7, 64] {
            for axis in 0..3 {
                for drawn in [latin_hypercube(7, axis, points), latin_hypercube(8, axis, points)] {
                    let mut parts: Vec<u32> = drawn.iter().map(|u| (u * f64::from(points)) as u32).collect();
                    parts.sort_unstable();
                    assert!(parts.into_iter().eq(0..points), "{drawn:?}");
                }
            }
        }
        assert_ne!(latin_hypercube(7, 0, 64), latin_hypercube(7, 1, 64));
        assert_ne!(latin_hypercube(7, 0, 64), latin_hypercube(8, 0, 64));
        assert_ne!(shifted_sobol(7, 0, 64), shifted_sobol(8, 0, 64));
        assert!(shifted_sobol(7, 1, 4096).iter().all(|u| (0.0..1.0).contains(u)));
    }
}
