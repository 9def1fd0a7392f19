//! The scenario file as it is written.

use crate::text::{Duration, DurationDist, PhaseDuration, Quantile, RateText, TokenDist};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScenario {
    pub(crate) scenario: RawHead,
    #[serde(default)]
    pub(crate) model_server: RawModelServer,
    #[serde(default)]
    pub(crate) workload: BTreeMap<String, RawWorkload>,
    #[serde(default)]
    pub(crate) gateway: RawGateway,
    #[serde(default)]
    pub(crate) telemetry: RawTelemetry,
    #[serde(default)]
    pub(crate) cluster: RawCluster,
    pub(crate) autoscaler: Option<RawAutoscaler>,
    #[serde(default)]
    pub(crate) slo: RawSlo,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawHead {
    pub(crate) name: String,
    pub(crate) duration: Duration,
    pub(crate) drain: Option<Duration>,
    #[serde(default)]
    pub(crate) seed: u64,
    pub(crate) start: Option<String>,
    #[serde(default)]
    pub(crate) manifests: Vec<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawModelServer {
    pub(crate) profile: Option<String>,
    pub(crate) test_engine: Option<RawTestEngine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTestEngine {
    pub(crate) seats: u32,
    pub(crate) service: DurationDist,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWorkload {
    pub(crate) from: Option<Duration>,
    pub(crate) until: Option<Duration>,
    pub(crate) requests: Option<u64>,
    pub(crate) arrivals: Option<RawArrivals>,
    pub(crate) prompt_tokens: Option<TokenDist>,
    pub(crate) output_tokens: Option<TokenDist>,
    pub(crate) trace: Option<RawTrace>,
    #[serde(default)]
    pub(crate) priority: i32,
    pub(crate) fairness_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum RawArrivals {
    Constant(RawRateTable),
    Poisson(RawRateTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRateTable {
    pub(crate) rate: RateText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum RawTrace {
    #[serde(rename = "azure-llm-2023")]
    AzureLlm2023(RawTraceFile),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTraceFile {
    pub(crate) path: PathBuf,
    pub(crate) rate_scale: Option<f64>,
    pub(crate) window: Option<(Duration, Duration)>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGateway {
    pub(crate) release: Option<String>,
    pub(crate) inference_pool: Option<String>,
    pub(crate) default_request_ttl: Option<Duration>,
    pub(crate) no_endpoint_request_ttl: Option<Duration>,
    pub(crate) refresh_metrics_interval: Option<Duration>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTelemetry {
    pub(crate) scrape_interval: Option<Duration>,
    pub(crate) look_back: Option<Duration>,
    pub(crate) prometheus_adapter: Option<RawPrometheusAdapter>,
    #[serde(default)]
    pub(crate) epp_target_labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) model_server_target_labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrometheusAdapter {
    pub(crate) values: Option<PathBuf>,
    pub(crate) metrics_relist_interval: Option<Duration>,
    pub(crate) metrics_max_age: Option<Duration>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCluster {
    pub(crate) replicas: Option<u32>,
    #[serde(default)]
    pub(crate) cold_start: RawColdStart,
    pub(crate) gpu_price: Option<RawPrice>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawColdStart {
    pub(crate) node: Option<PhaseDuration>,
    pub(crate) image_pull: Option<PhaseDuration>,
    pub(crate) bootstrap: Option<PhaseDuration>,
    pub(crate) weights: Option<PhaseDuration>,
    pub(crate) compile: Option<PhaseDuration>,
    pub(crate) engine: Option<PhaseDuration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrice {
    pub(crate) per_hour: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum RawAutoscaler {
    Fixed(RawFixed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFixed {
    pub(crate) replicas: u32,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSlo {
    #[serde(default)]
    pub(crate) ttft: BTreeMap<Quantile, Duration>,
    #[serde(default)]
    pub(crate) itl: BTreeMap<Quantile, Duration>,
    #[serde(default)]
    pub(crate) e2e: BTreeMap<Quantile, Duration>,
}
