//! Reading durations as people write them.

use crate::SimDuration;

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was written.
    #[error("a duration is empty; write for example \"15s\"")]
    Empty,
    /// A number without a unit.
    #[error("`{0}` has no unit; write for example \"{0}s\" (units: d, h, m, s, ms, us, ns, ps)")]
    NoUnit(String),
    /// A unit that is none.
    #[error("`{0}` is no unit of time (units: d, h, m, s, ms, us, ns, ps)")]
    UnknownUnit(String),
    /// Something where a number was expected.
    #[error("`{0}` is not a duration; write for example \"15s\", \"1h30m\" or \"1.5s\"")]
    NoNumber(String),
    /// Longer than simulated time reaches.
    #[error("`{0}` is longer than the 213 days that simulated time can count")]
    TooLong(String),
    /// Finer than a picosecond.
    #[error("`{0}` is finer than a picosecond")]
    TooFine(String),
}

/// Reads a duration such as `15s`, `1h30m`, `1.5s`, `250ms`.
///
/// Grammar: one or more pairs of a decimal number and a unit of `d h m s ms us ns ps`; they are added up. This takes
/// what Go, Kubernetes and Prometheus print (`1h30m0s`, `5m`). The value is exact; nothing is rounded.
///
/// # Errors
/// A [`DurationError`] that says what is wrong with the text.
///
/// ```
/// use forescale_kernel::{SimDuration, parse_duration};
/// assert_eq!(parse_duration("1m30s"), Ok(SimDuration::from_secs(90)));
/// assert!(parse_duration("90").is_err());
/// ```
pub fn parse_duration(text: &str) -> Result<SimDuration, DurationError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    let whole = rest;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(number_end);
        let unit_end = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let (integer, fraction) = number.split_once('.').unwrap_or((number, ""));
        if integer.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(DurationError::NoNumber(whole.to_owned()));
        }
        let digits_after_point = match unit {
            "" if tail.is_empty() => return Err(DurationError::NoUnit(whole.to_owned())),
            "" => return Err(DurationError::NoNumber(whole.to_owned())),
            unit => ps_per_unit(unit).ok_or_else(|| DurationError::UnknownUnit(unit.to_owned()))?,
        };
        let ps = exact_ps(integer, fraction, digits_after_point).map_err(|error| match error {
            Inexact::TooLong => DurationError::TooLong(whole.to_owned()),
            Inexact::TooFine => DurationError::TooFine(whole.to_owned()),
        })?;
        total = total.checked_add(ps).ok_or_else(|| DurationError::TooLong(whole.to_owned()))?;
        rest = tail;
    }
    Ok(SimDuration::from_ps(total))
}

fn ps_per_unit(unit: &str) -> Option<u64> {
    const S: u64 = 1_000_000_000_000;
    Some(match unit {
        "d" => 86_400 * S,
        "h" => 3_600 * S,
        "m" => 60 * S,
        "s" => S,
        "ms" => S / 1_000,
        "us" | "µs" | "μs" => S / 1_000_000,
        "ns" => S / 1_000_000_000,
        "ps" => 1,
        _ => return None,
    })
}

enum Inexact {
    TooLong,
    TooFine,
}

fn exact_ps(integer: &str, fraction: &str, unit: u64) -> Result<u64, Inexact> {
    let fraction = fraction.trim_end_matches('0');
    let scale =
        u32::try_from(fraction.len()).ok().and_then(|n| 10_u128.checked_pow(n)).ok_or(Inexact::TooFine)?;
    let parse = |digits: &str| match digits {
        "" => Ok(0_u128),
        digits => digits.parse().map_err(|_| Inexact::TooLong),
    };
    let part = parse(fraction)?.checked_mul(unit.into()).ok_or(Inexact::TooFine)?;
    if part % scale != 0 {
        return Err(Inexact::TooFine);
    }
    let whole = parse(integer)?.checked_mul(unit.into()).ok_or(Inexact::TooLong)?;
    let ps = whole.checked_add(part / scale).ok_or(Inexact::TooLong)?;
    u64::try_from(ps).map_err(|_| Inexact::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings() {
        let ok = |text, ps| assert_eq!(parse_duration(text), Ok(SimDuration::from_ps(ps)), "{text}");
        ok("1h30m0s", 5_400_000_000_000_000);
        ok("1.5s", 1_500_000_000_000);
        ok(" 250ms ", 250_000_000_000);
        ok("0.000000000001s", 1);
        ok("1.50s", 1_500_000_000_000);
        ok("2d", 172_800_000_000_000_000);
    }

    #[test]
    fn wrong_texts_say_why() {
        use DurationError::*;
        let bad = |text: &str, error| assert_eq!(parse_duration(text), Err(error), "{text}");
        bad("", Empty);
        bad("15", NoUnit("15".into()));
        bad("15x", UnknownUnit("x".into()));
        bad("s", NoNumber("s".into()));
        bad("-1s", NoNumber("-1s".into()));
        bad("1 s", NoNumber("1 s".into()));
        bad("1.2.3s", NoNumber("1.2.3s".into()));
        bad("300d", TooLong("300d".into()));
        bad("0.1ps", TooFine("0.1ps".into()));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse_duration(&text);
        }
    }
}
