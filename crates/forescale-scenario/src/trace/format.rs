//! The formats of traces, and how one is told from another.

use super::clock::{Clock, TimeUnit, is_zoned};
use super::fields::fields;

/// A format of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFormat {
    /// The Azure LLM inference trace of 2023: dates with seven digits after the point and no zone.
    AzureLlm2023,
    /// The Azure LLM inference trace of 2024: dates with six digits after the point or none, and a zone.
    AzureLlm2024,
    /// BurstGPT, with or without the columns of its later versions.
    BurstGpt,
    /// Mooncake: lines of JSON, milliseconds, hash ids of blocks of 512 tokens.
    Mooncake,
    /// Requests generated from ServeGen's clients.
    ServegenCsv,
    /// The usage traces of Qwen-Bailian: lines of JSON, seconds, hash ids of blocks of 16 tokens.
    QwenBailian,
    /// CSV with columns of the user's own.
    Csv,
    /// Lines of JSON with keys of the user's own.
    Jsonl,
    /// What `vllm bench serve --save-result --save-detailed` writes.
    VllmBench,
    /// GuideLLM's `benchmarks.json`.
    GuideLlm,
    /// inference-perf's `per_request_lifecycle_metrics.json`.
    InferencePerf,
    /// An access log of nginx in the format `combined`.
    NginxCombined,
    /// An access log of nginx as lines of JSON, with nginx's names of variables as keys.
    NginxJson,
    /// An access log of Envoy as lines of JSON, with Istio's keys.
    EnvoyJson,
}

impl TraceFormat {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::AzureLlm2023,
        Self::AzureLlm2024,
        Self::BurstGpt,
        Self::Mooncake,
        Self::ServegenCsv,
        Self::QwenBailian,
        Self::Csv,
        Self::Jsonl,
        Self::VllmBench,
        Self::GuideLlm,
        Self::InferencePerf,
        Self::NginxCombined,
        Self::NginxJson,
        Self::EnvoyJson,
    ];

    /// What scenarios and `--format` call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AzureLlm2023 => "azure-llm-2023",
            Self::AzureLlm2024 => "azure-llm-2024",
            Self::BurstGpt => "burstgpt",
            Self::Mooncake => "mooncake",
            Self::ServegenCsv => "servegen-csv",
            Self::QwenBailian => "qwen-bailian",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::VllmBench => "vllm-bench",
            Self::GuideLlm => "guidellm",
            Self::InferencePerf => "inference-perf",
            Self::NginxCombined => "nginx-combined",
            Self::NginxJson => "nginx-json",
            Self::EnvoyJson => "envoy-json",
        }
    }

    /// The format of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether its rows carry hash ids of the blocks of their prompts: equal ids are equal prefixes.
    pub const fn has_hash_ids(self) -> bool {
        self.block_tokens().is_some()
    }

    /// The tokens of a block that a hash id stands for, where rows carry such.
    pub const fn block_tokens(self) -> Option<u32> {
        match self {
            Self::Mooncake => Some(512),
            Self::QwenBailian => Some(16),
            _ => None,
        }
    }

    /// Whether its rows tell failed requests, which are left out.
    pub const fn has_failures(self) -> bool {
        matches!(self, Self::BurstGpt) || self.is_document() || self.is_access_log()
    }

    /// Whether it is one JSON document, the result of a load generator, and not a row on each line.
    pub const fn is_document(self) -> bool {
        matches!(self, Self::VllmBench | Self::GuideLlm | Self::InferencePerf)
    }

    /// Whether it is written by a proxy, line by line as requests end.
    pub const fn is_access_log(self) -> bool {
        matches!(self, Self::NginxCombined | Self::NginxJson | Self::EnvoyJson)
    }

    /// Whether a user can name its columns.
    pub const fn takes_columns(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl | Self::NginxJson | Self::EnvoyJson)
    }

    /// The format of a document that begins so; `None` for lines.
    pub(super) fn document_told_by(beginning: &str) -> Option<Self> {
        let has = |key: &str| beginning.contains(&format!("\"{key}\""));
        let beginning = beginning.trim_start_matches('\u{feff}').trim_start();
        match beginning.chars().next()? {
            '[' => Some(Self::InferencePerf),
            '{' if has("num_prompts") => Some(Self::VllmBench),
            '{' if has("benchmarks") || has("guidellm_version") => Some(Self::GuideLlm),
            _ => None,
        }
    }

    /// The format that the first line and the one after it show; `None` where they show none.
    pub(super) fn told_by(first: &str, second: Option<&str>, columns: Option<&TraceColumns>) -> Option<Self> {
        if first.starts_with('{') {
            let has = |key: &str| first.contains(&format!("\"{key}\""));
            return match columns {
                Some(_) => Some(Self::Jsonl),
                None if has("chat_id") && has("input_length") => Some(Self::QwenBailian),
                None if has("hash_ids") && has("input_length") => Some(Self::Mooncake),
                None if has("arrival_s") && has("prompt_tokens") => Some(Self::Jsonl),
                None if has("start_time") && has("response_code") => Some(Self::EnvoyJson),
                None if has("request_time") || has("time_local") || has("time_iso8601") => {
                    Some(Self::NginxJson)
                }
                None => None,
            };
        }
        if columns.is_none() && is_combined(first) {
            return Some(Self::NginxCombined);
        }
        let mut places = Vec::new();
        fields(first, &mut places).ok()?;
        let names: Vec<&str> = places.into_iter().filter_map(|place| first.get(place)).collect();
        let has = |of: Self| {
            Shape::of(of, &TraceColumns::default()).names().iter().all(|name| names.contains(name))
        };
        if columns.is_some() {
            return Some(Self::Csv);
        }
        if has(Self::AzureLlm2023) {
            let time = second.and_then(|row| row.split(',').next()).unwrap_or_default();
            return Some(if is_zoned(time) { Self::AzureLlm2024 } else { Self::AzureLlm2023 });
        }
        [Self::BurstGpt, Self::ServegenCsv, Self::Csv].into_iter().find(|format| has(*format))
    }
}

