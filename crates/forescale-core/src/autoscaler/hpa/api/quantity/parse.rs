//! Reading quantities.

use super::amount::{Amount, NANO};
use super::decimal::Decimal;
use super::{Format, Quantity, QuantityError};
use std::cmp::Ordering;

/// Digits that a 64-bit mantissa holds whatever they are.
const MANTISSA_DIGITS: usize = 18;

/// The parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    /// Digits before the point, without leading zeros, `0` if that leaves none.
    whole: &'a str,
    /// Digits after the point.
    fraction: &'a str,
    suffix: &'a str,
}

/// `ParseQuantity` of `k8s.io/apimachinery/pkg/api/resource`, Kubernetes 1.36.2.
pub(super) fn parse(text: &str) -> Result<Quantity, QuantityError> {
    if text.is_empty() {
        return Err(QuantityError::Format(text.to_owned()));
    }
    let parts = split(text).ok_or_else(|| QuantityError::Format(text.to_owned()))?;
    let (format, exponent) = suffix(parts.suffix).ok_or_else(|| QuantityError::Suffix(text.to_owned()))?;
    match small(&parts, format, exponent) {
        Some((amount, keep)) => Ok(Quantity { amount, format, written: keep.then(|| text.to_owned()) }),
        None => big(&parts, format, exponent).ok_or_else(|| QuantityError::Range(text.to_owned())),
    }
}

fn split(text: &str) -> Option<Parts<'_>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, rest) = digits(unsigned.trim_start_matches('0'));
    let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), digits);
    let after = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let (_, left) = digits(after.strip_prefix(['+', '-']).unwrap_or(after));
    let whole = if whole.is_empty() { "0" } else { whole };
    left.is_empty().then_some(Parts { negative: text.starts_with('-'), whole, fraction, suffix })
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Family and exponent: of ten, or of two for [`Format::BinarySI`].
fn suffix(text: &str) -> Option<(Format, i32)> {
    let decimal = |exponent| Some((Format::DecimalSI, exponent));
    let binary = |exponent| Some((Format::BinarySI, exponent));
    match text {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let exponent: i64 = text.strip_prefix(['e', 'E'])?.parse().ok()?;
            // Kept in 32 bits, as there.
            Some((Format::DecimalExponent, exponent as i32))
        }
    }
}

/// The 64-bit form, if the number is short enough, and whether its text is kept.
fn small(parts: &Parts<'_>, format: Format, exponent: i32) -> Option<(Amount, bool)> {
    let digits = parts.whole.len() + parts.fraction.len();
    let (factor, scale) = match format {
        Format::BinarySI => {
            // 2^20 has about six digits.
            let room = 14_i64 - parts.whole.len() as i64 - i64::from(exponent * 3 / 10);
            if !parts.fraction.is_empty() || room < 0 {
                return None;
            }
            (1_i64.checked_shl(exponent.unsigned_abs())?, 0)
        }
        _ => (1, exponent.wrapping_sub(parts.fraction.len() as i32)),
    };
    if digits > MANTISSA_DIGITS || i64::from(scale) < -NANO {
        return None;
    }
    let shifted = format!("{}{}", parts.whole, parts.fraction);
    let mantissa: i64 = shifted.parse().ok()?;
    let value = mantissa.checked_mul(factor)?;
    let reducible = match format {
        Format::BinarySI => mantissa % 1024 == 0,
        _ => scale % 3 != 0 || shifted.ends_with("000") || shifted.starts_with('0'),
    };
    let value = if parts.negative { -value } else { value };
    Some((Amount::small(value, scale), !reducible))
}

/// The form of any size: nine decimal places, rounded away from zero; the binary family is capped at 2^63 - 1.
fn big(parts: &Parts<'_>, format: Format, exponent: i32) -> Option<Quantity> {
    let digits = parts.whole.bytes().chain(parts.fraction.bytes());
    let places = i64::try_from(parts.fraction.len()).ok()?;
    let mut decimal = match format {
        Format::BinarySI => Decimal::new(parts.negative, digits, -places),
        _ => Decimal::new(parts.negative, digits, i64::from(exponent) - places),
    };
    if format == Format::BinarySI {
        for _ in 0..exponent / 10 {
            decimal.times_1024();
        }
    }
    decimal.round_up(NANO);
    let mut quantity = Quantity { amount: Amount::small(0, 0), format, written: None };
    if decimal.is_zero() {
        return Some(quantity);
    }
    if format == Format::BinarySI {
        if decimal.cmp_magnitude(i64::MAX as u64) == Ordering::Greater {
            quantity.amount = Amount::Capped { negative: parts.negative };
            return Some(quantity);
        }
        if decimal.cmp_magnitude(1) == Ordering::Less {
            quantity.format = Format::DecimalSI;
        }
    }
    quantity.amount = Amount::Big(decimal);
    Some(quantity)
}
