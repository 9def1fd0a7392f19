//! Numbers as people read them: three or four significant digits and a unit.

use forescale_experiment::Estimate;
use forescale_kernel::{SimDuration, SimTime};

/// Rounded to so many significant digits, without an exponent: `41.3`, `0.0123`, `1230`; below 1e-15 it is `0`.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let (rounded, exponent) = round(value, digits);
    let places = (digits as i64 - 1 - exponent).clamp(0, 30) as usize;
    if rounded.abs() < 1e-15 { "0".to_owned() } else { format!("{rounded:.places$}") }
}

/// The same without zeros at the end of a fraction: `2`, `0.5`.
pub(crate) fn trimmed(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A mean with half of its interval's width, in three significant digits of the larger of them: `1.41 ±0.02`, `−0.05 ±0.43`; `-` where it is infinite.
/// A width of which nothing is left is `±0`: `0.667 ±0`, `3 ±0`.
pub(crate) fn plus_minus(estimate: Estimate) -> String {
    let Estimate { mean, half_width } = estimate;
    if !mean.is_finite() {
        return "-".to_owned();
    }
    let size = mean.abs().max(half_width.unwrap_or(0.0));
    let shown = match half_width {
        None => trimmed(size, 3),
        Some(0.0) if size.fract() == 0.0 => trimmed(size, 3),
        Some(_) => significant(size, 3),
    };
    let places = shown.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounded = format!("{:.places$}", mean.abs());
    let sign = if mean < 0.0 && !is_zero(&rounded) { "−" } else { "" };
    let half = half_width.map(|half| format!("{half:.places$}"));
    match half {
        Some(half) if is_zero(&half) => format!("{sign}{rounded} ±0"),
        Some(half) => format!("{sign}{rounded} ±{half}"),
        None => format!("{sign}{rounded}"),
    }
}

/// Whether nothing of a number is left after rounding.
pub(crate) fn is_zero(rounded: &str) -> bool {
    rounded.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// The value rounded to so many significant digits, and the power of ten of the first one.
fn round(value: f64, digits: usize) -> (f64, i64) {
    let text = format!("{value:.*e}", digits.saturating_sub(1));
    let exponent = text.rsplit('e').next().and_then(|exponent| exponent.parse().ok()).unwrap_or(0);
    (text.parse().unwrap_or(value), exponent)
}

/// A unit of time for seconds that read as `value` after rounding, with what one second is in it.
fn time_unit(value: f64) -> (f64, &'static str) {
    match value.abs() {
        v if v >= 1.0 || v == 0.0 => (1.0, "s"),
        v if v >= 1e-3 => (1e3, "ms"),
        _ => (1e6, "µs"),
    }
}

/// Seconds with their unit: `41.3 s`, `61.2 ms`, `0 s`.
pub(crate) fn seconds(value: f64) -> String {
    let (scale, unit) = time_unit(round(value, 3).0);
    let digits = if value.abs() >= 1000.0 { 4 } else { 3 };
    format!("{} {unit}", significant(value * scale, digits))
}

/// `seconds`, or `-` where nothing was measured.
pub(crate) fn maybe_seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), seconds)
}

/// A length of time that somebody chose: `2 s`, `50 ms`.
pub(crate) fn span(span: SimDuration) -> String {
    let value = span.as_secs_f64();
    let (scale, unit) = time_unit(round(value, 4).0);
    format!("{} {unit}", trimmed(value * scale, 4))
}

/// A measured value beside its limit, with as many digits as tell the two apart.
pub(crate) fn beside(value: f64, limit: SimDuration) -> String {
    let limit = limit.as_secs_f64();
    let (scale, unit) = time_unit(round(value, 3).0);
    let alike = |digits: usize| trimmed(value, digits) == trimmed(limit, digits);
    let digits = (3..10).find(|digits| value == limit || !alike(*digits)).unwrap_or(10);
    if digits == 3 { seconds(value) } else { format!("{} {unit}", significant(value * scale, digits)) }
}

/// The bounds of a measure in one unit: `0.12–41.3 s`, `3 pods`.
pub(crate) fn range(least: f64, most: f64, unit: &str) -> String {
    let (scale, unit) = if unit == "s" { time_unit(round(most, 3).0) } else { (1.0, unit) };
    let (least, most) = (trimmed(least * scale, 3), trimmed(most * scale, 3));
    match (least == most, most.as_str()) {
        (true, "1") => {
            format!("1 {}", unit.strip_suffix('s').filter(|unit| !unit.is_empty()).unwrap_or(unit))
        }
        (true, _) => format!("{most} {unit}"),
        (false, _) => format!("{least}–{most} {unit}"),
    }
}

/// A whole number of things, with commas: `29,340`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 pod`, `2 pods`
pub(crate) fn things(value: usize, one: &str) -> String {
    format!("{} {one}{}", count(value as u64), if value == 1 { "" } else { "s" })
}

