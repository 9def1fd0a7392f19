//! The values of an axis as numbers.

use forescale_kernel::parse_duration;

/// The number that a value stands for, as TOML writes it: durations in seconds, of other texts the number before the unit. `None` where it has none.
pub fn number(value: &str) -> Option<f64> {
    let text = value.trim_matches('"');
    if let Ok(number) = text.replace('_', "").parse::<f64>() {
        return Some(number).filter(|number| number.is_finite());
    }
    if !value.starts_with('"') {
        return None;
    }
    if let Ok(duration) = parse_duration(text) {
        return Some(duration.as_secs_f64());
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.get(..end).and_then(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbers_where_they_can_be() {
        let found =
            ["250", "\"250\"", "1_000.5", "\"90s\"", "\"2m\"", "\"16GB\"", "true", "\"queue\""].map(number);
        let number = |value| Some(value);
        assert_eq!(
            found,
            [
                number(250.0),
                number(250.0),
                number(1000.5),
                number(90.0),
                number(120.0),
                number(16.0),
                None,
                None
            ]
        );
    }
}