/// Whether a line has a time in brackets and a request in quotation marks after it.
fn is_combined(line: &str) -> bool {
    let time = line.split_once(" [").and_then(|(_, rest)| rest.split_once("] \""));
    time.is_some_and(|(time, _)| Clock::Log.read(time).is_ok())
}

/// The columns, or keys, of a generic trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceColumns {
    /// When a request arrived.
    pub time: String,
    /// In which unit.
    pub time_unit: TimeUnit,
    /// Its prompt tokens.
    pub prompt_tokens: String,
    /// Its output tokens.
    pub output_tokens: String,
}

impl Default for TraceColumns {
    /// As `sim trace convert` writes them.
    fn default() -> Self {
        Self {
            time: "arrival_s".to_owned(),
            time_unit: TimeUnit::Seconds,
            prompt_tokens: "prompt_tokens".to_owned(),
            output_tokens: "output_tokens".to_owned(),
        }
    }
}

/// What a reader must know of a format.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) format: TraceFormat,
    pub(super) clock: Clock,
    /// The columns of time, prompt tokens and output tokens.
    pub(super) columns: [String; 3],
    /// Tokens per hash id, where each block of a prompt must have one.
    pub(super) block_tokens: Option<u32>,
    pub(super) is_json: bool,
}

impl Shape {
    pub(super) fn of(format: TraceFormat, own: &TraceColumns) -> Self {
        let shape = |clock, [time, prompt, output]: [&str; 3], is_json| Self {
            format,
            clock,
            columns: [time.to_owned(), prompt.to_owned(), output.to_owned()],
            block_tokens: format.block_tokens().filter(|_| format == TraceFormat::Mooncake),
            is_json,
        };
        let seconds = Clock::In(TimeUnit::Seconds);
        let azure = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];
        let lengths = ["timestamp", "input_length", "output_length"];
        let own_columns = [own.time.as_str(), own.prompt_tokens.as_str(), own.output_tokens.as_str()];
        match format {
            TraceFormat::AzureLlm2023 => shape(Clock::Civil, azure, false),
            TraceFormat::AzureLlm2024 => shape(Clock::Zoned, azure, false),
            TraceFormat::BurstGpt => {
                shape(seconds, ["Timestamp", "Request tokens", "Response tokens"], false)
            }
            TraceFormat::Mooncake => shape(Clock::In(TimeUnit::Milliseconds), lengths, true),
            TraceFormat::ServegenCsv => shape(seconds, ["arrival_s", "input_tokens", "output_tokens"], false),
            TraceFormat::QwenBailian => shape(seconds, lengths, true),
            TraceFormat::Csv => shape(Clock::In(own.time_unit), own_columns, false),
            TraceFormat::Jsonl => shape(Clock::In(own.time_unit), own_columns, true),
            TraceFormat::VllmBench => shape(seconds, ["start_times", "input_lens", "output_lens"], true),
            TraceFormat::GuideLlm => {
                shape(seconds, ["request_start_time", "prompt_tokens", "output_tokens"], true)
            }
            TraceFormat::InferencePerf => {
                shape(seconds, ["start_time", "input_tokens", "output_tokens"], true)
            }
            TraceFormat::NginxCombined => {
                shape(Clock::Log, ["time_local", own_columns[1], own_columns[2]], false)
            }
            TraceFormat::NginxJson => shape(seconds, ["msec", own_columns[1], own_columns[2]], true),
            TraceFormat::EnvoyJson => {
                shape(Clock::In(TimeUnit::DateTime), ["start_time", own_columns[1], own_columns[2]], true)
            }
        }
    }

    /// The columns of time, prompt tokens and output tokens.
    pub(super) fn names(&self) -> [&str; 3] {
        [0, 1, 2].map(|index| self.name(index))
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.columns.get(index).map_or("", String::as_str)
    }

    /// Whether the header is these columns and no others.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.format, TraceFormat::AzureLlm2023 | TraceFormat::AzureLlm2024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_first_rows_tell_formats_apart() {
        let told = |first, second| TraceFormat::told_by(first, second, None);
        let azure = "TIMESTAMP,ContextTokens,GeneratedTokens";
        assert_eq!(told(azure, Some("2023-11-16 18:15:46.6805900,1,1")), Some(TraceFormat::AzureLlm2023));
        assert_eq!(told(azure, Some("2024-05-10 00:00:00+00:00,1,1")), Some(TraceFormat::AzureLlm2024));
        let burst =
            "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type";
        assert_eq!(told(burst, None), Some(TraceFormat::BurstGpt));
        assert_eq!(told("arrival_s,client,input_tokens,output_tokens", None), Some(TraceFormat::ServegenCsv));
        assert_eq!(told("prompt_tokens,arrival_s,output_tokens", None), Some(TraceFormat::Csv));
        let mooncake = "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1, \"hash_ids\": [0]}";
        assert_eq!(told(mooncake, None), Some(TraceFormat::Mooncake));
        let qwen = "{\"chat_id\": 1, \"timestamp\": 0.1, \"input_length\": 1, \"output_length\": 1, \"hash_ids\": []}";
        assert_eq!(told(qwen, None), Some(TraceFormat::QwenBailian));
        let combined =
            "::1 - - [05/Jan/2026:09:00:00 +0100] \"POST /v1/completions HTTP/1.1\" 200 5 \"-\" \"curl\"";
        assert_eq!(told(combined, None), Some(TraceFormat::NginxCombined));
        let envoy = "{\"start_time\":\"2026-01-05T09:00:00.250Z\",\"response_code\":200}";
        assert_eq!(told(envoy, None), Some(TraceFormat::EnvoyJson));
        assert_eq!(told("{\"msec\":\"1.5\",\"request_time\":\"0.1\"}", None), Some(TraceFormat::NginxJson));
        assert_eq!(told("time,prompt,output", None), None);
        assert_eq!(told("{}", None), None);
    }

    #[test]
    fn names_are_found_again() {
        assert!(TraceFormat::ALL.iter().all(|format| TraceFormat::find(format.name()) == Some(*format)));
        assert!(TimeUnit::ALL.iter().all(|unit| TimeUnit::find(unit.name()) == Some(*unit)));
    }
}