/// With an SI prefix from ten thousand on: `7.21 M`, `48.1 k`, `4010`.
pub(crate) fn prefixed(value: f64) -> String {
    match value {
        v if v >= 999.5e6 => format!("{} G", significant(v / 1e9, 3)),
        v if v >= 999.5e3 => format!("{} M", significant(v / 1e6, 3)),
        v if v >= 1e4 => format!("{} k", significant(v / 1e3, 3)),
        v if v >= 1000.0 => trimmed(v, 4),
        v => trimmed(v, 3),
    }
}

/// A share in percent, from 1 % on rounded down, so that no share reads better than it is: `99.4 %`, `100 %`.
pub(crate) fn percent(share: f64) -> String {
    // What a share lacks to a tenth by the arithmetic of floats alone does not count.
    let tenths = (share * 1000.0 + 1e-9).floor();
    match tenths {
        t if t >= 1000.0 => "100 %".to_owned(),
        t if t < 10.0 => format!("{} %", trimmed(share * 100.0, 2)),
        t => format!("{:.1} %", t / 10.0),
    }
}

/// Dollars: `$5.15`, `$0.042`, `$12350`.
pub(crate) fn money(dollars: f64) -> String {
    match dollars.abs() {
        d if d >= 1000.0 => format!("${}", significant(dollars, 4)),
        d if d >= 0.1 || d == 0.0 => format!("${dollars:.2}"),
        _ => format!("${}", significant(dollars, 2)),
    }
}

/// `p99`, `p99.9`
pub(crate) fn quantile(q: f64) -> String {
    format!("p{}", trimmed(q * 100.0, 6))
}

/// An instant in whole seconds, rounded down: `t=00:12:15`.
pub(crate) fn instant(at: SimTime) -> String {
    let second = SimDuration::from_secs(1).as_ps();
    format!("t={}", SimTime::from_ps(at.as_ps() - at.as_ps() % second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        let texts = [41.27, 1.0, 0.9996, 0.0612, 0.000_05, 0.0, 753.9, 12_346.0].map(seconds);
        assert_eq!(texts, ["41.3 s", "1.00 s", "1.00 s", "61.2 ms", "50.0 µs", "0 s", "754 s", "12350 s"]);
        assert_eq!(
            [significant(f64::NAN, 3), significant(1e-40, 3), significant(9.996, 3)],
            ["-", "0", "10.0"]
        );
        assert_eq!([span(SimDuration::from_ms(2500)), span(SimDuration::from_ms(50))], ["2.5 s", "50 ms"]);
    }

    #[test]
    fn an_interval_without_width_is_zero() {
        let text = |mean, half| plus_minus(Estimate { mean, half_width: Some(half) });
        assert_eq!(
            [text(2.6, 0.0), text(0.2, 0.0), text(0.667_1, 1e-17)],
            ["2.60 ±0", "0.200 ±0", "0.667 ±0"]
        );
        assert_eq!([text(36.7, 0.04), text(-36.7, 0.06), text(0.0, 0.0)], ["36.7 ±0", "−36.7 ±0.1", "0 ±0"]);
        // Counts stay whole.
        assert_eq!([text(3.0, 0.0), text(100.0, 0.0), text(-3.0, 0.0)], ["3 ±0", "100 ±0", "−3 ±0"]);
        assert_eq!(plus_minus(Estimate { mean: 2.6, half_width: None }), "2.6");
    }

    #[test]
    fn a_miss_by_little_shows() {
        let limit = SimDuration::from_secs(2);
        assert_eq!(
            [beside(2.001, limit), beside(2.0, limit), beside(41.27, limit)],
            ["2.001 s", "2.00 s", "41.3 s"]
        );
    }

    #[test]
    fn no_share_reads_better_than_it_is() {
        let texts = [1.0, 0.999_99, 0.994, 0.05, 0.000_123, 0.0].map(percent);
        assert_eq!(texts, ["100 %", "99.9 %", "99.4 %", "5.0 %", "0.012 %", "0 %"]);
    }

    #[test]
    fn counts_money_and_ranges() {
        assert_eq!(
            [0, 999, 1000, 29_340, 1_234_567].map(count),
            ["0", "999", "1,000", "29,340", "1,234,567"]
        );
        assert_eq!([5.148, 0.042, 0.5, 12_346.0].map(money), ["$5.15", "$0.042", "$0.50", "$12350"]);
        assert_eq!([0.99, 0.5, 0.999].map(quantile), ["p99", "p50", "p99.9"]);
        assert_eq!([7.214e6, 48_100.0, 4010.0].map(prefixed), ["7.21 M", "48.1 k", "4010"]);
        let ranges = [range(0.12, 41.27, "s"), range(1.0, 1.0, "pods"), range(1.0, 3.0, "pods")];
        assert_eq!(ranges, ["0.12–41.3 s", "1 pod", "1–3 pods"]);
    }
}
