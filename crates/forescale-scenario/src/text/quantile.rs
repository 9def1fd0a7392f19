//! `p99`

use forescale_document::{Code, Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;

/// A quantile between 0 and 1, written `p50`, `p99`, `p99.9`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantile(pub(crate) f64);

impl PartialEq for Quantile {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Quantile {}

impl PartialOrd for Quantile {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantile {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl<'de> Deserialize<'de> for Quantile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let percent: Option<f64> = text.strip_prefix('p').and_then(|number| number.parse().ok());
        match percent {
            Some(percent) if percent > 0.0 && percent < 100.0 => Ok(Self(percent / 100.0)),
            _ => Err(D::Error::custom(
                Refusal::new(Code::WRONG_VALUE, format!("`{text}` is no quantile"))
                    .help("write for example `p50`, `p99` or `\"p99.9\"`"),
            )),
        }
    }
}

impl Serialize for Quantile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("p{}", self.0 * 100.0))
    }
}

impl JsonSchema for Quantile {
    fn schema_name() -> Cow<'static, str> {
        "Quantile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "title": "quantile", "type": "string", "pattern": "^p[0-9]{1,2}(\\.[0-9]+)?$", "examples": ["p50", "p99", "p99.9"] })
    }
}
