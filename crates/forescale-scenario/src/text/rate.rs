//! `8.0`, or steps `[["0s", 8.0], ["5m", 60.0]]`

use super::Duration;
use forescale_core::demand::Rate;
use forescale_document::{Code, Refusal};
use forescale_kernel::SimDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Requests per second: a number, or steps from instants on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RateText(pub(crate) Rate);

struct RateVisitor;

impl RateVisitor {
    fn made<E: Error>(rate: Result<Rate, forescale_core::demand::RateError>) -> Result<RateText, E> {
        rate.map(RateText).map_err(|error| E::custom(Refusal::new(Code::OUT_OF_RANGE, error.to_string())))
    }
}

impl<'de> Visitor<'de> for RateVisitor {
    type Value = RateText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests per second: a number, or steps such as [[\"0s\", 8.0], [\"5m\", 60.0]]")
    }

    fn visit_f64<E: Error>(self, rate: f64) -> Result<RateText, E> {
        Self::made(Rate::constant(rate))
    }

    fn visit_i64<E: Error>(self, rate: i64) -> Result<RateText, E> {
        self.visit_f64(rate as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<RateText, A::Error> {
        let mut all: Vec<(SimDuration, f64)> = Vec::new();
        while let Some((since, rate)) = steps.next_element::<(Duration, f64)>()? {
            all.push((since.0, rate));
        }
        Self::made(Rate::new(all))
    }
}

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RateVisitor)
    }
}

impl JsonSchema for RateText {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = generator.subschema_for::<Duration>();
        json_schema!({
            "title": "rate",
            "description": "Requests per second: a number, or steps `[[\"0s\", 8.0], [\"5m\", 60.0]]`, each from its instant on",
            "oneOf": [
                { "type": "number", "minimum": 0, "maximum": 1e6 },
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "prefixItems": [duration, { "type": "number", "minimum": 0, "maximum": 1e6 }],
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            ],
            "examples": [8.0, [["0s", 8.0], ["5m", 60.0]]],
        })
    }
}
