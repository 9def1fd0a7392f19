//! What a scenario comes down to: every value that holds, and where it comes from.

use crate::schema::{map_entries, resolved, schema, tables};
use forescale_document::{Entry, Node, Path, Span, Step, Value, toml};
use serde_json::Value as Json;

/// All values that hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The keys of the scenario file, with its defaults.
    pub scenario: Vec<Setting>,
    /// What comes from the manifests, with the defaults of whoever reads them; paths begin with `deployment`, `engine`, `gateway`, `hpa`
    /// or `metrics`.
    pub manifests: Vec<Setting>,
}

/// A value that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The way to it: `scenario.duration`.
    pub path: String,
    /// The value, as TOML writes it.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is written, here.
    Written(Span),
    /// Nobody wrote it: it is the default of whom this names.
    Default(&'static str),
}

/// The settings of a scenario file: what is written, and what the schema says holds where nothing is.
pub(crate) fn of_scenario(tree: &Node) -> Vec<Setting> {
    let schema = schema();
    let mut settings = Vec::new();
    Walk { root: &schema, settings: &mut settings }.table(&schema, Some(tree), &Path::default());
    settings
}

struct Walk<'a> {
    root: &'a Json,
    settings: &'a mut Vec<Setting>,
}

impl Walk<'_> {
    /// The keys of a table, in the order of the schema; without a tree their defaults.
    fn table(&mut self, schema: &Json, tree: Option<&Node>, path: &Path) {
        for (name, property) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
            let written = tree.and_then(|tree| tree.entry(name));
            self.key(property, written, &then(path, name));
        }
        for variant in schema.get("oneOf").and_then(Json::as_array).into_iter().flatten() {
            for (name, property) in variant.get("properties").and_then(Json::as_object).into_iter().flatten()
            {
                if let Some(written) = tree.and_then(|tree| tree.entry(name)) {
                    self.key(property, Some(written), &then(path, name));
                }
            }
        }
    }

    fn key(&mut self, property: &Json, written: Option<&Entry>, path: &Path) {
        let target = resolved(self.root, property);
        match written {
            Some(entry) if matches!(entry.node.value, Value::Table(_)) => {
                if let Some((_, inner)) = map_entries(target) {
                    for entry in entry.node.entries() {
                        self.key(inner, Some(entry), &then(path, &entry.key));
                    }
                }
                for table in tables(self.root, property) {
                    self.table(table, Some(&entry.node), path);
                }
            }
            Some(entry) => self.settings.push(Setting {
                path: path.to_string(),
                value: toml::text(&entry.node),
                origin: Origin::Written(entry.node.span),
            }),
            None => match property.get("default") {
                Some(Json::Null | Json::Object(_)) | None => {
                    // A table that need not be written has defaults of its own; an optional one has none.
                    if target.get("properties").is_some() && property.get("default").is_some() {
                        self.table(target, None, path);
                    }
                }
                Some(default) => self.settings.push(Setting {
                    path: path.to_string(),
                    value: default.to_string(),
                    origin: Origin::Default("Forescale"),
                }),
            },
        }
    }
}

fn then(path: &Path, name: &str) -> Path {
    let mut path = path.clone();
    path.0.push(Step::Key(name.to_owned()));
    path
}

/// The settings of an object as it holds after defaulting: `value` is the whole, `tree` what was written of it.
pub(crate) fn of_object(prefix: &str, value: &Json, tree: &Node, default_of: &'static str) -> Vec<Setting> {
    let mut settings = Vec::new();
    leaves(prefix, value, Some(tree), default_of, &mut settings);
    settings
}

fn leaves(
    path: &str,
    value: &Json,
    tree: Option<&Node>,
    default_of: &'static str,
    settings: &mut Vec<Setting>,
) {
    match value {
        Json::Object(object) => {
            for (name, value) in object {
                leaves(
                    &format!("{path}.{name}"),
                    value,
                    tree.and_then(|tree| tree.get(name)),
                    default_of,
                    settings,
                );
            }
        }
        Json::Array(items) if items.iter().any(Json::is_object) => {
            for (index, value) in items.iter().enumerate() {
                let tree = tree.and_then(|tree| tree.items().get(index));
                leaves(&format!("{path}[{index}]"), value, tree, default_of, settings);
            }
        }
        Json::Null => {}
        leaf => {
            let origin = tree.map_or(Origin::Default(default_of), |tree| Origin::Written(tree.span));
            settings.push(Setting { path: path.to_owned(), value: leaf.to_string(), origin });
        }
    }
}
