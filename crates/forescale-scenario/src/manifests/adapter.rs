//! Rules of prometheus-adapter, as Helm values or as the ConfigMap that it reads.

use super::documents::{Document, parse};
use crate::error::ScenarioError;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::path::Path;

/// The adapter's rules for external metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adapter {
    pub(crate) external: Vec<Rule>,
    /// How many rules of other kinds there are; they serve other APIs.
    pub(crate) others: usize,
}

/// One rule; the adapter decodes them strictly.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) series_query: String,
    #[serde(default)]
    pub(crate) series_filters: Vec<SeriesFilter>,
    #[serde(default)]
    pub(crate) resources: Resources,
    #[serde(default)]
    pub(crate) name: NameRule,
    #[serde(default)]
    pub(crate) metrics_query: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SeriesFilter {
    pub(crate) is: Option<String>,
    pub(crate) is_not: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    pub(crate) template: Option<String>,
    #[serde(default)]
    pub(crate) overrides: BTreeMap<String, GroupResource>,
    pub(crate) namespaced: Option<bool>,
}

/// The Kubernetes resource behind a label; external metrics have no use for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupResource;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupResourceKeys {
    #[serde(rename = "group")]
    _group: Option<String>,
    #[serde(rename = "resource")]
    _resource: String,
}

struct GroupResourceVisitor;

impl<'de> Visitor<'de> for GroupResourceVisitor {
    type Value = GroupResource;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a resource such as `{ group: apps, resource: deployment }`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GroupResource, A::Error> {
        GroupResourceKeys::deserialize(MapAccessDeserializer::new(map)).map(|_| GroupResource)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<GroupResource, E> {
        Err(E::custom(
            "a label under `overrides` stands for a resource; `namespaced` belongs beside `overrides`",
        ))
    }
}

impl<'de> Deserialize<'de> for GroupResource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GroupResourceVisitor)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameRule {
    #[serde(default)]
    pub(crate) matches: String,
    #[serde(default, rename = "as")]
    pub(crate) alias: String,
}

/// Helm values: everything but the rules is the chart's own business.
#[derive(Deserialize)]
struct Values {
    #[serde(default)]
    rules: ValueRules,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ValueRules {
    #[serde(rename = "default")]
    _default: Option<bool>,
    #[serde(default)]
    custom: Vec<Rule>,
    #[serde(default)]
    external: Vec<Rule>,
    #[serde(rename = "resource")]
    _resource: Option<IgnoredAny>,
    #[serde(rename = "existing")]
    _existing: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    external_rules: Vec<Rule>,
    #[serde(rename = "resourceRules")]
    _resource_rules: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ConfigMap {
    #[serde(default)]
    data: BTreeMap<String, String>,
}

const CONFIG_KEY: &str = "config.yaml";

/// Whether a ConfigMap holds the adapter's rules.
pub(super) fn is_adapter_config(document: &Document) -> bool {
    let has = |word: &str| document.text.contains(word);
    has(CONFIG_KEY) && has("seriesQuery")
}

impl Adapter {
    pub(super) fn of_values(file: &Path, text: &str) -> Result<Self, ScenarioError> {
        let values: Values = parse(file, text)?;
        Ok(Self { external: values.rules.external, others: values.rules.custom.len() })
    }

    pub(super) fn of_config_map(file: &Path, document: &Document) -> Result<Self, ScenarioError> {
        let map: ConfigMap = parse(file, &document.text)?;
        let text = map.data.get(CONFIG_KEY).ok_or_else(|| {
            ScenarioError::new(file, format!("ConfigMap {} has no `data.\"{CONFIG_KEY}\"`", document.name))
        })?;
        let config: Config = serde_saphyr::from_str(text).map_err(|error| {
            ScenarioError::new(
                file,
                format!("in `data.\"{CONFIG_KEY}\"` of ConfigMap {}: {error}", document.name),
            )
        })?;
        Ok(Self { external: config.external_rules, others: config.rules.len() })
    }
}
