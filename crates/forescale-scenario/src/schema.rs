//! What a scenario file can say: JSON Schema, and the keys one by one.

use crate::raw::RawScenario;
use serde_json::{Map, Value};

/// The JSON Schema of a scenario file.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(RawScenario).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from("A scenario of Forescale"));
    }
    schema
}

/// A key of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The way to it, with `NAME` for a name of the user's own: `workload.NAME.from`.
    pub path: String,
    /// What it holds, in words.
    pub kind: String,
    /// What holds where it is not written, as in the file; `None` where there is no such value.
    pub default: Option<String>,
    /// Whether it must be written.
    pub is_required: bool,
    /// What it means, from the first words on.
    pub description: String,
}

/// All keys of a scenario, tables before what stands in them, in the order of the schema.
pub fn keys() -> Vec<Key> {
    let schema = schema();
    let mut keys = Vec::new();
    Walk { root: &schema, keys: &mut keys }.table(&schema, "");
    keys
}

/// A way through the schema that collects keys.
struct Walk<'a> {
    root: &'a Value,
    keys: &'a mut Vec<Key>,
}

impl Walk<'_> {
    fn table(&mut self, schema: &Value, path: &str) {
        let required = schema.get("required").and_then(Value::as_array);
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = joined(path, name);
            let is_required = required.is_some_and(|names| names.iter().any(|given| given == name.as_str()));
            self.key(property, path, is_required);
        }
        for variant in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            for (name, property) in variant.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                let own = text(property, "description");
                let description = if own.is_empty() { text(variant, "description") } else { own };
                self.described(property, joined(path, name), false, description);
            }
        }
    }

    fn key(&mut self, property: &Value, path: String, is_required: bool) {
        self.described(property, path, is_required, text(property, "description"));
    }

    fn described(&mut self, property: &Value, path: String, is_required: bool, description: String) {
        let target = resolved(self.root, property);
        let description = if description.is_empty() { text(target, "description") } else { description };
        let entries = map_entries(target);
        let is_table = !tables(self.root, property).is_empty();
        let kind = match (is_table, entries) {
            (_, Some(_)) => "table of your own names".to_owned(),
            _ => kind(self.root, property),
        };
        let default = property.get("default").filter(|default| is_telling(default));
        let default = default.map(ToString::to_string);
        self.keys.push(Key { path: path.clone(), kind, default, is_required, description });
        if let Some((placeholder, entry)) = entries {
            let below = joined(&path, placeholder);
            let inner = resolved(self.root, entry);
            let of_inner = text(inner, "description");
            let is_table = inner.get("properties").is_some();
            let parent = self.keys.last().map(|key| key.description.clone()).unwrap_or_default();
            let description = if is_table && !of_inner.is_empty() { of_inner } else { parent };
            let kind = self::kind(self.root, entry);
            self.keys.push(Key { path: below.clone(), kind, default: None, is_required: false, description });
            if is_table {
                self.table(inner, &below);
            }
            return;
        }
        // A distribution is explained once, not under every key that can hold one.
        for table in tables(self.root, property).into_iter().filter(|table| table.get("title").is_none()) {
            self.table(table, &path);
        }
    }
}

/// The kinds of values that have a notation of their own, each with what it means and examples: `duration`, `distribution`, …
pub fn notations() -> Vec<Notation> {
    let schema = schema();
    let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flatten();
    let mut notations: Vec<Notation> = Vec::new();
    for (_, definition) in definitions.filter(|(_, definition)| definition.get("title").is_some()) {
        let examples = definition.get("examples").and_then(Value::as_array).into_iter().flatten();
        let mut keys = Vec::new();
        Walk { root: &schema, keys: &mut keys }.table(definition, "");
        let notation = Notation {
            name: text(definition, "title"),
            description: text(definition, "description"),
            examples: examples.map(ToString::to_string).collect(),
            keys,
        };
        // The tables of token counts and of durations are alike but for their values.
        match notations.iter_mut().find(|known| known.name == notation.name) {
            None => notations.push(notation),
            Some(known) => {
                for (known, other) in known.keys.iter_mut().zip(notation.keys) {
                    if known.kind != other.kind {
                        known.kind = format!("{} or {}", known.kind, other.kind);
                    }
                }
            }
        }
    }
    notations
}

