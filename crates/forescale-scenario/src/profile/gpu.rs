//! GPUs: memory, bandwidth and FLOPs, and the names they go by.

use super::table::{Row, rows};
use std::sync::OnceLock;

/// The kind of GPU, as far as vLLM's defaults depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuClass {
    /// 160 GiB or more: 16,384 batched tokens, 1024 sequences.
    Largest,
    /// 70 GiB or more and not an A100: 8192 batched tokens, 1024 sequences.
    Large,
    /// A100 and everything smaller: 2048 batched tokens, 256 sequences.
    Small,
}

impl GpuClass {
    /// vLLM's defaults for a server: `--max-num-batched-tokens` and `--max-num-seqs`.
    pub fn batch_defaults(self) -> (u32, u32) {
        match self {
            Self::Largest => (16_384, 1024),
            Self::Large => (8192, 1024),
            Self::Small => (2048, 256),
        }
    }

    /// Whose defaults they are, in words.
    pub(crate) fn default_of(self) -> &'static str {
        match self {
            Self::Largest => "vLLM on GPUs of 160 GiB and more",
            Self::Large => "vLLM on GPUs of 70 to 160 GiB other than A100",
            Self::Small => "vLLM on A100 and GPUs of less than 70 GiB",
        }
    }
}

/// A GPU by the figures of its data sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    /// As profiles name it: `h100-sxm-80gb`.
    pub name: &'static str,
    /// Memory that vLLM sees, in GiB.
    pub memory_gib: f64,
    /// Memory bandwidth, in GB/s.
    pub bandwidth_gb_s: f64,
    /// Dense arithmetic in bf16, in TFLOPS.
    pub bf16_tflops: f64,
    /// Dense arithmetic in fp8, in TFLOPS; 0 where there is none.
    pub fp8_tflops: f64,
    /// GPUs per replica up to which step times are derived.
    pub max_tensor_parallel_size: u32,
    /// The GPU whose calibrated rows give the efficiency of derived step times; empty where none are derived.
    pub factors_of: &'static str,
    /// Short names and values of the node label `nvidia.com/gpu.product`.
    pub aliases: Vec<&'static str>,
}

impl Gpu {
    /// All GPUs of the library.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Gpu>> = OnceLock::new();
        ALL.get_or_init(|| {
            rows(include_str!("../../data/gpus.csv")).filter_map(|row| Self::read(&row)).collect()
        })
    }

    /// The GPU of that name or alias, in any case.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.to_lowercase().replace(['_', ' '], "-");
        Self::all().iter().find(|gpu| gpu.name == name || gpu.aliases.contains(&name.as_str()))
    }

    /// What people call it: `h100`.
    pub fn short_name(&self) -> &'static str {
        self.aliases.first().copied().unwrap_or(self.name)
    }

    /// Decides vLLM's defaults.
    pub fn class(&self) -> GpuClass {
        let is_a100 = self.name.starts_with("a100");
        match self.memory_gib {
            160.0.. => GpuClass::Largest,
            70.0.. if !is_a100 => GpuClass::Large,
            _ => GpuClass::Small,
        }
    }

    fn read(row: &Row) -> Option<Self> {
        Some(Self {
            name: row.text(0)?,
            memory_gib: row.number(1)?,
            bandwidth_gb_s: row.number(2)?,
            bf16_tflops: row.number(3)?,
            fp8_tflops: row.number(4)?,
            max_tensor_parallel_size: row.number(5)?,
            factors_of: row.text(6)?,
            aliases: row.names(7)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_no_name_is_taken_twice() {
        let all = Gpu::all();
        assert_eq!(all.len(), rows(include_str!("../../data/gpus.csv")).count());
        let mut names: Vec<&str> =
            all.iter().flat_map(|gpu| gpu.aliases.iter().copied().chain([gpu.name])).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(all.iter().all(|gpu| gpu.factors_of.is_empty() || Gpu::find(gpu.factors_of).is_some()));
    }

    #[test]
    fn short_names_and_labels() {
        let of = |name| Gpu::find(name).map(|gpu| gpu.name);
        for name in ["h100", "H100-SXM", "NVIDIA-H100-80GB-HBM3", "nvidia-h100-80gb", "h100-sxm-80gb"] {
            assert_eq!(of(name), Some("h100-sxm-80gb"));
        }
        assert_eq!(of("AMD_Instinct_MI300X_OAM"), Some("mi300x-192gb"));
        assert_eq!(of("NVIDIA-A100-SXM4-40GB"), Some("a100-sxm-40gb"));
        assert_eq!(of("h1000"), None);
    }

    /// The classes of vLLM's `EngineArgs`: by memory, with A100 among the small.
    #[test]
    fn classes() {
        let class = |name| Gpu::find(name).unwrap().class();
        assert_eq!(["b200", "mi300x", "gb200"].map(class), [GpuClass::Largest; 3]);
        assert_eq!(["h100", "h200", "rtx-pro-6000"].map(class), [GpuClass::Large; 3]);
        assert_eq!(["a100", "a100-40gb", "l40s", "l4"].map(class), [GpuClass::Small; 4]);
    }
}
