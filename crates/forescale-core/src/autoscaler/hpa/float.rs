//! Float to integer conversion as Go compiles it for amd64.

/// `int32(x)`: truncates towards zero; what does not fit, NaN included, gives `i32::MIN`.
pub(super) fn to_i32(x: f64) -> i32 {
    if x > f64::from(i32::MIN) - 1.0 && x < f64::from(i32::MAX) + 1.0 { x as i32 } else { i32::MIN }
}

/// `int64(x)`: truncates towards zero; what does not fit, NaN included, gives `i64::MIN`.
pub(super) fn to_i64(x: f64) -> i64 {
    // -2^63 is a float, 2^63 - 1 is not: the cast of i64::MAX rounds up to 2^63.
    if x >= i64::MIN as f64 && x < i64::MAX as f64 { x as i64 } else { i64::MIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_becomes_the_smallest_integer() {
        assert_eq!([2.9, -2.9, 2147483647.5, -2147483648.9].map(to_i32), [2, -2, i32::MAX, i32::MIN]);
        assert_eq!([-2147483647.5, -2147483647.0].map(to_i32), [-2147483647; 2]);
        assert_eq!([2147483648.0, -2147483649.0, f64::NAN, f64::INFINITY].map(to_i32), [i32::MIN; 4]);
        assert_eq!([9223372036854775808.0, f64::NAN, f64::NEG_INFINITY].map(to_i64), [i64::MIN; 3]);
        assert_eq!([-1.5, 9.2e18].map(to_i64), [-1, 9_200_000_000_000_000_000]);
    }
}
