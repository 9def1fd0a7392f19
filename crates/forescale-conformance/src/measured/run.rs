//! One measured deployment, as a row of the table says it.

use serde::Deserialize;

/// A row. Numbers that the source does not give are `None`, words that it does not give are empty.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Run {
    /// Where in its source the row stands.
    pub id: String,
    /// The GPU, in the table's words: `H100-SXM-80G`.
    pub gpu: String,
    /// The model or checkpoint.
    pub model: String,
    /// Of the weights, in the source's words.
    pub dtype: String,
    /// GPUs per replica.
    pub tp: Option<f64>,
    /// The engine: `vllm`, or with more words in brackets.
    pub engine: String,
    /// Its version; empty where the source does not say it.
    pub engine_version: String,
    /// What the engine was told, as far as known: `name=value` in a row.
    pub engine_args: String,
    /// What was sent.
    pub workload: String,
    /// How it was sent.
    pub load: String,
    /// Requests per second that came.
    pub rate_rps: Option<f64>,
    /// Requests at once.
    pub concurrency: Option<f64>,
    /// Prompt tokens, in the mean, or the greatest where the client draws lengths.
    pub isl: Option<f64>,
    /// Output tokens, likewise.
    pub osl: Option<f64>,
    /// Requests that failed.
    pub n_fail: Option<f64>,
    /// Mean time to first token, in ms.
    pub ttft_mean_ms: Option<f64>,
    /// Mean time per output token after the first, in ms; for benchmarks that know only the latency of a whole batch, that per token.
    pub itl_mean_ms: Option<f64>,
    /// What else is to be known.
    pub note: String,
    /// Who measured it.
    pub source: String,
}

impl Run {
    /// A number that the engine was told: the value of the first `name=value` of that name.
    pub(super) fn argument(&self, name: &str) -> Option<f64> {
        number_after(&self.engine_args, name)
    }

    /// The engine's version, as tables show it.
    pub(super) fn version(&self) -> &str {
        let in_brackets = self.engine.split_once('(').map(|(_, words)| words.trim_end_matches(')'));
        match (self.engine_version.as_str(), in_brackets) {
            ("", Some(words)) => words,
            ("", None) => "not told",
            (version, _) => version,
        }
    }

    /// Who measured it and with what client.
    pub(super) fn client(&self) -> Client {
        let source = self.source.to_lowercase();
        match () {
            () if source.contains("inferencex") => Client::InferenceX,
            () if source.contains("gap-analysis") => Client::GapAnalysis,
            () if source.contains("inference-sim") => Client::Blis,
            () if source.contains("splitwise") => Client::Splitwise,
            () if self.workload.starts_with("benchmark_latency") => Client::BenchmarkLatency,
            () => Client::Other,
        }
    }
}

/// The value of the first `name=value` in a text of words; not a number is none.
pub(super) fn number_after(text: &str, name: &str) -> Option<f64> {
    let value = text.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))?;
    value.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Who measured, which decides how requests were sent and what the times mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// SemiAnalysis InferenceX.
    InferenceX,
    /// NVIDIA's gap analysis of aiconfigurator.
    GapAnalysis,
    /// BLIS, with the client inference-perf.
    Blis,
    /// The Splitwise paper: phases of a batch.
    Splitwise,
    /// vLLM's `benchmark_latency`: the latency of a batch.
    BenchmarkLatency,
    /// Any other.
    Other,
}

impl Client {
    /// As tables show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::InferenceX => "InferenceX",
            Self::GapAnalysis => "NVIDIA gap analysis",
            Self::Blis => "BLIS",
            Self::Splitwise => "Splitwise",
            Self::BenchmarkLatency => "vLLM benchmark_latency",
            Self::Other => "others",
        }
    }
}
