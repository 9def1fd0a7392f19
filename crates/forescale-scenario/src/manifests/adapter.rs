//! Rules of prometheus-adapter, as Helm values or as the ConfigMap that it reads.

use super::metadata::Ignored;
use crate::codes;
use crate::context::{Context, Stopped, Told};
use forescale_document::{Code, Node, Refusal, Span, Spanned, decode, yaml};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::path::Path;

/// The adapter's rules.
#[derive(Clone, Debug)]
pub(crate) struct Adapter {
    pub(crate) external: Vec<Rule>,
    /// Rules for custom metrics, of pods and other objects.
    pub(crate) custom: Vec<Rule>,
    /// What stands for the rules in messages.
    pub(crate) place: Span,
}

/// One rule; the adapter decodes them strictly.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) series_query: Spanned<String>,
    #[serde(default)]
    pub(crate) series_filters: Spanned<Vec<SeriesFilter>>,
    #[serde(default)]
    pub(crate) resources: Resources,
    #[serde(default)]
    pub(crate) name: Spanned<NameRule>,
    #[serde(default)]
    pub(crate) metrics_query: Spanned<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SeriesFilter {
    #[serde(rename = "is")]
    _is: Ignored,
    #[serde(rename = "isNot")]
    _is_not: Ignored,
}

#[derive(Clone, Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resources {
    /// The label of a resource; the adapter fills in its name.
    pub(crate) template: Option<Spanned<String>>,
    /// Resources by their labels.
    #[serde(default)]
    pub(crate) overrides: BTreeMap<String, GroupResource>,
    pub(crate) namespaced: Option<bool>,
}

/// The Kubernetes resource behind a label; external metrics have no use for it.
#[derive(Clone, Debug)]
pub(crate) struct GroupResource {
    pub(crate) group: String,
    pub(crate) resource: String,
}

impl Resources {
    /// The label that holds the name of a core resource; `singular` and `plural` are what the resource is called.
    pub(crate) fn label_of(&self, singular: &str, plural: &str) -> Option<String> {
        let is_it =
            |it: &&GroupResource| it.group.is_empty() && [singular, plural].contains(&it.resource.as_str());
        let overridden = self.overrides.iter().find(|(_, resource)| is_it(resource));
        match (overridden, &self.template) {
            (Some((label, _)), _) => Some(label.clone()),
            (None, Some(template)) if !template.is_empty() => {
                Some(template.replace("<<.Resource>>", singular).replace("<<.Group>>", ""))
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupResourceKeys {
    #[serde(default)]
    group: Option<String>,
    resource: String,
}

struct GroupResourceVisitor;

impl<'de> Visitor<'de> for GroupResourceVisitor {
    type Value = GroupResource;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a resource such as `{ group: apps, resource: deployment }`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GroupResource, A::Error> {
        let keys = GroupResourceKeys::deserialize(MapAccessDeserializer::new(map))?;
        Ok(GroupResource { group: keys.group.unwrap_or_default(), resource: keys.resource })
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<GroupResource, E> {
        let message = "what stands under `overrides` is a label and the resource behind it, not a switch; the adapter refuses to start";
        Err(E::custom(
            Refusal::new(Code::WRONG_TYPE, message)
                .help("`namespaced` belongs one level up, beside `overrides`"),
        ))
    }
}

impl<'de> Deserialize<'de> for GroupResource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GroupResourceVisitor)
    }
}

#[derive(Clone, Debug, Deserialize, Default)]
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
    _resource: Ignored,
    #[serde(rename = "existing")]
    _existing: Ignored,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    /// For custom metrics.
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    external_rules: Vec<Rule>,
    #[serde(rename = "resourceRules")]
    _resource_rules: Ignored,
}

impl Adapter {
    pub(super) fn of_values(context: &mut Context, path: &Path, named_at: Option<Span>) -> Told<Self> {
        let source = context.read(path, named_at)?;
        let documents = yaml::parse(&mut context.report, source).ok_or(Stopped)?;
        Self::of_values_tree(context, documents.first().ok_or(Stopped)?, named_at)
    }

    /// The rules in Helm values that were read.
    pub(super) fn of_values_tree(context: &mut Context, tree: &Node, named_at: Option<Span>) -> Told<Self> {
        if let Some(kind) = tree.entry("kind").filter(|_| tree.get("apiVersion").is_some()) {
            let message = "this is a Kubernetes manifest, not Helm values of prometheus-adapter";
            let diagnostic = context.error(codes::ADAPTER_RULE, Some(kind.key_span), message);
            let diagnostic = diagnostic.related(named_at, "it is named here");
            return context.fail(diagnostic.help(
                "manifests belong under `scenario.manifests`, also a ConfigMap with the adapter's rules",
            ));
        }
        let values: Values = decode(tree, &mut context.report).ok_or(Stopped)?;
        let place = tree.entry("rules").map_or(Span::start_of(tree.span.source), |entry| entry.key_span);
        Ok(Self { external: values.rules.external, custom: values.rules.custom, place })
    }

    /// The rules in a ConfigMap's data.
    pub(super) fn of_config_map(context: &mut Context, data: &Node) -> Told<Self> {
        let documents = yaml::parse_embedded(&mut context.report, data).ok_or(Stopped)?;
        let tree = documents.first().ok_or(Stopped)?;
        let config: Config = decode(tree, &mut context.report).ok_or(Stopped)?;
        let place = tree.entries().first().map_or(tree.span, |entry| entry.key_span);
        Ok(Self { external: config.external_rules, custom: config.rules, place })
    }
}
