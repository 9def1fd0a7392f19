//! Traces as a scenario names them.

use crate::text::Duration;
use crate::trace::{RateSeries, TimeUnit, TraceColumns};
use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) enum RawTrace {
    /// The Azure LLM inference trace 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`.
    #[serde(rename = "azure-llm-2023")]
    AzureLlm2023(RawTraceFile),
    /// The Azure LLM inference trace 2024: the same columns, times with a zone.
    #[serde(rename = "azure-llm-2024")]
    AzureLlm2024(RawTraceFile),
    /// BurstGPT: `Timestamp` in seconds, `Request tokens`, `Response tokens`, found by name. Rows without response tokens are failures and are left out.
    #[serde(rename = "burstgpt")]
    BurstGpt(RawTraceFile),
    /// Mooncake: lines of JSON with `timestamp` in milliseconds, `input_length`, `output_length`, `hash_ids`: equal ids are equal tokens.
    #[serde(rename = "mooncake")]
    Mooncake(RawTraceFile),
    /// Requests generated from ServeGen: `arrival_s`, `input_tokens`, `output_tokens`, found by name.
    #[serde(rename = "servegen-csv")]
    ServegenCsv(RawTraceFile),
    /// The usage traces of Qwen-Bailian: lines of JSON with `timestamp` in seconds, `input_length`, `output_length`, `hash_ids`: equal ids are equal tokens.
    #[serde(rename = "qwen-bailian")]
    QwenBailian(RawTraceFile),
    /// CSV with a header and columns of your own.
    #[serde(rename = "csv")]
    Csv(RawMappedTrace),
    /// Lines of JSON with keys of your own.
    #[serde(rename = "jsonl")]
    Jsonl(RawMappedTrace),
    /// What `vllm bench serve --save-result --save-detailed` writes: one JSON document. Requests that failed are left out.
    #[serde(rename = "vllm-bench")]
    VllmBench(RawTraceFile),
    /// GuideLLM's `benchmarks.json`: one JSON document. Requests that failed or were cut off are left out.
    #[serde(rename = "guidellm")]
    GuideLlm(RawTraceFile),
    /// inference-perf's `per_request_lifecycle_metrics.json`: one JSON document. Requests that failed are left out.
    #[serde(rename = "inference-perf")]
    InferencePerf(RawTraceFile),
    /// An access log of nginx in the format `combined`, in whole seconds and without tokens: the workload's `prompt_tokens` and `output_tokens` say how long requests are.
    #[serde(rename = "nginx-combined")]
    NginxCombined(RawAccessLog),
    /// An access log of nginx as lines of JSON: `msec`, `time_iso8601` or `time_local`, `request_time`, `request_method` and `request_uri` or `request`, `status`.
    #[serde(rename = "nginx-json")]
    NginxJson(RawAccessLog),
    /// An access log of Envoy as lines of JSON with Istio's keys: `start_time`, `method`, `path`, `response_code`.
    #[serde(rename = "envoy-json")]
    EnvoyJson(RawAccessLog),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTraceFile {
    /// The file, relative to the scenario; it may be packed by gzip.
    pub(crate) path: Spanned<PathBuf>,
    /// Arrivals come this many times as fast; above 0.
    #[serde(default = "one")]
    pub(crate) rate_scale: Spanned<f64>,
    /// Only rows from the first instant up to the second, counted from the first row.
    pub(crate) window: Option<Spanned<(Duration, Duration)>>,
    /// The share of requests that stays, drawn for each by itself; above 0, at most 1.
    #[serde(default = "one")]
    pub(crate) thin: Spanned<f64>,
    /// For so long the trace, or its window, is sent again and again, and no longer; once if not given.
    pub(crate) repeat: Option<Spanned<Duration>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMappedTrace {
    /// The file, relative to the scenario; it may be packed by gzip.
    pub(crate) path: Spanned<PathBuf>,
    /// Arrivals come this many times as fast; above 0.
    #[serde(default = "one")]
    pub(crate) rate_scale: Spanned<f64>,
    /// Only rows from the first instant up to the second, counted from the first row.
    pub(crate) window: Option<Spanned<(Duration, Duration)>>,
    /// The share of requests that stays, drawn for each by itself; above 0, at most 1.
    #[serde(default = "one")]
    pub(crate) thin: Spanned<f64>,
    /// For so long the trace, or its window, is sent again and again, and no longer; once if not given.
    pub(crate) repeat: Option<Spanned<Duration>>,
    /// The column, or key, that says when a request arrives.
    #[serde(default = "default_time")]
    pub(crate) time: String,
    /// What that counts: `s`, `ms`, `us` or `ns`, or `datetime` for dates with times.
    #[serde(default = "default_time_unit")]
    pub(crate) time_unit: Spanned<String>,
    /// The column, or key, of the prompt's tokens.
    #[serde(default = "default_prompt_tokens")]
    pub(crate) prompt_tokens: String,
    /// The column, or key, of the output's tokens.
    #[serde(default = "default_output_tokens")]
    pub(crate) output_tokens: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAccessLog {
    /// The file, relative to the scenario; it may be packed by gzip.
    pub(crate) path: Spanned<PathBuf>,
    /// Arrivals come this many times as fast; above 0.
    #[serde(default = "one")]
    pub(crate) rate_scale: Spanned<f64>,
    /// Only rows from the first instant up to the second, counted from the first row.
    pub(crate) window: Option<Spanned<(Duration, Duration)>>,
    /// The share of requests that stays, drawn for each by itself; above 0, at most 1.
    #[serde(default = "one")]
    pub(crate) thin: Spanned<f64>,
    /// For so long the trace, or its window, is sent again and again, and no longer; once if not given.
    pub(crate) repeat: Option<Spanned<Duration>>,
    /// Only requests whose path begins so, such as `/v1/`; all that are POST if not given.
    pub(crate) uri_prefix: Option<String>,
    /// The key of the prompt's tokens, which each row must then have. Without it `prompt_tokens` is read where it stands, and drawn from the workload's own `prompt_tokens` where not.
    pub(crate) prompt_tokens: Option<Spanned<String>>,
    /// The key of the output's tokens; both keys or none.
    pub(crate) output_tokens: Option<Spanned<String>>,
}

/// A profile of traffic that `sim trace fit` wrote.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFitted {
    /// The profile, relative to the scenario.
    pub(crate) path: Spanned<PathBuf>,
    /// The rate is this many times as high at each time; above 0. The profile's course takes as long as ever.
    #[serde(default = "one")]
    pub(crate) rate_scale: Spanned<f64>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawQueryRange {
    /// The file, relative to the scenario; it may be packed by gzip.
    path: Spanned<PathBuf>,
    /// Only series that have these labels; all if not given. Several are summed.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// The series are counters of requests: their differences are taken, and a fall is a new beginning at 0.
    #[serde(default)]
    counter: bool,
    /// The rate is this many times as high; above 0.
    #[serde(default = "one")]
    scale: Spanned<f64>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGrafanaCsv {
    /// The file, relative to the scenario; it may be packed by gzip.
    path: Spanned<PathBuf>,
    /// The one column, or series, that counts, by its name in the file; all are summed if not given.
    column: Option<String>,
    /// The series are counters of requests: their differences are taken, and a fall is a new beginning at 0.
    #[serde(default)]
    counter: bool,
    /// The rate is this many times as high; above 0.
    #[serde(default = "one")]
    scale: Spanned<f64>,
}

/// A file with a rate, of either kind.
#[derive(Clone, Debug)]
pub(crate) struct RawRateFile {
    pub(crate) path: Spanned<PathBuf>,
    pub(crate) series: RateSeries,
    pub(crate) is_counter: bool,
    pub(crate) scale: Spanned<f64>,
}

impl From<RawQueryRange> for RawRateFile {
    fn from(raw: RawQueryRange) -> Self {
        let RawQueryRange { path, labels, counter, scale } = raw;
        Self { path, series: RateSeries::QueryRange(labels), is_counter: counter, scale }
    }
}

impl From<RawGrafanaCsv> for RawRateFile {
    fn from(raw: RawGrafanaCsv) -> Self {
        let RawGrafanaCsv { path, column, counter, scale } = raw;
        Self { path, series: RateSeries::GrafanaCsv(column), is_counter: counter, scale }
    }
}

fn default_time() -> String {
    TraceColumns::default().time
}

fn default_time_unit() -> Spanned<String> {
    Spanned::new(TimeUnit::default().name().to_owned())
}

fn default_prompt_tokens() -> String {
    TraceColumns::default().prompt_tokens
}

fn default_output_tokens() -> String {
    TraceColumns::default().output_tokens
}

fn one() -> Spanned<f64> {
    Spanned::new(1.0)
}
