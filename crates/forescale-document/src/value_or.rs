//! A plain value, or a table: `"40s"` or `{ lognormal = { … } }`.

use crate::decode::IS_TABLE;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Either of two types, told apart by whether a table is written.
///
/// It can be read by [`decode`](crate::decode()) only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueOr<V, T> {
    /// Anything but a table.
    Value(V),
    /// A table.
    Table(T),
}

impl<V: JsonSchema, T: JsonSchema> JsonSchema for ValueOr<V, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}_or_{}", V::schema_name(), T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<V>(), generator.subschema_for::<T>()] })
    }
}

impl<'de, V: Deserialize<'de>, T: Deserialize<'de>> Deserialize<'de> for ValueOr<V, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(IS_TABLE, EitherVisitor(PhantomData))
    }
}

struct EitherVisitor<V, T>(PhantomData<(V, T)>);

impl<'de, V: Deserialize<'de>, T: Deserialize<'de>> Visitor<'de> for EitherVisitor<V, T> {
    type Value = ValueOr<V, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or a table")
    }

    /// Called for a table.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::deserialize(deserializer).map(ValueOr::Table)
    }

    /// Called for anything else.
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        V::deserialize(deserializer).map(ValueOr::Value)
    }
}
