//! `kind: PrometheusRule` of the Prometheus operator.

use super::metadata::{Ignored, Metadata};
use crate::text::Duration;
use forescale_document::Spanned;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Groups of rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PrometheusRule {
    #[serde(rename = "apiVersion")]
    _api_version: Ignored,
    #[serde(rename = "kind")]
    _kind: Ignored,
    #[serde(default, rename = "metadata")]
    _metadata: Metadata,
    pub(crate) spec: PrometheusRuleSpec,
    #[serde(rename = "status")]
    _status: Ignored,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PrometheusRuleSpec {
    pub(crate) groups: Vec<RuleGroup>,
}

/// Rules that are evaluated one after the other; its keys have their names from Prometheus' own files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleGroup {
    pub(crate) name: Spanned<String>,
    /// As Prometheus evaluates all groups where it is not given.
    pub(crate) interval: Option<Spanned<Duration>>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) query_offset: Option<Spanned<Duration>>,
    pub(crate) limit: Option<Spanned<u64>>,
    #[serde(rename = "partial_response_strategy")]
    _partial_response_strategy: Ignored,
}

/// A recording rule, or an alert, which nobody here hears.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) record: Option<Spanned<String>>,
    #[serde(rename = "alert")]
    _alert: Ignored,
    pub(crate) expr: Spanned<String>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(rename = "for")]
    _for: Ignored,
    #[serde(rename = "keep_firing_for")]
    _keep_firing_for: Ignored,
    #[serde(rename = "annotations")]
    _annotations: Ignored,
}

impl Rule {
    /// The name under which its answer is stored, if it is a recording rule.
    pub(crate) fn record(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.as_str()).filter(|record| !record.is_empty())
    }
}