/// A kind of value with a notation of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Notation {
    /// What keys call it.
    pub name: String,
    /// What it means.
    pub description: String,
    /// How it is written, as TOML.
    pub examples: Vec<String>,
    /// The keys of its table, where it is one.
    pub keys: Vec<Key>,
}

/// `a.b`
fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn text(schema: &Value, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

/// Whether a default says something: an empty table or list does not.
fn is_telling(default: &Value) -> bool {
    match default {
        Value::Null => false,
        Value::Object(object) => !object.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// What a `$ref` leads to.
pub(crate) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(target) => root.pointer(target.trim_start_matches('#')).unwrap_or(schema),
        None => schema,
    }
}

/// The choices of a schema: itself, or those of its `anyOf`.
fn choices<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = resolved(root, schema);
    match schema.get("anyOf").and_then(Value::as_array) {
        Some(choices) => choices.iter().flat_map(|choice| self::choices(root, choice)).collect(),
        None => vec![schema],
    }
}

/// The choices of a schema that are tables with keys of their own.
pub(crate) fn tables<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let has_keys = |schema: &&Value| {
        let is_variant = |choice: &Value| choice.get("properties").is_some();
        schema.get("properties").is_some()
            || schema.get("oneOf").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_variant))
    };
    choices(root, schema).into_iter().filter(has_keys).collect()
}

/// What a table of the user's own names holds, with what stands for a name.
pub(crate) fn map_entries(schema: &Value) -> Option<(&'static str, &Value)> {
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    if let Some(entry) = patterns.and_then(|patterns| patterns.values().next()) {
        return Some(("pNN", entry));
    }
    schema.get("additionalProperties").filter(|entry| entry.is_object()).map(|entry| ("NAME", entry))
}

/// What a value is, in words.
fn kind(root: &Value, schema: &Value) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for choice in choices(root, schema) {
        let name = match choice.get("type").and_then(Value::as_str) {
            _ if choice.get("title").is_some() => text(choice, "title"),
            _ if !tables(root, choice).is_empty() => "table".to_owned(),
            Some("string") => "text".to_owned(),
            Some("integer") => "whole number".to_owned(),
            Some("number") => "number".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("array") => "list".to_owned(),
            Some("null") => continue,
            _ => match choice.get("type").and_then(Value::as_array) {
                Some(types) => {
                    let first = types.iter().find(|kind| *kind != "null");
                    let one = Map::from_iter([("type".to_owned(), first.cloned().unwrap_or_default())]);
                    kind(root, &Value::Object(one))
                }
                None => "value".to_owned(),
            },
        };
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    kinds.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_says_what_it_means() {
        let keys = keys();
        assert!(keys.len() > 40, "{}", keys.len());
        for key in &keys {
            assert!(!key.description.is_empty(), "{} has no description", key.path);
            assert!(!key.kind.is_empty() && key.kind != "value", "{} is a {}", key.path, key.kind);
        }
        let find =
            |path: &str| keys.iter().find(|key| key.path == path).unwrap_or_else(|| panic!("no {path}"));
        assert_eq!(find("telemetry.look_back").default.as_deref(), Some("\"5m\""));
        assert!(find("scenario.duration").is_required);
        assert_eq!(find("workload.NAME.arrivals.poisson.rate").kind, "rate");
        assert_eq!(find("slo.ttft.pNN").kind, "duration");
        assert_eq!(find("cluster.cold_start.weights").kind, "duration or start phase");
        let notations = notations();
        let phase = notations.iter().find(|notation| notation.name == "start phase").unwrap();
        assert!(phase.keys.iter().any(|key| key.path == "size" && key.kind == "size"));
    }
}
