//! The canonical form of quantities.

use super::Format;
use super::amount::Amount;
use std::fmt;

/// Writes the mantissa without trailing zeros and with an exponent that is a multiple of three, in the family of the
/// quantity; the binary family only for whole numbers from 1024 on.
///
/// Source: `CanonicalizeBytes` of `k8s.io/apimachinery/pkg/api/resource`, Kubernetes 1.36.2. Exponents for which the
/// decimal family has no letter (10^21 and up) are written as `e21`.
pub(super) fn write(f: &mut fmt::Formatter<'_>, amount: &Amount, format: Format) -> fmt::Result {
    let sign = match amount.sign() {
        0 => return f.write_str("0"),
        sign if sign < 0 => "-",
        _ => "",
    };
    if format == Format::BinarySI
        && let Some(whole) = whole_magnitude(amount).filter(|whole| *whole >= 1024)
    {
        return write_binary(f, sign, whole);
    }
    let (mut digits, mut exponent) = decimal_parts(amount);
    while exponent % 3 != 0 {
        digits.push('0');
        exponent -= 1;
    }
    write!(f, "{sign}{digits}")?;
    let letter = match exponent {
        -9 => "n",
        -6 => "u",
        -3 => "m",
        0 => return Ok(()),
        3 => "k",
        6 => "M",
        9 => "G",
        12 => "T",
        15 => "P",
        18 => "E",
        _ => "",
    };
    if letter.is_empty() || format == Format::DecimalExponent {
        write!(f, "e{exponent}")
    } else {
        f.write_str(letter)
    }
}

fn write_binary(f: &mut fmt::Formatter<'_>, sign: &str, mut whole: u64) -> fmt::Result {
    let mut letters = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].into_iter();
    let mut suffix = "";
    while whole.is_multiple_of(1024) {
        let Some(letter) = letters.next() else { break };
        whole /= 1024;
        suffix = letter;
    }
    write!(f, "{sign}{whole}{suffix}")
}

/// The magnitude, if it is a whole number of 64 bits.
fn whole_magnitude(amount: &Amount) -> Option<u64> {
    match amount {
        Amount::Small { value, scale: 0 } => Some(value.unsigned_abs()),
        Amount::Small { .. } => None,
        Amount::Big(decimal) => match decimal.whole()? {
            (whole, false) => u64::try_from(whole).ok(),
            (_, true) => None,
        },
        Amount::Capped { .. } => Some(i64::MAX.unsigned_abs()),
    }
}

/// Digits of the magnitude without trailing zeros, and the exponent of ten that goes with them.
fn decimal_parts(amount: &Amount) -> (String, i64) {
    let reduce = |value: u64, scale: i64| {
        let text = value.to_string();
        let reduced = text.trim_end_matches('0');
        (reduced.to_owned(), scale + (text.len() - reduced.len()) as i64)
    };
    match amount {
        Amount::Small { value, scale } => reduce(value.unsigned_abs(), i64::from(*scale)),
        Amount::Big(decimal) => decimal.reduced(),
        Amount::Capped { .. } => reduce(i64::MAX.unsigned_abs(), 0),
    }
}
