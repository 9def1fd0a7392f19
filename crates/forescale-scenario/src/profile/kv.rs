//! How many KV blocks fit into a GPU's memory.

const GIB: f64 = 1_073_741_824.0;

/// What one GPU's memory is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KvCapacity {
    /// Memory of one GPU that vLLM sees, in GiB.
    pub gpu_memory_gib: f64,
    /// Weights of one GPU, in bytes.
    pub weights_bytes: f64,
    /// Bytes of KV cache per token and GPU.
    pub bytes_per_token: u32,
    /// KV blocks of 16 tokens at a `--gpu-memory-utilization` of 0.9.
    pub blocks_at_0_9: u32,
}

impl KvCapacity {
    /// The capacity that is left at 0.9 of the memory, after weights and `overhead_gib` for activations, CUDA graphs and what is not PyTorch's.
    pub fn estimate(
        gpu_memory_gib: f64,
        weights_bytes: f64,
        bytes_per_token: u32,
        overhead_gib: f64,
    ) -> Self {
        let free = 0.9 * gpu_memory_gib * GIB - weights_bytes - overhead_gib * GIB;
        let blocks = free / (16.0 * f64::from(bytes_per_token));
        Self { gpu_memory_gib, weights_bytes, bytes_per_token, blocks_at_0_9: blocks.floor().max(0.0) as u32 }
    }

    /// What is neither weights nor KV cache at 0.9 of the memory, in GiB; about 1.5 to 3.3.
    pub fn overhead_gib(&self) -> f64 {
        let kv = f64::from(self.blocks_at_0_9) * 16.0 * f64::from(self.bytes_per_token);
        0.9 * self.gpu_memory_gib - (self.weights_bytes + kv) / GIB
    }

    /// KV blocks, the null block included, at a `--gpu-memory-utilization` (0 to 1) and `--block-size` (tokens).
    ///
    /// Calibrated at 0.9 with blocks of 16 tokens; what the share of memory adds or takes goes to KV blocks alone.
    pub fn num_gpu_blocks(&self, gpu_memory_utilization: f64, block_size: u32) -> u32 {
        let per_token = f64::from(self.bytes_per_token);
        let calibrated = f64::from(self.blocks_at_0_9) * 16.0 * per_token;
        let more = (gpu_memory_utilization - 0.9) * self.gpu_memory_gib * GIB;
        ((calibrated + more) / (per_token * f64::from(block_size.max(1)))).floor().max(0.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;

    #[test]
    fn more_memory_gives_more_blocks() {
        let llama = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1").unwrap();
        assert_eq!(llama.num_gpu_blocks(0.9, 16), 27_812);
        // 0.02 · 79.11 GiB / 2 MiB = 810 blocks.
        assert_eq!(llama.num_gpu_blocks(0.92, 16), 27_812 + 810);
        assert_eq!(llama.num_gpu_blocks(0.9, 32), 13_906);
        assert_eq!(llama.num_gpu_blocks(0.0, 16), 0);
        assert!((llama.kv.overhead_gib() - 1.92).abs() < 0.01);
    }

    /// What vLLM logged at its start on H100 at 0.9 (published runs of BLIS): within -2.5 to +1.5 % for dense models; a mixture of experts needs a
    /// workspace that the estimate leaves to the cache (+11.6 %).
    #[test]
    fn blocks_are_near_those_that_vllm_logged() {
        for (name, logged) in [
            ("llama-2-7b/h100/tp1", 7463),
            ("llama-2-70b/h100/tp4", 30_251),
            ("llama-3.1-70b/h100/tp4", 29_297),
            ("mistral-nemo-12b/h100/tp1", 19_251),
            ("mistral-nemo-12b/h100/tp2", 48_009),
            ("qwen2.5-7b/h100/tp1", 65_352),
            ("yi-34b/h100/tp2", 20_793),
        ] {
            let blocks = f64::from(Profile::find(name).unwrap().num_gpu_blocks(0.9, 16));
            let off = blocks / f64::from(logged) - 1.0;
            assert!((-0.025..=0.015).contains(&off), "{name}: {blocks} blocks, {logged} logged, {off:+.3}");
        }
        let experts = Profile::find("qwen3-235b-a22b/h100/tp8").unwrap().num_gpu_blocks(0.9, 16);
        assert!((f64::from(experts) / 18_437.0 - 1.116).abs() < 0.005, "{experts}");
    }
}
