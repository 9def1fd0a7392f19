//! Step-time profiles: what one engine step costs, and how many KV blocks fit.

use forescale_core::replica::{HostTime, Piecewise, StepTime};

/// The kind of GPU, as far as vLLM's defaults depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuClass {
    /// 70 GiB or more and not an A100: 8192 batched tokens, 1024 sequences.
    Large,
    /// A100 and everything smaller: 2048 batched tokens, 256 sequences.
    Small,
}

/// A calibrated model on a GPU.
///
/// Step times are the piecewise model "B" of a table that was composed from kernel times measured with vLLM 0.24 (A100: 0.14) by
/// `aiconfigurator-core` 0.12.0 (Apache-2.0), plus a host overhead per step of 0.3 ms for one GPU and 0.4 ms for two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// `model/gpu/tpN`.
    pub name: &'static str,
    /// The model's name in metrics where the Deployment does not say it.
    pub model_name: &'static str,
    /// GPUs per replica.
    pub tensor_parallel_size: u32,
    /// Decides vLLM's defaults.
    pub gpu_class: GpuClass,
    /// What the model's own configuration allows, in tokens.
    pub max_model_len: u32,
    /// Mean absolute error of the step time against the kernel times, in percent.
    pub error_percent: f64,
    /// KV blocks of 16 tokens at `--gpu-memory-utilization 0.9`.
    kv_blocks_at_0_9: u32,
    /// Bytes of KV cache per token and GPU.
    kv_bytes_per_token: u32,
    /// Memory of one GPU that vLLM sees, in GiB.
    gpu_memory_gib: f64,
    coefficients: Coefficients,
}

/// Milliseconds, as calibrated.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coefficients {
    fixed: f64,
    host_overhead: f64,
    knee_low: u64,
    per_token_below: f64,
    knee_high: u64,
    per_token_above: f64,
    per_context_token: f64,
    /// Per pair of a prompt token and a token that it attends to.
    per_pair: f64,
}

const PROFILES: [Profile; 3] = [
    Profile {
        name: "llama-3.1-8b/h100-sxm-80gb/tp1",
        model_name: "meta-llama/Llama-3.1-8B-Instruct",
        tensor_parallel_size: 1,
        gpu_class: GpuClass::Large,
        max_model_len: 131_072,
        error_percent: 3.1,
        kv_blocks_at_0_9: 27_812,
        kv_bytes_per_token: 131_072,
        gpu_memory_gib: 79.11,
        coefficients: Coefficients {
            fixed: 6.434_34,
            host_overhead: 0.3,
            knee_low: 256,
            per_token_below: 0.011_474_6,
            knee_high: 384,
            per_token_above: 0.020_917_3,
            per_context_token: 4.345_44e-5,
            per_pair: 6.942_36e-7,
        },
    },
    Profile {
        name: "llama-3.1-8b/a100-sxm-80gb/tp1",
        model_name: "meta-llama/Llama-3.1-8B-Instruct",
        tensor_parallel_size: 1,
        gpu_class: GpuClass::Small,
        max_model_len: 131_072,
        error_percent: 2.2,
        kv_blocks_at_0_9: 27_831,
        kv_bytes_per_token: 131_072,
        gpu_memory_gib: 79.15,
        coefficients: Coefficients {
            fixed: 11.244_8,
            host_overhead: 0.3,
            knee_low: 128,
            per_token_below: 0.020_008_6,
            knee_high: 128,
            per_token_above: 0.054_531_5,
            per_context_token: 8.187_22e-5,
            per_pair: 2.931_34e-6,
        },
    },
    Profile {
        name: "qwen3-32b/h100-sxm-80gb/tp2",
        model_name: "Qwen/Qwen3-32B",
        tensor_parallel_size: 2,
        gpu_class: GpuClass::Large,
        max_model_len: 40_960,
        error_percent: 3.2,
        kv_blocks_at_0_9: 19_637,
        kv_bytes_per_token: 131_072,
        gpu_memory_gib: 79.11,
        coefficients: Coefficients {
            fixed: 14.016,
            host_overhead: 0.4,
            knee_low: 256,
            per_token_below: 0.024_959,
            knee_high: 320,
            per_token_above: 0.051_478_6,
            per_context_token: 4.504_8e-5,
            per_pair: 1.470_56e-6,
        },
    },
];

impl Profile {
    /// The profile of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// The names of all profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROFILES.iter().map(|profile| profile.name)
    }

    /// The model's part of the name: `llama-3.1-8b`.
    pub fn model(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// The step time, in integers.
    pub fn step_time(&self) -> StepTime {
        let c = &self.coefficients;
        let ps = |ms: f64| (ms * 1e9).round() as u64;
        let host = HostTime { per_step_ps: ps(c.host_overhead), per_seq_ps: 0 };
        let piecewise = Piecewise {
            fixed_ps: ps(c.fixed),
            knee_low_tokens: c.knee_low,
            below_ps: ps(c.per_token_below),
            knee_high_tokens: c.knee_high,
            above_ps: ps(c.per_token_above),
            context_ps: ps(c.per_context_token),
            // A pair is two half pairs; a picosecond is a thousand femtoseconds.
            half_pair_fs: (c.per_pair * 1e12 / 2.0).round() as u64,
        };
        StepTime::from(piecewise).with_host(host)
    }

    /// KV blocks, the null block included, at a `--gpu-memory-utilization` and `--block-size`.
    ///
    /// Calibrated at 0.9 with blocks of 16 tokens; what the share of memory adds or takes goes to KV blocks alone.
    pub fn num_gpu_blocks(&self, gpu_memory_utilization: f64, block_size: u32) -> u32 {
        let per_token = f64::from(self.kv_bytes_per_token);
        let calibrated = f64::from(self.kv_blocks_at_0_9) * 16.0 * per_token;
        let more = (gpu_memory_utilization - 0.9) * self.gpu_memory_gib * 1_073_741_824.0;
        ((calibrated + more) / (per_token * f64::from(block_size.max(1)))).floor().max(0.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::replica::StepLoad;

    #[test]
    fn steps_cost_what_the_calibration_says() {
        let step = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1").unwrap().step_time();
        let ms = |load: StepLoad| step.of(&load).as_secs_f64() * 1e3;
        assert_eq!(step.host(&StepLoad::decode(64, 9)).as_secs_f64(), 0.3e-3);
        // Spot values of the table's own fit: 64 decodes at 1024 tokens, a prompt of 2048 (p·(c + p/2) pairs).
        let decode = StepLoad::decode(64, 64 * 1024);
        assert!((ms(decode) - (6.43434 + 64.0 * 0.0114746 + 65536.0 * 4.34544e-5)).abs() < 1e-4);
        let expected = 6.43434 + 256.0 * 0.0114746 + 1664.0 * 0.0209173 + 2048.0 * 1024.0 * 6.94236e-7;
        assert!((ms(StepLoad::prefill(0, 2048)) - expected).abs() < 1e-4);
    }

    #[test]
    fn more_memory_gives_more_blocks() {
        let llama = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1").unwrap();
        assert_eq!(llama.num_gpu_blocks(0.9, 16), 27_812);
        // 0.02 · 79.11 GiB / 2 MiB = 810 blocks.
        assert_eq!(llama.num_gpu_blocks(0.92, 16), 27_812 + 810);
        assert_eq!(llama.num_gpu_blocks(0.9, 32), 13_906);
        assert_eq!(llama.num_gpu_blocks(0.0, 16), 0);
    }
}
