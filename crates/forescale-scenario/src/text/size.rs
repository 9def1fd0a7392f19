//! `"16GB"`, `"1.2GB/s"`

use forescale_document::{Code, Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size(pub(crate) f64);

/// Bytes per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ByteRate(pub(crate) f64);

const UNITS: [(&str, f64); 9] = [
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("B", 1.0),
];

fn bytes(text: &str) -> Result<f64, String> {
    let wrong = || {
        format!(
            "`{text}` is no size; write for example \"16GB\" (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)"
        )
    };
    let text = text.trim();
    let (unit, factor) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit)).ok_or_else(wrong)?;
    let number: f64 = text.strip_suffix(unit).unwrap_or(text).trim().parse().map_err(|_| wrong())?;
    match number.is_finite() && number >= 0.0 {
        true => Ok(number * factor),
        false => Err(wrong()),
    }
}

/// Text with a unit; a bare number is told that it has none.
struct TextWithUnit(&'static str);

impl Visitor<'_> for TextWithUnit {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a text with a unit, for example {}", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

fn refusal<E: Error>(message: String) -> E {
    E::custom(Refusal::new(Code::WRONG_UNIT, message))
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(TextWithUnit("\"16GB\""))?;
        bytes(&text).map(Self).map_err(refusal)
    }
}

impl<'de> Deserialize<'de> for ByteRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(TextWithUnit("\"1.2GB/s\""))?;
        let per_second = text.trim().strip_suffix("/s");
        let per_second = per_second
            .ok_or_else(|| refusal(format!("`{text}` is no rate; write for example \"1.2GB/s\"")))?;
        let rate = bytes(per_second).map_err(refusal)?;
        match rate > 0.0 {
            true => Ok(Self(rate)),
            false => Err(D::Error::custom(Refusal::new(Code::OUT_OF_RANGE, "a rate must be above 0"))),
        }
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "size",
            "type": "string",
            "description": "Bytes with their unit: B, kB, MB, GB, TB, KiB, MiB, GiB or TiB",
            "pattern": "^[0-9.]+ ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$",
            "examples": ["16GB"],
        })
    }
}

impl JsonSchema for ByteRate {
    fn schema_name() -> Cow<'static, str> {
        "ByteRate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "transfer rate",
            "type": "string",
            "description": "Bytes per second with their unit",
            "pattern": "^[0-9.]+ ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)/s$",
            "examples": ["1.2GB/s"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn decimal_and_binary_units() {
        assert_eq!(bytes("16GB"), Ok(16e9));
        assert_eq!(bytes("1.5 GiB"), Ok(1_610_612_736.0));
        assert_eq!(bytes("7B"), Ok(7.0));
        for wrong in ["", "16", "GB", "16gb", "-1GB", "infGB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
