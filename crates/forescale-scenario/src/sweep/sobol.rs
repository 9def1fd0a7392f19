//! Points that fill a box of up to 16 dimensions evenly: the Sobol sequence.
//!
//! S. Joe, F. Y. Kuo: Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30 (2008); the
//! primitive polynomials and first direction numbers are those of their table `new-joe-kuo-6.21201`. Points come in the order of the
//! Gray code (I. A. Antonov, V. M. Saleev, 1979).

/// The degree of the primitive polynomial, its inner coefficients as bits, and as many direction numbers, for the dimensions from the
/// second on.
const POLYNOMIALS: [(usize, u32, &[u32]); 15] = [
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]),
    (5, 7, &[1, 1, 7, 11, 19]),
    (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]),
    (5, 14, &[1, 3, 5, 5, 31]),
    (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]),
    (6, 16, &[1, 3, 1, 13, 27, 49]),
];

/// The most dimensions.
pub(super) const MOST_DIMENSIONS: usize = POLYNOMIALS.len() + 1;

const BITS: usize = 32;

/// The direction numbers of a dimension, from 0, as fractions of 2^32; `None` beyond the last one.
fn directions(dimension: usize) -> Option<[u32; BITS]> {
    let mut directions = [0_u32; BITS];
    let Some(index) = dimension.checked_sub(1) else {
        for (bit, direction) in directions.iter_mut().enumerate() {
            *direction = 1 << (BITS - 1 - bit);
        }
        return Some(directions);
    };
    let (degree, inner, first) = *POLYNOMIALS.get(index)?;
    for bit in 0..BITS {
        let value = match first.get(bit) {
            Some(number) => number << (BITS - 1 - bit),
            None => {
                let before = |back: usize| directions.get(bit - back).copied().unwrap_or_default();
                let start = before(degree) ^ (before(degree) >> degree);
                (1..degree)
                    .filter(|back| inner >> (degree - 1 - back) & 1 == 1)
                    .fold(start, |value, back| value ^ before(back))
            }
        };
        if let Some(direction) = directions.get_mut(bit) {
            *direction = value;
        }
    }
    Some(directions)
}

/// The first `count` points in one dimension, from 0, as fractions of 2^32; none beyond the last dimension.
pub(super) fn sobol(dimension: usize, count: u32) -> Vec<u32> {
    let Some(directions) = directions(dimension) else { return Vec::new() };
    let mut value = 0;
    (0..count)
        .map(|index| {
            let point = value;
            value ^= directions.get(index.trailing_ones() as usize).copied().unwrap_or_default();
            point
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(index: usize, dimensions: usize) -> Vec<f64> {
        let coordinate = |dimension| f64::from(sobol(dimension, 16)[index]) / 2_f64.powi(32);
        (0..dimensions).map(coordinate).collect()
    }

    /// The example that Joe and Kuo give with their program: the first points in ten dimensions.
    #[test]
    fn the_first_points_are_the_published_ones() {
        assert_eq!(point(0, 10), [0.0; 10]);
        assert_eq!(point(1, 10), [0.5; 10]);
        assert_eq!(point(2, 10), [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75]);
        assert_eq!(point(3, 10), [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25]);
        assert_eq!(point(4, 10), [0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875, 0.875, 0.625]);
        assert_eq!(sobol(MOST_DIMENSIONS, 4), [0_u32; 0]);
    }

    /// In each dimension every stretch of 1/2^m has one of 2^m points: no dimension's numbers are wrong in a leading bit.
    #[test]
    fn each_dimension_is_even() {
        for dimension in 0..MOST_DIMENSIONS {
            for m in 0..12 {
                let mut cells: Vec<u32> =
                    sobol(dimension, 1 << m).iter().map(|x| x.checked_shr(32 - m).unwrap_or(0)).collect();
                cells.sort_unstable();
                assert!(cells.into_iter().eq(0..1 << m), "dimension {dimension}, 2^{m}");
            }
        }
    }

    /// The first two dimensions are a (0, m, 2)-net in base 2: one point in each box of area 1/2^m, whatever its shape. A shift by
    /// exclusive or moves boxes onto boxes, so a shifted net is one too.
    #[test]
    fn the_first_two_dimensions_are_a_net() {
        for (m, shift) in (0..10).flat_map(|m| [(m, [0, 0]), (m, [0x9e37_79b9, 0x85eb_ca6b])]) {
            let (x, y) = (sobol(0, 1 << m), sobol(1, 1 << m));
            for across in 0..=m {
                let cell = |value: u32, bits: u32| value.checked_shr(32 - bits).unwrap_or(0);
                let boxes = x.iter().zip(&y).map(|(x, y)| {
                    (cell(x ^ shift[0], across) << (m - across)) + cell(y ^ shift[1], m - across)
                });
                let mut boxes: Vec<u32> = boxes.collect();
                boxes.sort_unstable();
                assert!(boxes.into_iter().eq(0..1 << m), "2^{m} points, {across} bits across");
            }
        }
    }
}
