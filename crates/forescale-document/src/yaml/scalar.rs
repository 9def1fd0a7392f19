//! What a plain scalar means.
//!
//! As the YAML reader of Kubernetes' tools and of prometheus-adapter resolves it: YAML 1.1, so `yes` and `on` are booleans and
//! `010` is eight.

use crate::node::Value;

/// The value of an unquoted word.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ => number(text).unwrap_or_else(|| Value::Text(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits)
        .map(Value::Integer)
        .or_else(|| is_float(&digits).then(|| digits.parse().ok().map(Value::Float))?)
}

fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let prefixed = |prefixes: [&str; 2], radix: u32| {
        prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix)).map(|digits| (digits, radix))
    };
    let (digits, radix) = prefixed(["0x", "0X"], 16)
        .or_else(|| prefixed(["0b", "0B"], 2))
        .or_else(|| prefixed(["0o", "0O"], 8))
        .or_else(|| digits.strip_prefix('0').filter(|rest| !rest.is_empty()).map(|rest| (rest, 8)))
        .unwrap_or((digits, 10));
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i128::from_str_radix(digits, radix).ok().map(|number| sign * number)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    has_digits
        && all_digits(whole)
        && all_digits(fraction)
        && exponent.is_none_or(|digits| !digits.is_empty() && all_digits(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_yaml_1_1_has_them() {
        for (text, value) in [
            ("", Value::Null),
            ("on", Value::Bool(true)),
            ("N", Value::Bool(false)),
            ("250", Value::Integer(250)),
            ("-1_000", Value::Integer(-1000)),
            ("010", Value::Integer(8)),
            ("0x1F", Value::Integer(31)),
            ("08", Value::Float(8.0)),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
        ] {
            assert_eq!(plain(text), value, "{text}");
        }
        for text in ["500m", "1Gi", "v1", "60s", "-", "--1", "0x-1", "1.2.3", "1e", ".", "+", "truee"] {
            assert_eq!(plain(text), Value::Text(text.to_owned()), "{text}");
        }
    }
}
