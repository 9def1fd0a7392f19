//! JSON objects whose keys are data.

use serde::{Serialize, Serializer};

/// An object with its keys in the order of the list.
#[derive(Clone, Debug)]
pub(crate) struct Object<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Object<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
impl<V: schemars::JsonSchema> schemars::JsonSchema for Object<V> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}ByName", V::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<V>() })
    }
}
