//! Values as TOML writes them.

use crate::node::{Node, Value};
use crate::path::{Path, Step};

/// The value as TOML writes it, in one line. YAML's null, which TOML has not, is an empty text.
pub fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => toml::Value::Float(*number).to_string(),
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let pairs = entries.iter().map(|entry| {
                let key = Path(vec![Step::Key(entry.key.clone())]);
                format!("{key} = {}", text(&entry.node))
            });
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}
