//! Tables that are one thing at a time: `arrivals.poisson` or `arrivals.gamma`.

use crate::schema::{map_entries, resolved, schema, tables};
use forescale_document::{Node, Path, Step, Value};
use serde_json::Value as Json;

/// What the schema knows of such tables.
pub(crate) struct Alternatives {
    schema: Json,
}

impl Default for Alternatives {
    fn default() -> Self {
        Self { schema: schema() }
    }
}

impl Alternatives {
    /// Takes out of the tree what cannot stand beside the path: other things that a table could be, and a plain value that stands for
    /// one of them.
    pub(crate) fn make_room(&self, tree: &mut Node, path: &Path) {
        let mut schemas = vec![&self.schema];
        let mut node = tree;
        for step in &path.0 {
            let Step::Key(key) = step else { return };
            let rivals: Vec<&str> = schemas.iter().flat_map(|table| self.rivals(table, key)).collect();
            if !rivals.is_empty() {
                match &mut node.value {
                    Value::Table(entries) => entries.retain(|entry| !rivals.contains(&entry.key.as_str())),
                    other => *other = Value::Table(Vec::new()),
                }
            }
            schemas = schemas.iter().flat_map(|table| self.below(table, key)).collect();
            let Value::Table(entries) = &mut node.value else { return };
            let Some(entry) = entries.iter_mut().find(|entry| entry.key == *key) else { return };
            node = &mut entry.node;
        }
    }

    /// What a table could be in place of this.
    fn rivals<'a>(&'a self, table: &'a Json, key: &str) -> Vec<&'a str> {
        let names = |variant: &'a Json| {
            variant
                .get("properties")
                .and_then(Json::as_object)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
        };
        let all: Vec<&str> =
            table.get("oneOf").and_then(Json::as_array).into_iter().flatten().flat_map(names).collect();
        if all.contains(&key) { all.into_iter().filter(|name| *name != key).collect() } else { Vec::new() }
    }

    /// The tables that can stand under a key.
    fn below<'a>(&'a self, table: &'a Json, key: &str) -> Vec<&'a Json> {
        let of = |table: &'a Json| table.get("properties").and_then(|properties| properties.get(key));
        let variants = table.get("oneOf").and_then(Json::as_array).into_iter().flatten().filter_map(of);
        let properties: Vec<&Json> = of(table).into_iter().chain(variants).collect();
        if properties.is_empty() {
            let entry = map_entries(table).map(|(_, entry)| entry);
            return entry.into_iter().flat_map(|entry| self.tables(entry)).collect();
        }
        properties.into_iter().flat_map(|property| self.tables(property)).collect()
    }

    fn tables<'a>(&'a self, property: &'a Json) -> Vec<&'a Json> {
        let target = resolved(&self.schema, property);
        let map = map_entries(target).map(|_| target);
        tables(&self.schema, property).into_iter().chain(map).collect()
    }
}
