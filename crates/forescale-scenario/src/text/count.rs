//! `64`, or steps `[["0s", 8], ["5m", 64]]`

use super::Duration;
use forescale_document::{Code, Refusal};
use forescale_kernel::SimDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The greatest count: far beyond any use.
const MOST: i64 = 1_000_000;

/// How many there are: a number, or steps from instants on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CountText(pub(crate) Vec<(SimDuration, u32)>);

struct CountVisitor;

fn refused<E: Error>(message: &str) -> E {
    E::custom(Refusal::new(Code::OUT_OF_RANGE, message.to_owned()))
}

fn count<E: Error>(number: i64) -> Result<u32, E> {
    let fine = u32::try_from(number).ok().filter(|_| number <= MOST);
    fine.ok_or_else(|| refused("a number must be between 0 and 1,000,000"))
}

impl<'de> Visitor<'de> for CountVisitor {
    type Value = CountText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or steps such as [[\"0s\", 8], [\"5m\", 64]]")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<CountText, E> {
        Ok(CountText(vec![(SimDuration::ZERO, count(number)?)]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<CountText, A::Error> {
        let mut all: Vec<(SimDuration, u32)> = Vec::new();
        while let Some((since, number)) = steps.next_element::<(Duration, i64)>()? {
            all.push((since.0, count(number)?));
        }
        if all.first().is_none_or(|(since, _)| !since.is_zero()) {
            return Err(refused("the first step must start at \"0s\""));
        }
        match all.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
            Some(at) => Err(refused(&format!("step {} does not start after the step before it", at + 2))),
            None => Ok(CountText(all)),
        }
    }
}

impl<'de> Deserialize<'de> for CountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

impl JsonSchema for CountText {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = generator.subschema_for::<Duration>();
        let count = json_schema!({ "type": "integer", "minimum": 0, "maximum": MOST });
        json_schema!({
            "title": "count",
            "description": "How many: a number, or steps `[[\"0s\", 8], [\"5m\", 64]]`, each from its instant on",
            "oneOf": [
                count,
                {
                    "type": "array",
                    "minItems": 1,
                    "items": { "type": "array", "prefixItems": [duration, count], "minItems": 2, "maxItems": 2 },
                },
            ],
            "examples": [64, [["0s", 8], ["5m", 64]]],
        })
    }
}
