//! Traces as a scenario names them.

use crate::text::Duration;
use crate::trace::{TimeUnit, TraceColumns};
use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;
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
    /// Mooncake: lines of JSON with `timestamp` in milliseconds, `input_length`, `output_length`, `hash_ids`. Shared prefixes are not simulated.
    #[serde(rename = "mooncake")]
    Mooncake(RawTraceFile),
    /// Requests generated from ServeGen: `arrival_s`, `input_tokens`, `output_tokens`, found by name.
    #[serde(rename = "servegen-csv")]
    ServegenCsv(RawTraceFile),
    /// The usage traces of Qwen-Bailian: lines of JSON with `timestamp` in seconds, `input_length`, `output_length`, `hash_ids`. Shared prefixes are not simulated.
    #[serde(rename = "qwen-bailian")]
    QwenBailian(RawTraceFile),
    /// CSV with a header and columns of your own.
    #[serde(rename = "csv")]
    Csv(RawMappedTrace),
    /// Lines of JSON with keys of your own.
    #[serde(rename = "jsonl")]
    Jsonl(RawMappedTrace),
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
