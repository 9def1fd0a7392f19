//! `sim profile`

mod coefficients;
mod fit;
mod list;
mod show;

use crate::cli::{ProfileArguments, ProfileCommand};
use crate::exit::{Exit, Failure};

/// Lists, shows and fits profiles.
pub(crate) fn profile(arguments: &ProfileArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        ProfileCommand::List(arguments) => list::list(arguments),
        ProfileCommand::Show(arguments) => show::show(arguments),
        ProfileCommand::Fit(arguments) => fit::fit(arguments),
    }
}

/// A number with a comma after each thousand.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Four digits of a number that is not negative.
pub(crate) fn digits(number: f64) -> String {
    let before = if number >= 1.0 { number.log10().floor() as usize + 1 } else { 1 };
    let text = format!("{number:.*}", 4_usize.saturating_sub(before));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Picoseconds in the unit that suits them.
fn time(ps: f64) -> String {
    match ps {
        1e12.. => format!("{} s", digits(ps / 1e12)),
        1e9.. => format!("{} ms", digits(ps / 1e9)),
        1e6.. => format!("{} µs", digits(ps / 1e6)),
        1e3.. => format!("{} ns", digits(ps / 1e3)),
        _ => format!("{} ps", digits(ps)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 0.25, 6.434_34, 43.0, 123_456.0].map(digits),
            ["0", "0.25", "6.434", "43", "123456"]
        );
        assert_eq!(
            [0.0, 6.434_34e9, 11_474_600.0, 43_454.0, 2e12].map(time),
            ["0 ps", "6.434 ms", "11.47 µs", "43.45 ns", "2 s"]
        );
    }
}
