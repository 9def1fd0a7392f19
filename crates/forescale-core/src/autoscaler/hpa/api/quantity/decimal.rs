//! Decimal numbers of any length, for quantities that a 64-bit mantissa cannot hold.

use std::cmp::Ordering;

/// `± digits · 10^exponent`. Digits are 0 to 9, most significant first, without leading zeros; none at all is zero.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// From ASCII digits; other bytes are skipped.
    pub(super) fn new(negative: bool, text: impl Iterator<Item = u8>, exponent: i64) -> Self {
        let digits = text.filter(u8::is_ascii_digit).map(|b| b - b'0').skip_while(|d| *d == 0).collect();
        Self { negative, digits, exponent }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn sign(&self) -> i32 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Times 1024.
    pub(super) fn times_1024(&mut self) {
        let mut carry = 0_u32;
        for digit in self.digits.iter_mut().rev() {
            carry += u32::from(*digit) * 1024;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            self.digits.insert(0, (carry % 10) as u8);
            carry /= 10;
        }
    }

    /// Rounds away from zero to `places` decimal places.
    pub(super) fn round_up(&mut self, places: i64) {
        let drop = (-places).saturating_sub(self.exponent);
        if drop <= 0 || self.is_zero() {
            return;
        }
        let keep =
            usize::try_from(drop).ok().and_then(|drop| self.digits.len().checked_sub(drop)).unwrap_or(0);
        let inexact = self.digits.iter().skip(keep).any(|d| *d != 0);
        self.digits.truncate(keep);
        self.exponent = -places;
        if inexact {
            self.increment();
        }
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
    }

    /// Compares the magnitude with an integer.
    pub(super) fn cmp_magnitude(&self, integer: u64) -> Ordering {
        let (whole, fraction) = match self.whole() {
            Some(parts) => parts,
            None => return Ordering::Greater,
        };
        whole.cmp(&u128::from(integer)).then(if fraction { Ordering::Greater } else { Ordering::Equal })
    }

    /// The magnitude's integer part and whether there is a fraction; none from 10^38 on.
    pub(super) fn whole(&self) -> Option<(u128, bool)> {
        if self.is_zero() {
            return Some((0, false));
        }
        let (whole, fraction) = self.split(0);
        let zeros = self.exponent.max(0);
        if whole.len() as i64 + zeros > 38 {
            return None;
        }
        let number = whole.iter().fold(0_u128, |n, d| n * 10 + u128::from(*d));
        Some((number * 10_u128.pow(u32::try_from(zeros).ok()?), fraction.iter().any(|d| *d != 0)))
    }

    /// The digits before and after the `places`-th decimal place.
    fn split(&self, places: i64) -> (&[u8], &[u8]) {
        let cut = self.exponent.saturating_add(places).min(0).unsigned_abs();
        let at = usize::try_from(cut).map_or(0, |cut| self.digits.len().saturating_sub(cut));
        self.digits.split_at_checked(at).unwrap_or((&self.digits, &[]))
    }

    /// The magnitude times 10^`places`, rounded down, in 64 wrapping bits, and whether anything was cut off.
    pub(super) fn low_bits(&self, places: i64) -> (u64, bool) {
        let (whole, rest) = self.split(places);
        let low = whole.iter().fold(0_u64, |n, d| n.wrapping_mul(10).wrapping_add(u64::from(*d)));
        let zeros = self.exponent.saturating_add(places).max(0);
        // 10^64 is a multiple of 2^64.
        let scale = u32::try_from(zeros.min(64)).map_or(0, |zeros| 10_u64.wrapping_pow(zeros));
        (low.wrapping_mul(scale), rest.iter().any(|d| *d != 0))
    }

    /// The magnitude times 10^`places`, rounded to the nearest float.
    pub(super) fn to_f64(&self, places: i64) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        let text = format!("{}e{}", self.digit_text(), self.exponent.saturating_add(places));
        text.parse().unwrap_or(f64::INFINITY)
    }

    /// The digits with trailing zeros moved into the exponent.
    pub(super) fn reduced(&self) -> (String, i64) {
        let text = self.digit_text();
        let reduced = text.trim_end_matches('0');
        (reduced.to_owned(), self.exponent.saturating_add((text.len() - reduced.len()) as i64))
    }

    fn digit_text(&self) -> String {
        self.digits.iter().map(|d| char::from(b'0' + d)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_keep_the_zeros_of_their_exponents() {
        let whole = |digits: &str, exponent| Decimal::new(false, digits.bytes(), exponent).whole();
        assert_eq!(whole("5", 20), Some((500_000_000_000_000_000_000, false)));
        assert_eq!(whole("1234", -2), Some((12, true)));
        assert_eq!((whole("1", 37).is_some(), whole("1", 38)), (true, None));
    }
}
