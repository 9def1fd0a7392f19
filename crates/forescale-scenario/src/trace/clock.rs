//! Instants as traces write them, in nanoseconds of the trace's own clock.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// The unit in which a column of a generic trace counts time, or that it holds dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds, with or without a fraction.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
    /// A date with a time, with or without a zone: `2026-01-05T09:00:00.25Z`.
    DateTime,
}

impl TimeUnit {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds, Self::DateTime];

    /// `s`, `ms`, `us`, `ns` or `datetime`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
            Self::DateTime => "datetime",
        }
    }

    /// The unit of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// How a format writes instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// A date and a time without a zone.
    Civil,
    /// A date and a time with a zone.
    Zoned,
    /// As access logs of nginx write it: `05/Jan/2026:09:00:00 +0100`.
    Log,
    /// A number in a unit, or a date and a time with or without a zone.
    In(TimeUnit),
}

impl Clock {
    /// The instant in nanoseconds, or what is wrong with the text, in words that follow it.
    pub(super) fn read(self, text: &str) -> Result<i128, &'static str> {
        match self {
            Self::Civil if is_zoned(text) => {
                Err("has a zone, which the trace of 2023 has not; the format is `azure-llm-2024`")
            }
            Self::Civil => civil(text, "is no time such as `2023-11-16 18:15:46.6805900`"),
            Self::Zoned if civil(text, TOO_FINE).is_ok() && !is_zoned(text) => {
                Err("has no zone, which the trace of 2024 has; the format is `azure-llm-2023`")
            }
            Self::Zoned => zoned(text, "is no time such as `2024-05-10 00:00:00.009930+00:00`"),
            Self::Log => {
                let at = Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", text);
                at.map(Timestamp::as_nanosecond)
                    .map_err(|_| "is no time such as `05/Jan/2026:09:00:00 +0100`")
            }
            Self::In(TimeUnit::DateTime) => {
                let expected = "is no time such as `2026-01-05T09:00:00.25Z` or `2026-01-05 09:00:00`";
                if is_zoned(text) { zoned(text, expected) } else { civil(text, expected) }
            }
            Self::In(TimeUnit::Seconds) => number(text, 9),
            Self::In(TimeUnit::Milliseconds) => number(text, 6),
            Self::In(TimeUnit::Microseconds) => number(text, 3),
            Self::In(TimeUnit::Nanoseconds) => number(text, 0),
        }
    }
}

/// Whether a date and time ends with a zone: `Z`, `+00:00`, `-05`.
pub(super) fn is_zoned(text: &str) -> bool {
    // The date itself holds two hyphens, in its first ten characters.
    text.ends_with(['Z', 'z', ']']) || text.get(10..).is_some_and(|time| time.contains(['+', '-']))
}

const TOO_FINE: &str = "has more than nine digits after the point; times are read to the nanosecond";

/// How many digits stand after the point, zeros at the end apart.
fn is_too_fine(text: &str) -> bool {
    let fraction = text.rsplit_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.find(|c: char| !c.is_ascii_digit()).map_or(fraction, |end| &fraction[..end]);
    digits.trim_end_matches('0').len() > 9
}

fn civil(text: &str, expected: &'static str) -> Result<i128, &'static str> {
    if is_too_fine(text) {
        return Err(TOO_FINE);
    }
    // A fraction of any number of zeros is a whole second.
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0') => {
            whole
        }
        _ => text,
    };
    let at: DateTime = whole.parse().map_err(|_| expected)?;
    Ok(at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_nanos())
}

