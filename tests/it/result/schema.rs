//! JSON values against the part of JSON Schema that Forescale's schemas use.

use crate::workspace::read;
use regex::Regex;
use serde_json::Value;

/// A schema with its definitions.
pub(crate) struct Schema(Value);

/// Keywords that say something to people only, or hold definitions.
const SILENT: [&str; 7] = ["$schema", "$defs", "title", "description", "format", "default", "examples"];

impl Schema {
    /// One of the repository's files.
    pub(crate) fn read(path: &str) -> Self {
        Self(serde_json::from_str(&read(path)).unwrap())
    }

    /// What is wrong with a value, a sentence each.
    pub(crate) fn complaints(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(&self.0, value, "", &mut found);
        found
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap_or_else(|| panic!("{at}: {schema} is no schema")) {
            match (keyword.as_str(), rule) {
                (silent, _) if SILENT.contains(&silent) => {}
                ("$ref", Value::String(target)) => {
                    let target = self.0.pointer(target.trim_start_matches('#'));
                    self.check(target.expect("a reference leads somewhere"), value, at, found);
                }
                ("type", Value::String(kind)) => self.expect(is(value, kind), value, at, kind, found),
                ("type", Value::Array(kinds)) => {
                    let fits = kinds.iter().filter_map(Value::as_str).any(|kind| is(value, kind));
                    self.expect(fits, value, at, &rule.to_string(), found);
                }
                ("const", _) => self.expect(value == rule, value, at, &rule.to_string(), found),
                ("pattern", Value::String(pattern)) => {
                    let pattern = Regex::new(pattern).expect("a regular expression");
                    let fits = value.as_str().is_none_or(|value| pattern.is_match(value));
                    self.expect(fits, value, at, &rule.to_string(), found);
                }
                ("maximum", _) => {
                    let fits = value.as_f64().is_none_or(|value| Some(value) <= rule.as_f64());
                    self.expect(fits, value, at, &format!("at most {rule}"), found);
                }
                ("minItems" | "maxItems", _) => {
                    let count = value.as_array().map(|items| items.len() as u64);
                    let is_least = keyword == "minItems";
                    let fits = count.is_none_or(|count| {
                        if is_least { Some(count) >= rule.as_u64() } else { Some(count) <= rule.as_u64() }
                    });
                    self.expect(fits, value, at, &format!("{keyword} {rule}"), found);
                }
                ("prefixItems", Value::Array(rules)) => {
                    for (index, (rule, item)) in
                        rules.iter().zip(value.as_array().into_iter().flatten()).enumerate()
                    {
                        self.check(rule, item, &format!("{at}[{index}]"), found);
                    }
                }
                ("patternProperties", Value::Object(patterns)) => {
                    for (name, field) in value.as_object().into_iter().flatten() {
                        let fits = |(pattern, _): &(&String, &Value)| {
                            Regex::new(pattern).expect("a regular expression").is_match(name)
                        };
                        match patterns.iter().find(fits) {
                            Some((_, rule)) => self.check(rule, field, &format!("{at}.{name}"), found),
                            None => found.push(format!("{at}.{name}: the schema does not name it")),
                        }
                    }
                }
                ("additionalProperties", Value::Bool(false)) => {}
                ("minimum", _) => {
                    let fits = value.as_f64().is_none_or(|value| Some(value) >= rule.as_f64());
                    self.expect(fits, value, at, &format!("at least {rule}"), found);
                }
                ("anyOf" | "oneOf", Value::Array(choices)) => {
                    let fits = |choice: &&Value| {
                        let mut complaints = Vec::new();
                        self.check(choice, value, at, &mut complaints);
                        complaints.is_empty()
                    };
                    let fitting = choices.iter().filter(fits).count();
                    let right = if keyword == "oneOf" { fitting == 1 } else { fitting > 0 };
                    self.expect(right, value, at, &rule.to_string(), found);
                }
                ("required", Value::Array(names)) => {
                    let missing =
                        names.iter().filter(|name| value.get(name.as_str().unwrap_or("")).is_none());
                    found.extend(missing.map(|name| format!("{at}: {name} is missing")));
                }
                ("items", _) => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}[{index}]"), found);
                    }
                }
                ("properties", Value::Object(known)) => {
                    for (name, field) in value.as_object().into_iter().flatten() {
                        match known.get(name) {
                            Some(schema) => self.check(schema, field, &format!("{at}.{name}"), found),
                            None => found.push(format!("{at}.{name}: the schema does not name it")),
                        }
                    }
                }
                ("additionalProperties", _) => {
                    for (name, field) in value.as_object().into_iter().flatten() {
                        self.check(rule, field, &format!("{at}.{name}"), found);
                    }
                }
                _ => found.push(format!("{at}: nobody checks `{keyword}`")),
            }
        }
    }

    fn expect(&self, fits: bool, value: &Value, at: &str, expected: &str, found: &mut Vec<String>) {
        if !fits {
            found.push(format!("{at}: {value} is not {expected}"));
        }
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type of JSON"),
    }
}

/// Each rule finds what breaks it.
#[test]
fn planted_faults_are_found() {
    let schema = Schema(serde_json::json!({
        "type": "object",
        "required": ["a", "b"],
        "properties": {
            "a": { "type": ["number", "null"], "minimum": 0 },
            "b": { "type": "array", "items": { "$ref": "#/$defs/word" } },
        },
        "$defs": { "word": { "oneOf": [{ "const": "x" }, { "const": "y" }] } },
    }));
    let count = |value| schema.complaints(&value).len();
    use serde_json::json;
    assert_eq!(count(json!({"a": 1.5, "b": ["x", "y"]})), 0);
    assert_eq!(count(json!({"a": null, "b": []})), 0);
    for wrong in [
        json!({"a": 1}),
        json!({"a": "1", "b": []}),
        json!({"a": -1, "b": []}),
        json!({"a": 1, "b": "x"}),
        json!({"a": 1, "b": ["z"]}),
        json!({"a": 1, "b": [], "c": 1}),
    ] {
        assert_eq!(count(wrong.clone()), 1, "{wrong}");
    }
}
