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
}

impl TraceFormat {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AzureLlm2023,
        Self::AzureLlm2024,
        Self::BurstGpt,
        Self::Mooncake,
        Self::ServegenCsv,
        Self::QwenBailian,
        Self::Csv,
        Self::Jsonl,
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
        }
    }

    /// The format of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether its rows carry hash ids of the blocks of their prompts: equal ids are equal prefixes.
    pub const fn has_hash_ids(self) -> bool {
        matches!(self, Self::Mooncake | Self::QwenBailian)
    }

    /// Whether a row without output tokens is a failed request, and not a mistake.
    pub const fn has_failures(self) -> bool {
        matches!(self, Self::BurstGpt)
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
                None => None,
            };
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
    /// Tokens per hash id, where a trace has such and each block has one.
    pub(super) block_tokens: Option<u32>,
    pub(super) is_json: bool,
}

impl Shape {
    pub(super) fn of(format: TraceFormat, own: &TraceColumns) -> Self {
        let shape = |clock, [time, prompt, output]: [&str; 3], is_json| Self {
            format,
            clock,
            columns: [time.to_owned(), prompt.to_owned(), output.to_owned()],
            block_tokens: (format == TraceFormat::Mooncake).then_some(512),
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
        assert_eq!(told("time,prompt,output", None), None);
        assert_eq!(told("{}", None), None);
    }

    #[test]
    fn names_are_found_again() {
        assert!(TraceFormat::ALL.iter().all(|format| TraceFormat::find(format.name()) == Some(*format)));
        assert!(TimeUnit::ALL.iter().all(|unit| TimeUnit::find(unit.name()) == Some(*unit)));
    }
}
