//! `EndpointPickerConfig` as it is written.

use crate::text::Duration;
use forescale_core::autoscaler::hpa::api::Quantity;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EndpointPicker {
    pub(super) api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
    #[serde(default)]
    pub(super) feature_gates: Vec<String>,
    #[serde(default)]
    pub(super) plugins: Vec<Plugin>,
    #[serde(default)]
    pub(super) scheduling_profiles: Vec<SchedulingProfile>,
    #[serde(default)]
    pub(super) flow_control: FlowControlSection,
    pub(super) saturation_detector: Option<PluginRef>,
    #[serde(rename = "dataLayer")]
    _data_layer: Option<IgnoredAny>,
    #[serde(rename = "requestHandler")]
    _request_handler: Option<IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plugin {
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) plugin_type: String,
    pub(super) parameters: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchedulingProfile {
    pub(super) name: String,
    #[serde(default)]
    pub(super) plugins: Vec<WeightedRef>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WeightedRef {
    pub(super) plugin_ref: String,
    pub(super) weight: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PluginRef {
    pub(super) plugin_ref: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FlowControlSection {
    pub(super) max_bytes: Option<Quantity>,
    pub(super) max_requests: Option<Quantity>,
    #[serde(rename = "defaultRequestTTL")]
    pub(super) default_request_ttl: Option<Duration>,
    #[serde(rename = "noEndpointRequestTTL")]
    pub(super) no_endpoint_request_ttl: Option<Duration>,
    pub(super) usage_limit_policy_plugin_ref: Option<String>,
    pub(super) saturation_detector: Option<PluginRef>,
    #[serde(default)]
    pub(super) enable_eviction: bool,
    pub(super) default_priority_band: Option<Band>,
    pub(super) default_negative_priority_band: Option<Band>,
    #[serde(default)]
    pub(super) priority_bands: Vec<Band>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Band {
    pub(super) priority: Option<i32>,
    pub(super) max_bytes: Option<Quantity>,
    pub(super) max_requests: Option<Quantity>,
    pub(super) fairness_policy_ref: Option<String>,
    pub(super) ordering_policy_ref: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DetectorParameters {
    pub(super) queue_depth_threshold: Option<f64>,
    pub(super) kv_cache_util_threshold: Option<f64>,
    pub(super) metrics_staleness_threshold: Option<Duration>,
    /// Only the filter role has a use for it.
    #[serde(rename = "headroom")]
    _headroom: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaticLimitParameters {
    pub(super) threshold: Option<f64>,
}
