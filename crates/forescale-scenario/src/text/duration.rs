//! `"15s"`

use forescale_document::{Code, Refusal};
use forescale_kernel::{SimDuration, parse_duration};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A duration with its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Duration(pub(crate) SimDuration);

impl Duration {
    pub(crate) const fn from_ms(ms: u64) -> Self {
        Self(SimDuration::from_ms(ms))
    }
}

struct DurationVisitor;

impl Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration with a unit, for example \"15s\", \"1h30m\" or \"250ms\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        parse_duration(text)
            .map(Duration)
            .map_err(|error| E::custom(Refusal::new(Code::WRONG_UNIT, error.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Duration, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Duration, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "duration",
            "type": "string",
            "description": "A duration with its unit: d, h, m, s, ms, us, ns or ps",
            "pattern": "^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(d|h|m|s|ms|us|µs|ns|ps)(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(d|h|m|s|ms|us|µs|ns|ps))*$",
            "examples": ["15s", "1h30m", "250ms"],
        })
    }
}
