//! The fields of a JSON Schema as rows of a table.

use super::unit::unit;
use serde_json::{Map, Value};
use std::fmt;

pub(super) const FIELDS_HEAD: &str = "| field | type | unit | meaning |\n|---|---|---|---|\n";

/// Objects that many fields are, by their definitions: what is in them is told once, after the other fields.
const APART: [(&str, &str); 2] = [("#/$defs/Estimate", "estimate"), ("#/$defs/Difference", "difference")];

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
    for (reference, name) in APART {
        if let Some(target) = schema.pointer(reference.trim_start_matches('#')) {
            walk(schema, target, &format!("{name}."), &mut found);
        }
    }
    found
}

fn walk(root: &Value, object: &Value, prefix: &str, found: &mut Vec<Field>) {
    // No field is ever left out, so all are required, and that list keeps the order in which they are written.
    for name in list(object, "required").filter_map(Value::as_str) {
        let property = &object["properties"][name];
        field(root, format!("{prefix}{name}"), property, &description(property), found);
    }
    // Of a choice between objects one is there, and the choice says what its field means.
    for choice in list(object, "oneOf") {
        for name in list(choice, "required").filter_map(Value::as_str) {
            let property = &choice["properties"][name];
            field(root, format!("{prefix}{name}"), property, &description(choice), found);
        }
    }
}

/// Adds a field, and those in it.
fn field(root: &Value, path: String, property: &Value, meaning: &str, found: &mut Vec<Field>) {
    let target = Target::of(root, property);
    let items = target.items(root);
    let kind = match items {
        Some(items) => {
            let kinds: Vec<String> = items.kinds().map(|kind| format!("{kind}s")).collect();
            let or_null = if target.is_null() { " or null" } else { "" };
            format!("array of {}{or_null}", kinds.join(" or "))
        }
        None => target.kinds().collect::<Vec<_>>().join(" or "),
    };
    let within = items.unwrap_or(target);
    let mut meaning = meaning.to_owned();
    for choice in list(within.schema, "oneOf") {
        if let Some(name) = choice.get("const").and_then(Value::as_str) {
            meaning += &format!(" `{name}`: {}", lowered(&description(choice)));
        }
    }
    // What a type says about itself, where that is not what the field says already.
    let is_plain_object = items.is_none() && target.schema.get("properties").is_some();
    if is_plain_object && target.apart.is_none() && !std::ptr::eq(property, target.schema) {
        meaning = [meaning, description(target.schema)].join(" ").trim().to_owned();
    }
    found.push(Field { unit: unit(&path, &kind), kind, meaning, path: path.clone() });
    if within.apart.is_some() {
        return;
    }
    walk(root, within.schema, &format!("{path}{}.", if items.is_some() { "[]" } else { "" }), found);
    if let Some(values) = within.schema.get("additionalProperties").filter(|values| values.is_object()) {
        let is_count = Target::of(root, values).kinds().eq(["integer"]);
        let meaning = if is_count { "How many." } else { "One of them." };
        field(root, format!("{path}.*"), values, meaning, found);
    }
}

/// The type behind references.
#[derive(Clone, Copy)]
struct Target<'a> {
    schema: &'a Value,
    /// Whether `null` may stand in its place.
    is_nullable: bool,
    /// What it is called where it is told apart.
    apart: Option<&'static str>,
}

impl<'a> Target<'a> {
    fn of(root: &'a Value, schema: &'a Value) -> Self {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
            let target = target.unwrap_or_else(|| panic!("{schema}: the reference leads nowhere"));
            let apart = APART.iter().find(|(known, _)| *known == reference).map(|(_, name)| *name);
            return Self { apart, ..Self::of(root, target) };
        }
        let other = list(schema, "anyOf").find(|choice| choice.get("type") != Some(&Value::from("null")));
        match other {
            Some(other) => Self { is_nullable: true, ..Self::of(root, other) },
            None => Self { schema, is_nullable: false, apart: None },
        }
    }

    /// The type of the entries, where it is an array.
    fn items(self, root: &'a Value) -> Option<Self> {
        let is_array = names(self.schema).contains(&"array");
        self.schema.get("items").filter(|_| is_array).map(|items| Self::of(root, items))
    }

    fn is_null(self) -> bool {
        self.is_nullable || names(self.schema).contains(&"null")
    }

    /// What it may be; `null` comes last.
    fn kinds(self) -> impl Iterator<Item = &'a str> {
        let names = self.apart.map_or_else(|| names(self.schema), |name| vec![name]);
        let null = self.is_null().then_some("null");
        names.into_iter().filter(|name| *name != "null").chain(null)
    }
}

/// The types that a schema names.
fn names(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => list(schema, "oneOf").next().map_or_else(Vec::new, names),
    }
}

fn list<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
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
