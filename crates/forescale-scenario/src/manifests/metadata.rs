//! `metadata` of Kubernetes objects.

use forescale_document::Spanned;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// A key that Kubernetes knows and that has no effect on the simulation.
pub(crate) type Ignored = Option<IgnoredAny>;

/// Labels of an object, or those that a selector asks for.
pub(crate) type Labels = BTreeMap<String, String>;

/// Name, namespace and labels; what the API server adds is accepted, so that the output of `kubectl get -o yaml` can be read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Metadata {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) namespace: Option<Spanned<String>>,
    pub(crate) labels: Labels,
    #[serde(rename = "annotations")]
    _annotations: Ignored,
    #[serde(rename = "generateName")]
    _generate_name: Ignored,
    #[serde(rename = "selfLink")]
    _self_link: Ignored,
    #[serde(rename = "uid")]
    _uid: Ignored,
    #[serde(rename = "resourceVersion")]
    _resource_version: Ignored,
    #[serde(rename = "generation")]
    _generation: Ignored,
    #[serde(rename = "creationTimestamp")]
    _creation_timestamp: Ignored,
    #[serde(rename = "deletionTimestamp")]
    _deletion_timestamp: Ignored,
    #[serde(rename = "deletionGracePeriodSeconds")]
    _deletion_grace_period_seconds: Ignored,
    #[serde(rename = "ownerReferences")]
    _owner_references: Ignored,
    #[serde(rename = "finalizers")]
    _finalizers: Ignored,
    #[serde(rename = "managedFields")]
    _managed_fields: Ignored,
}

impl Metadata {
    /// The object's name.
    pub(crate) fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.as_str())
    }

    /// Its namespace.
    pub(crate) fn namespace(&self) -> &str {
        self.namespace.as_ref().map_or("default", |namespace| namespace.as_str())
    }
}

/// Whether an object with these labels is selected.
pub(crate) fn selects(selector: &Labels, labels: &Labels) -> bool {
    selector.iter().all(|(name, value)| labels.get(name) == Some(value))
}
