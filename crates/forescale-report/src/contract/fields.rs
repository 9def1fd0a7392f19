//! The fields of a JSON Schema as rows of a table.

use super::unit::unit;
use serde_json::{Map, Value};
use std::fmt;

pub(super) const FIELDS_HEAD: &str = "| field | type | unit | meaning |\n|---|---|---|---|\n";

/// A field, however deep.
#[derive(Debug)]
pub(super) struct Field {
    /// With dots between names, `[]` after an array, `*` for a key that is data.
    pub(super) path: String,
    pub(super) kind: String,
    pub(super) unit: Option<&'static str>,
    pub(super) meaning: String,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, meaning, .. } = self;
        writeln!(f, "| `{path}` | {kind} | {} | {meaning} |", self.unit.unwrap_or(""))
    }
}

/// All fields, each before those in it.
pub(super) fn fields(schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    walk(schema, schema, "", &mut found);
    found
}

fn walk(root: &Value, object: &Value, prefix: &str, found: &mut Vec<Field>) {
    // No field is ever left out, so all are required, and that list keeps the order in which they are written.
    for name in object.get("required").and_then(Value::as_array).into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        let property = &object["properties"][name];
        let (nullable, target) = resolve(root, property);
        let kinds = kinds(target);
        let is_array = kinds.contains(&"array");
        let (items_nullable, items) = match target.get("items") {
            Some(items) if is_array => resolve(root, items),
            _ => (false, target),
        };
        let path = format!("{prefix}{name}");
        let mut kind = kinds.iter().filter(|kind| **kind != "null").copied().collect::<Vec<_>>().join(" or ");
        if is_array {
            assert!(!items_nullable, "{path}: an array of nulls says nothing");
            kind = format!("array of {}s", self::kinds(items).join(" or "));
        }
        if nullable || kinds.contains(&"null") {
            kind += " or null";
        }
        let mut meaning = description(property);
        let variants = items.get("oneOf").and_then(Value::as_array);
        for variant in variants.into_iter().flatten() {
            let name = variant.get("const").and_then(Value::as_str).unwrap_or_default();
            meaning += &format!(" `{name}`: {}", lowered(&description(variant)));
        }
        if !is_array && target.get("properties").is_some() {
            meaning = [meaning, note(property, target)].join(" ").trim().to_owned();
        }
        found.push(Field { unit: unit(&path, &kind), kind, meaning, path: path.clone() });
        walk(root, items, &format!("{path}{}.", if is_array { "[]" } else { "" }), found);
        if let Some(values) = items.get("additionalProperties").filter(|values| values.is_object()) {
            let (kind, path) = (self::kinds(values).join(" or "), format!("{path}.*"));
            let meaning = if kind == "integer" { "How many." } else { "One of them." };
            found.push(Field { unit: unit(&path, &kind), kind, meaning: meaning.to_owned(), path });
        }
    }
}

/// What a type says about itself, where that is not what the field says already.
fn note(property: &Value, target: &Value) -> String {
    match std::ptr::eq(property, target) {
        true => String::new(),
        false => description(target),
    }
}

/// The type behind references, and whether `null` may stand in its place.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> (bool, &'a Value) {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return resolve(root, target.unwrap_or_else(|| panic!("{schema}: the reference leads nowhere")));
    }
    let Some(choices) = schema.get("anyOf").and_then(Value::as_array) else { return (false, schema) };
    let others = choices.iter().find(|choice| kinds(choice) != ["null"]);
    (choices.len() == 2, others.map_or(schema, |other| resolve(root, other).1))
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("oneOf").is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

/// The doc comment in one line.
fn description(schema: &Value) -> String {
    let object: Option<&Map<String, Value>> = schema.as_object();
    let text =
        object.and_then(|object| object.get("description")).and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn lowered(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
