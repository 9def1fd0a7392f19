//! Models: geometry, size, context length, and the names they go by.

use super::table::{Row, rows};
use std::sync::OnceLock;

/// A model by its own configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// As profiles name it: `llama-3.1-8b`.
    pub name: &'static str,
    /// On Hugging Face, the variant that follows instructions where there is one.
    pub hugging_face: &'static str,
    /// The model whose step times are this one's too: itself, or one of the same geometry with another context length.
    pub step_times_of: &'static str,
    /// Whether its layers are mixtures of experts.
    pub is_moe: bool,
    /// Layers.
    pub layers: u32,
    /// Width of the residual stream.
    pub hidden: u32,
    /// Query heads.
    pub heads: u32,
    /// Key and value heads.
    pub kv_heads: u32,
    /// Width of a head.
    pub head_dim: u32,
    /// Entries of the vocabulary, padding included.
    pub vocab: u32,
    /// Whether input and output share one embedding.
    pub is_tied: bool,
    /// Parameters of the layers, without embeddings.
    pub linear_params: f64,
    /// All weights where the checkpoint's own dtype is mxfp4, in bytes.
    pub mxfp4_bytes: Option<f64>,
    /// What its configuration allows, in tokens.
    pub max_model_len: u32,
    aliases: Vec<&'static str>,
}

/// Words of checkpoints' names that say nothing about size and geometry.
const WITHOUT_MEANING: [&str; 16] = [
    "instruct",
    "it",
    "chat",
    "hf",
    "base",
    "meta",
    "fp8",
    "bf16",
    "dynamic",
    "quantized",
    "w8a8",
    "kv",
    "preview",
    "nvidia",
    "neuralmagic",
    "redhatai",
];

impl Model {
    /// All models of the library.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Model>> = OnceLock::new();
        ALL.get_or_init(|| {
            rows(include_str!("../../data/models.csv")).filter_map(|row| Self::read(&row)).collect()
        })
    }

    /// The model of that name, alias or Hugging Face id, in any case: `Llama-3.1-8B`, `meta-llama/Meta-Llama-3.1-8B-Instruct`,
    /// `RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8`, `/models/llama-3.1-8b-instruct`.
    pub fn find(name: &str) -> Option<&'static Self> {
        let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
        let plain = last.replace('_', "-");
        let words: Vec<&str> = plain.split('-').filter(|word| !WITHOUT_MEANING.contains(word)).collect();
        let wanted = words.join("-");
        let all = Self::all();
        all.iter().find(|model| model.name == wanted || model.aliases.contains(&wanted.as_str()))
    }

    /// Parameters of input and output embeddings.
    pub fn embedding_params(&self) -> f64 {
        self.output_params() * if self.is_tied { 1.0 } else { 2.0 }
    }

    /// Parameters of the output layer, which is bf16 in all checkpoints.
    pub fn output_params(&self) -> f64 {
        f64::from(self.vocab) * f64::from(self.hidden)
    }

    /// All parameters.
    pub fn params(&self) -> f64 {
        self.linear_params + self.embedding_params()
    }

    /// The dtypes of its checkpoints, the default first.
    pub fn dtypes(&self) -> &'static [&'static str] {
        if self.mxfp4_bytes.is_some() { &["mxfp4"] } else { &["bf16", "fp8"] }
    }

    /// All weights in bytes, with embeddings in bf16; `None` for a dtype that it does not come in.
    pub fn weights_bytes(&self, dtype: &str) -> Option<f64> {
        match (dtype, self.mxfp4_bytes) {
            ("mxfp4", bytes) => bytes,
            ("bf16", None) => Some(2.0 * self.params()),
            ("fp8", None) => Some(self.linear_params + 2.0 * self.embedding_params()),
            _ => None,
        }
    }

    /// Bytes of KV cache per token and GPU: keys and values of 16 bits; heads that do not go round are held by several GPUs.
    pub fn kv_bytes_per_token(&self, tensor_parallel_size: u32) -> u32 {
        let heads = self.kv_heads.div_ceil(tensor_parallel_size.max(1));
        2 * 2 * self.layers * heads * self.head_dim
    }

    fn read(row: &Row) -> Option<Self> {
        let name = row.text(0)?;
        let (step_times_of, is_moe) = match row.text(2)? {
            "dense" => (name, false),
            "moe" => (name, true),
            other => (other.strip_prefix('=')?, false),
        };
        Some(Self {
            name,
            hugging_face: row.text(1)?,
            step_times_of,
            is_moe,
            layers: row.number(3)?,
            hidden: row.number(4)?,
            heads: row.number(5)?,
            kv_heads: row.number(6)?,
            head_dim: row.number(7)?,
            vocab: row.number(8)?,
            is_tied: row.text(9)? == "tied",
            linear_params: row.number::<f64>(10)? * 1e6,
            mxfp4_bytes: row.optional::<f64>(11)?.map(|gigabytes| gigabytes * 1e9),
            max_model_len: row.number(12)?,
            aliases: row.names(13)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_model_is_found_by_its_names() {
        assert_eq!(Model::all().len(), rows(include_str!("../../data/models.csv")).count());
        for model in Model::all() {
            for name in model.aliases.iter().chain([&model.name, &model.hugging_face]) {
                assert_eq!(Model::find(name).map(|found| found.name), Some(model.name), "{name}");
            }
            assert!(Model::find(model.step_times_of).is_some_and(|of| of.step_times_of == of.name));
        }
    }

    #[test]
    fn checkpoints_names() {
        let of = |name| Model::find(name).map(|model| model.name);
        assert_eq!(of("meta-llama/Llama-3.1-8B-Instruct"), Some("llama-3.1-8b"));
        assert_eq!(of("RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8-dynamic"), Some("llama-3.1-70b"));
        assert_eq!(of("/models/Qwen3_32B/"), Some("qwen3-32b"));
        assert_eq!(of("mistralai/Mistral-Nemo-Instruct-2407"), Some("mistral-nemo-12b"));
        // Llama 3 takes 8192 tokens, so it is a model of its own; a Qwen3 of July 2025 takes more than the first one.
        assert_eq!(of("meta-llama/Meta-Llama-3-8B"), Some("llama-3-8b"));
        assert_eq!(of("Qwen/Qwen3-235B-A22B-Instruct-2507"), None);
        assert_eq!(of(""), None);
    }

    /// Published sizes: Llama 3.1 8B has 8.03 billion parameters, Gemma 3 1B 1.0, of which 0.3 are its embedding.
    #[test]
    fn sizes() {
        let llama = Model::find("llama-3.1-8b").unwrap();
        assert!((llama.params() / 1e9 - 8.03).abs() < 0.005);
        assert!((llama.weights_bytes("fp8").unwrap() / 1e9 - 9.08).abs() < 0.005);
        assert_eq!((llama.kv_bytes_per_token(1), llama.kv_bytes_per_token(16)), (131_072, 16_384));
        let gemma = Model::find("google/gemma-3-1b-it").unwrap();
        assert!(
            (gemma.params() / 1e9 - 1.0).abs() < 0.005
                && (gemma.embedding_params() / 1e9 - 0.302).abs() < 0.001
        );
        assert_eq!((gemma.weights_bytes("mxfp4"), gemma.max_model_len), (None, 32_768));
    }
}
