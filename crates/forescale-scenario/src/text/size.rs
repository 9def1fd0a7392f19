//! `"16GB"`, `"1.2GB/s"`

use serde::de::{Deserialize, Deserializer, Error};

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

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        bytes(&text).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ByteRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let per_second = text
            .trim()
            .strip_suffix("/s")
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no rate; write for example \"1.2GB/s\"")))?;
        let rate = bytes(per_second).map_err(D::Error::custom)?;
        match rate > 0.0 {
            true => Ok(Self(rate)),
            false => Err(D::Error::custom("a rate must be above 0")),
        }
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
