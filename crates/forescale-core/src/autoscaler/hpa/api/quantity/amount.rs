//! The number in a quantity.

use super::decimal::Decimal;

/// Places kept after the decimal point.
pub(super) const NANO: i64 = 9;

/// The number, in one of the two forms that `k8s.io/apimachinery/pkg/api/resource` has; they overflow differently.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Amount {
    /// `int64Amount`: `value · 10^scale`.
    Small { value: i64, scale: i32 },
    /// `infDecAmount`: of any size, with nine decimal places.
    Big(Decimal),
    /// `infDecAmount` after the cap of the binary family: ±(2^63 - 1), with no decimal place.
    Capped { negative: bool },
}

impl Amount {
    pub(super) const fn small(value: i64, scale: i32) -> Self {
        Self::Small { value, scale }
    }

    pub(super) fn sign(&self) -> i32 {
        match self {
            Self::Small { value, .. } => value.signum() as i32,
            Self::Big(decimal) => decimal.sign(),
            Self::Capped { negative } => 1 - 2 * i32::from(*negative),
        }
    }

    /// `ScaledValue(scale)`: the number in units of `10^scale`, rounded away from zero. `scale` is 0 or -3.
    pub(super) fn scaled(&self, scale: i32) -> i64 {
        match self {
            Self::Small { value, scale: own } => scale_small(*value, i64::from(*own) - i64::from(scale)),
            Self::Big(decimal) => scale_big(decimal, -i64::from(scale)),
            Self::Capped { negative } => {
                let cap = if *negative { -i64::MAX } else { i64::MAX };
                if scale == 0 { cap } else { cap.wrapping_mul(1000) }
            }
        }
    }

    /// `AsApproximateFloat64()`.
    pub(super) fn approximate_f64(&self) -> f64 {
        match self {
            Self::Small { value, scale: 0 } => *value as f64,
            Self::Small { value, scale } => *value as f64 * pow10(*scale),
            Self::Big(decimal) => {
                let sign = if decimal.negative { -1.0 } else { 1.0 };
                sign * decimal.to_f64(NANO) * pow10(-(NANO as i32))
            }
            Self::Capped { negative } => (if *negative { -i64::MAX } else { i64::MAX }) as f64,
        }
    }
}

/// `value · 10^by`: downwards away from zero, upwards with the original's overflow.
fn scale_small(value: i64, by: i64) -> i64 {
    if value == 0 || by == 0 {
        return value;
    }
    if by < 0 {
        let Some(divisor) = u32::try_from(-by).ok().and_then(|n| 10_i128.checked_pow(n)) else {
            return value.signum();
        };
        let (whole, rest) = (i128::from(value) / divisor, i128::from(value) % divisor);
        return (whole + rest.signum()) as i64;
    }
    match by {
        // These powers are multiplied in one go and wrap.
        1 | 2 | 3 | 6 | 9 => value.wrapping_mul(10_i64.pow(by as u32)),
        // All others go step by step and give up.
        _ => u32::try_from(by)
            .ok()
            .and_then(|n| 10_i64.checked_pow(n))
            .and_then(|factor| value.checked_mul(factor))
            .unwrap_or(0),
    }
}

/// The number times `10^places` in 64 bits: positive numbers round up and keep their low bits; negative ones are cut to 64 bits at nine places
/// first and then round towards plus infinity. The original takes that way for small positive numbers too, which comes to the same, since
/// none has more than nine places.
fn scale_big(decimal: &Decimal, places: i64) -> i64 {
    if decimal.negative {
        let cut = 10_i64.pow((NANO - places).clamp(0, 18) as u32);
        let nano = (decimal.low_bits(NANO).0 as i64).wrapping_neg();
        return (nano / cut).wrapping_add(i64::from(nano % cut != 0));
    }
    let (low, inexact) = decimal.low_bits(places);
    (low as i64).wrapping_add(i64::from(inexact))
}

/// `math.Pow10`: exact up to 10^31, beyond that a product of two powers. No amount has more than nine decimal places.
fn pow10(n: i32) -> f64 {
    let literal = |n: i32| format!("1e{n}").parse::<f64>().unwrap_or(f64::NAN);
    match n {
        0..=308 => literal(n / 32 * 32) * literal(n % 32),
        ..0 => 1.0 / literal(n.saturating_neg()),
        _ => f64::INFINITY,
    }
}
