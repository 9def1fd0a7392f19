//! `EndpointPickerConfig` as it is written: all shapes that its releases have had.

use crate::manifests::metadata::{Ignored, Metadata};
use crate::text::Duration;
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_document::Spanned;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EndpointPicker {
    pub(super) api_version: Spanned<String>,
    #[serde(rename = "kind")]
    _kind: Ignored,
    #[serde(rename = "metadata")]
    _metadata: Option<Metadata>,
    #[serde(default)]
    pub(super) feature_gates: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) plugins: Vec<Plugin>,
    #[serde(default)]
    pub(super) scheduling_profiles: Vec<SchedulingProfile>,
    #[serde(default)]
    pub(super) flow_control: Spanned<FlowControlSection>,
    pub(super) saturation_detector: Option<Spanned<DetectorReference>>,
    #[serde(default)]
    pub(super) data_layer: DataLayer,
    #[serde(default)]
    pub(super) request_handler: RequestHandler,
    /// The deprecated twin of `requestHandler`.
    pub(super) parser: Option<Spanned<IgnoredAny>>,
    /// What `dataLayer` was called before GIE v1.5.
    #[serde(rename = "data")]
    _data: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plugin {
    pub(super) name: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(super) plugin_type: Spanned<String>,
    /// Read by the plugin's own type.
    #[serde(rename = "parameters")]
    _parameters: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SchedulingProfile {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) plugins: Vec<WeightedRef>,
    /// Since `llm-d.ai/v1`.
    pub(super) inject_saturation_filter: Option<Spanned<bool>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WeightedRef {
    pub(super) plugin_ref: Spanned<String>,
    pub(super) weight: Option<Spanned<f64>>,
}

/// A reference; before GIE v1.4 the thresholds stood here themselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct DetectorReference {
    pub(super) plugin_ref: Option<Spanned<String>>,
    pub(super) queue_depth_threshold: Option<Spanned<IgnoredAny>>,
    pub(super) kv_cache_util_threshold: Option<Spanned<IgnoredAny>>,
    pub(super) metrics_staleness_threshold: Option<Spanned<IgnoredAny>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct DataLayer {
    #[serde(rename = "injectDefaults")]
    _inject_defaults: Ignored,
    #[serde(rename = "sources")]
    _sources: Ignored,
    /// Since `llm-d.ai/v1`.
    pub(super) discovery: Option<Spanned<IgnoredAny>>,
    /// Since `llm-d.ai/v1`.
    pub(super) cross_replica: Option<Spanned<IgnoredAny>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct RequestHandler {
    #[serde(rename = "parsers")]
    _parsers: Ignored,
    /// Since `llm-d.ai/v1`.
    pub(super) propagate_priority: Option<Spanned<IgnoredAny>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct FlowControlSection {
    pub(super) max_bytes: Option<Spanned<Quantity>>,
    pub(super) max_requests: Option<Spanned<Quantity>>,
    #[serde(rename = "defaultRequestTTL")]
    pub(super) default_request_ttl: Option<Spanned<Duration>>,
    #[serde(rename = "noEndpointRequestTTL")]
    pub(super) no_endpoint_request_ttl: Option<Spanned<Duration>>,
    pub(super) usage_limit_policy_plugin_ref: Option<Spanned<String>>,
    pub(super) saturation_detector: Option<Spanned<DetectorReference>>,
    pub(super) enable_eviction: Spanned<bool>,
    pub(super) default_priority_band: Option<Spanned<Band>>,
    pub(super) default_negative_priority_band: Option<Spanned<IgnoredAny>>,
    pub(super) priority_bands: Vec<Spanned<Band>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Band {
    pub(super) priority: Option<i32>,
    pub(super) max_bytes: Option<Spanned<Quantity>>,
    pub(super) max_requests: Option<Spanned<Quantity>>,
    pub(super) fairness_policy_ref: Option<Spanned<String>>,
    pub(super) ordering_policy_ref: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct DetectorParameters {
    pub(super) queue_depth_threshold: Option<Spanned<f64>>,
    pub(super) kv_cache_util_threshold: Option<Spanned<f64>>,
    pub(super) metrics_staleness_threshold: Option<Spanned<Duration>>,
    /// Only the filter role has a use for it.
    #[serde(rename = "headroom")]
    _headroom: Option<f64>,
}

/// Of `approx-prefix-cache-producer`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct PrefixProducerParameters {
    pub(super) auto_tune: Option<bool>,
    pub(super) block_size_tokens: Option<Spanned<u32>>,
    pub(super) max_prefix_tokens_to_match: Option<Spanned<u32>>,
    pub(super) max_prefix_blocks_to_match: Option<Spanned<u32>>,
    pub(super) lru_capacity_per_server: Option<Spanned<u32>>,
}

/// Of `prefix-cache-scorer`. Files still have those here that moved to the producer; they have no effect any more.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PrefixScorerParameters {
    pub(super) match_length_weight: Option<Spanned<f64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StaticLimitParameters {
    pub(super) threshold: Option<Spanned<f64>>,
}