fn zoned(text: &str, expected: &'static str) -> Result<i128, &'static str> {
    if is_too_fine(text) {
        return Err(TOO_FINE);
    }
    text.parse::<Timestamp>().map(Timestamp::as_nanosecond).map_err(|_| expected)
}

/// No instant is further from the zero of its clock, in nanoseconds: three thousand years.
const FURTHEST: i128 = 100_000_000_000_000_000_000;

/// A decimal number in units of ten to the `places` nanoseconds; what is finer than a nanosecond is rounded.
fn number(text: &str, places: usize) -> Result<i128, &'static str> {
    const EXPECTED: &str = "is no time: a number is expected";
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        // With an exponent, as languages print very small and very large numbers.
        let is_number = digits.contains(['e', 'E']) && digits.starts_with(|c: char| c.is_ascii_digit());
        let value: f64 = text.parse().ok().filter(|_| is_number).ok_or(EXPECTED)?;
        let ns = (value * 10f64.powi(places as i32)).round();
        return in_range(if ns.is_finite() { ns as i128 } else { i128::MAX });
    }
    let mut ns: i128 = 0;
    let shifted = fraction.bytes().chain(std::iter::repeat(b'0')).take(places);
    for digit in whole.bytes().chain(shifted) {
        ns = (ns * 10 + i128::from(digit - b'0')).min(FURTHEST + 1);
    }
    if fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5') {
        ns += 1;
    }
    in_range(if is_negative { -ns } else { ns })
}

fn in_range(ns: i128) -> Result<i128, &'static str> {
    if (-FURTHEST..=FURTHEST).contains(&ns) {
        Ok(ns)
    } else {
        Err("is further than three thousand years from 0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seven_digits_without_a_zone_and_six_with_one_or_none() {
        let second = 1_700_158_546_i128 * 1_000_000_000;
        assert_eq!(Clock::Civil.read("2023-11-16 18:15:46.6805900"), Ok(second + 680_590_000));
        assert_eq!(Clock::Civil.read("2023-11-16 18:15:46.000000000000"), Ok(second));
        assert_eq!(Clock::Zoned.read("2023-11-16 18:15:46.680590+00:00"), Ok(second + 680_590_000));
        // The fraction is absent where it is zero.
        assert_eq!(Clock::Zoned.read("2023-11-16 18:15:46+00:00"), Ok(second));
        assert_eq!(Clock::Zoned.read("2023-11-16 19:15:46+01:00"), Ok(second));
        let dated = Clock::In(TimeUnit::DateTime);
        assert_eq!(Clock::Log.read("16/Nov/2023:19:15:46 +0100"), Ok(second));
        assert_eq!(dated.read("2023-11-16T18:15:46Z"), dated.read("2023-11-16 18:15:46"));
        assert!(Clock::Civil.read("2023-11-16 18:15:46+00:00").is_err_and(|what| what.contains("2024")));
        assert!(Clock::Zoned.read("2023-11-16 18:15:46").is_err());
        assert!(Clock::Civil.read("2023-11-16 18:15:46.0123456789").is_err_and(|what| what == TOO_FINE));
        assert!(
            Clock::Zoned.read("2023-11-16 18:15:46.0123456789+00:00").is_err_and(|what| what == TOO_FINE)
        );
    }

    #[test]
    fn numbers_are_exact_to_the_nanosecond() {
        let seconds = Clock::In(TimeUnit::Seconds);
        let texts = ["0.1", "172799.993", "5", "0.30000000000000004", "-1.5", "1e-3", "0.0000000006"];
        let expected =
            [100_000_000, 172_799_993_000_000, 5_000_000_000, 300_000_000, -1_500_000_000, 1_000_000, 1];
        assert_eq!(texts.map(|text| seconds.read(text).unwrap()), expected);
        assert_eq!(Clock::In(TimeUnit::Milliseconds).read("27482"), Ok(27_482_000_000));
        assert_eq!(Clock::In(TimeUnit::Nanoseconds).read("7"), Ok(7));
        for wrong in ["", ".", "-", "1.2.3", "inf", "nan", "e5", "1s", "0x1", "+1", "1e400", &"9".repeat(60)]
        {
            assert!(seconds.read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text: String, clock in 0usize..8) {
            let clocks = TimeUnit::ALL.map(Clock::In).into_iter().chain([Clock::Civil, Clock::Zoned, Clock::Log]);
            let _either = clocks.collect::<Vec<_>>()[clock].read(&text);
        }
    }
}
