//! `kind: ServiceMonitor` and `kind: PodMonitor` of the Prometheus operator.

use super::metadata::{Ignored, Labels, Metadata};
use crate::text::Duration;
use forescale_document::Spanned;
use serde::Deserialize;

/// What is scraped, on which port, how often.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Monitor {
    #[serde(rename = "apiVersion")]
    _api_version: Ignored,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) metadata: Metadata,
    pub(crate) spec: MonitorSpec,
    #[serde(rename = "status")]
    _status: Ignored,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MonitorSpec {
    /// Of Services, or of pods.
    pub(crate) selector: Spanned<Selector>,
    #[serde(default)]
    pub(crate) namespace_selector: NamespaceSelector,
    /// Of a ServiceMonitor.
    #[serde(default)]
    pub(crate) endpoints: Vec<Endpoint>,
    /// Of a PodMonitor.
    #[serde(default)]
    pub(crate) pod_metrics_endpoints: Vec<Endpoint>,
    #[serde(rename = "jobLabel")]
    _job_label: Ignored,
    #[serde(rename = "targetLabels")]
    _target_labels: Ignored,
    #[serde(rename = "podTargetLabels")]
    _pod_target_labels: Ignored,
    #[serde(rename = "sampleLimit")]
    _sample_limit: Ignored,
    #[serde(rename = "targetLimit")]
    _target_limit: Ignored,
    #[serde(rename = "labelLimit")]
    _label_limit: Ignored,
    #[serde(rename = "labelNameLengthLimit")]
    _label_name_length_limit: Ignored,
    #[serde(rename = "labelValueLengthLimit")]
    _label_value_length_limit: Ignored,
    #[serde(rename = "keepDroppedTargets")]
    _keep_dropped_targets: Ignored,
    #[serde(rename = "attachMetadata")]
    _attach_metadata: Ignored,
    #[serde(rename = "scrapeClass")]
    _scrape_class: Ignored,
    #[serde(rename = "scrapeProtocols")]
    _scrape_protocols: Ignored,
    #[serde(rename = "fallbackScrapeProtocol")]
    _fallback_scrape_protocol: Ignored,
    #[serde(rename = "selectorMechanism")]
    _selector_mechanism: Ignored,
    #[serde(rename = "bodySizeLimit")]
    _body_size_limit: Ignored,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Selector {
    pub(crate) match_labels: Labels,
    pub(crate) match_expressions: Vec<Spanned<serde::de::IgnoredAny>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct NamespaceSelector {
    pub(crate) any: bool,
    pub(crate) match_names: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Endpoint {
    pub(crate) port: Option<Spanned<String>>,
    /// As the operator's Prometheus has it where it is not given.
    pub(crate) interval: Option<Spanned<Duration>>,
    #[serde(rename = "targetPort")]
    _target_port: Ignored,
    #[serde(rename = "portNumber")]
    _port_number: Ignored,
    #[serde(rename = "path")]
    _path: Ignored,
    #[serde(rename = "scheme")]
    _scheme: Ignored,
    #[serde(rename = "params")]
    _params: Ignored,
    #[serde(rename = "scrapeTimeout")]
    _scrape_timeout: Ignored,
    #[serde(rename = "tlsConfig")]
    _tls_config: Ignored,
    #[serde(rename = "bearerTokenFile")]
    _bearer_token_file: Ignored,
    #[serde(rename = "bearerTokenSecret")]
    _bearer_token_secret: Ignored,
    #[serde(rename = "authorization")]
    _authorization: Ignored,
    #[serde(rename = "basicAuth")]
    _basic_auth: Ignored,
    #[serde(rename = "oauth2")]
    _oauth2: Ignored,
    #[serde(rename = "proxyUrl")]
    _proxy_url: Ignored,
    #[serde(rename = "honorLabels")]
    _honor_labels: Ignored,
    #[serde(rename = "honorTimestamps")]
    _honor_timestamps: Ignored,
    #[serde(rename = "trackTimestampsStaleness")]
    _track_timestamps_staleness: Ignored,
    #[serde(rename = "followRedirects")]
    _follow_redirects: Ignored,
    #[serde(rename = "enableHttp2")]
    _enable_http2: Ignored,
    #[serde(rename = "filterRunning")]
    _filter_running: Ignored,
    pub(crate) relabelings: Option<Spanned<serde::de::IgnoredAny>>,
    pub(crate) metric_relabelings: Option<Spanned<serde::de::IgnoredAny>>,
}

impl Monitor {
    /// Its endpoints, whichever kind it is.
    pub(crate) fn endpoints(&self) -> &[Endpoint] {
        match self.kind.as_str() {
            "PodMonitor" => &self.spec.pod_metrics_endpoints,
            _ => &self.spec.endpoints,
        }
    }
}
