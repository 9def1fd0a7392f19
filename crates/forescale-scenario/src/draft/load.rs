//! A load that keeps one replica busy.

use forescale_core::replica::{EngineConfig, StepLoad};

/// Standard deviation of the logarithm of both lengths.
pub(super) const SIGMA: f64 = 0.8;

/// How busy the drafted load keeps one replica.
pub(super) const SHARE: f64 = 0.8;

/// No GPU runs more at once, whatever its arguments say.
const MOST_SEQS: f64 = 65_536.0;

/// Lengths of requests, and how many of them per second one replica serves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    /// Mean, in tokens.
    pub(super) prompt: u32,
    /// Mean, in tokens.
    pub(super) output: u32,
    /// Requests per second.
    pub(super) capacity: f64,
}

/// Estimates what a replica serves when it is full: the batch that fits its KV cache, at the step time of that batch.
pub(super) fn load(engine: &EngineConfig) -> Load {
    // Lengths of a chat; shorter ones for a model that takes less.
    let prompt = (engine.max_model_len / 8).clamp(1, 512);
    let output = (engine.max_model_len / 16).clamp(1, 256);
    let (p, o) = (f64::from(prompt), f64::from(output));
    // Mean of the square of a lognormal length, by the square of its mean.
    let squares = (SIGMA * SIGMA).exp();
    // Long requests stay longer, so the mean over sequences that run is above that over requests.
    let context = p + o * squares / 2.0;
    let kv_tokens = f64::from(engine.num_gpu_blocks) * f64::from(engine.block_size);
    // The gateway holds requests back at four fifths of the KV cache.
    let by_kv = 0.8 * kv_tokens / context;
    let by_batch = f64::from(engine.max_num_batched_tokens) / (1.0 + p / o);
    let seqs = by_kv.min(by_batch).min(f64::from(engine.max_num_seqs)).clamp(1.0, MOST_SEQS);
    let requests_per_step = seqs / o;
    let step = StepLoad {
        prefill_tokens: (requests_per_step * p) as u64,
        prefill_half_pairs: (requests_per_step * p * p * squares) as u64,
        prefill_seqs: requests_per_step as u64,
        decode_seqs: seqs as u64,
        decode_context: (seqs * context) as u64,
    };
    let (gpu, host) = (engine.step_time.of(&step), engine.step_time.host(&step));
    let step = if engine.async_scheduling { gpu.max(host) } else { gpu + host };
    Load { prompt, output, capacity: requests_per_step / step.as_secs_f64().max(1e-6) }
}

impl Load {
    /// Requests per second that keep one replica busy, in two digits, as TOML has it.
    pub(super) fn rate_text(&self) -> String {
        let rate = (self.capacity * SHARE).max(1e-3);
        let magnitude = rate.log10().floor();
        let unit = 10f64.powf(magnitude - 1.0);
        let decimals = (1.0 - magnitude).max(1.0) as usize;
        format!("{:.decimals$}", (rate / unit).round() * unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    /// A full replica of `scenarios/burst.toml` was measured to serve about 38 (`tests/it/burst.rs`).
    #[test]
    fn the_estimate_is_near_what_a_full_replica_serves() {
        let profile = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1").unwrap();
        let engine = EngineConfig {
            max_num_seqs: 1024,
            max_num_batched_tokens: 8192,
            async_scheduling: false,
            enable_prefix_caching: false,
            ..EngineConfig::new(profile.num_gpu_blocks(0.92, 16), profile.max_model_len, profile.step_time())
        };
        let full = load(&engine);
        assert!((36.0..41.0).contains(&full.capacity), "{full:?}");
        assert_eq!(full.rate_text(), "31.0");
        // The largest numbers that a command line can give, and the smallest.
        let big = EngineConfig {
            max_num_seqs: u32::MAX,
            max_num_batched_tokens: u32::MAX,
            num_gpu_blocks: u32::MAX,
            block_size: u32::MAX,
            ..engine.clone()
        };
        assert!(load(&big).capacity.is_finite());
        let small = EngineConfig { num_gpu_blocks: 0, max_model_len: 1, max_num_batched_tokens: 1, ..engine };
        assert!(load(&small).capacity.is_finite());
        assert_eq!(Load { capacity: 0.0123, ..full }.rate_text(), "0.0098");
    }
}
