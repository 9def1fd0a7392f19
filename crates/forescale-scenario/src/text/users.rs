//! `64`, or steps `[["0s", 8], ["5m", 64]]`

use super::Duration;
use forescale_document::{Code, Refusal};
use forescale_kernel::SimDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The most users: each has streams of its own.
const MOST: i64 = 1_000_000;

/// How many users there are: a number, or steps from instants on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsersText(pub(crate) Vec<(SimDuration, u32)>);

struct UsersVisitor;

fn refused<E: Error>(message: &str) -> E {
    E::custom(Refusal::new(Code::OUT_OF_RANGE, message.to_owned()))
}

fn count<E: Error>(users: i64) -> Result<u32, E> {
    let fine = u32::try_from(users).ok().filter(|_| users <= MOST);
    fine.ok_or_else(|| refused("the number of users must be between 0 and 1,000,000"))
}

impl<'de> Visitor<'de> for UsersVisitor {
    type Value = UsersText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of users, or steps such as [[\"0s\", 8], [\"5m\", 64]]")
    }

    fn visit_i64<E: Error>(self, users: i64) -> Result<UsersText, E> {
        Ok(UsersText(vec![(SimDuration::ZERO, count(users)?)]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<UsersText, A::Error> {
        let mut all: Vec<(SimDuration, u32)> = Vec::new();
        while let Some((since, users)) = steps.next_element::<(Duration, i64)>()? {
            all.push((since.0, count(users)?));
        }
        if all.first().is_none_or(|(since, _)| !since.is_zero()) {
            return Err(refused("the first step of users must start at \"0s\""));
        }
        match all.windows(2).position(|pair| pair[1].0 <= pair[0].0) {
            Some(at) => {
                Err(refused(&format!("step {} of users does not start after the step before it", at + 2)))
            }
            None => Ok(UsersText(all)),
        }
    }
}

impl<'de> Deserialize<'de> for UsersText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UsersVisitor)
    }
}

impl JsonSchema for UsersText {
    fn schema_name() -> Cow<'static, str> {
        "Users".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let duration = generator.subschema_for::<Duration>();
        let users = json_schema!({ "type": "integer", "minimum": 0, "maximum": MOST });
        json_schema!({
            "title": "users",
            "description": "How many users: a number, or steps `[[\"0s\", 8], [\"5m\", 64]]`, each from its instant on",
            "oneOf": [
                users,
                {
                    "type": "array",
                    "minItems": 1,
                    "items": { "type": "array", "prefixItems": [duration, users], "minItems": 2, "maxItems": 2 },
                },
            ],
            "examples": [64, [["0s", 8], ["5m", 64]]],
        })
    }
}
