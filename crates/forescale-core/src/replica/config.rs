//! What one vLLM engine is told at its start.

use super::StepTime;

/// `--scheduling-policy`: who is admitted first, and who is preempted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchedulingPolicy {
    /// First come, first served; the last admitted is preempted. vLLM's default.
    #[default]
    Fcfs,
    /// The smallest priority first, then the earliest; the largest and latest is preempted.
    Priority,
}

impl SchedulingPolicy {
    /// As the flag has it: `fcfs` or `priority`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fcfs => "fcfs",
            Self::Priority => "priority",
        }
    }
}

/// The engine's scheduler and cache settings, under vLLM's names; defaults are those of vLLM 0.33.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineConfig {
    /// `--max-num-seqs`: how many sequences may run at once; at least 1.
    pub max_num_seqs: u32,
    /// `--max-num-batched-tokens`: tokens per step; at least 1.
    pub max_num_batched_tokens: u32,
    /// `--block-size`: tokens per KV block; at least 1.
    pub block_size: u32,
    /// KV blocks of the pool, including the null block that is never used; at least 2.
    pub num_gpu_blocks: u32,
    /// `--max-model-len`: prompt and output together, in tokens.
    pub max_model_len: u32,
    /// `--max-num-active-seqs`: how many sequences are admitted at once, 1 to `max_num_seqs`; the latter by default.
    pub max_num_active_seqs: Option<u32>,
    /// `--scheduling-policy`; by default first come, first served.
    pub policy: SchedulingPolicy,
    /// `--async-scheduling`: the next batch is scheduled while one runs; on by default.
    pub async_scheduling: bool,
    /// `--enable-prefix-caching`: blocks are found again by their content; on by default.
    pub enable_prefix_caching: bool,
    /// `--enable-chunked-prefill`; on by default.
    pub enable_chunked_prefill: bool,
    /// `--long-prefill-token-threshold`: cap on a chunk while other requests exist, in tokens; 0, the default, means none.
    pub long_prefill_token_threshold: u32,
    /// `--long-prefill-token-threshold-adaptive`: the cap is at least an even share of the step's tokens; off by default.
    pub long_prefill_token_threshold_adaptive: bool,
    /// `--prefill-schedule-interval`: while others decode and nothing had to wait, prefills run every so many steps; 1, the default, means each.
    pub prefill_schedule_interval: u32,
    /// `--scheduler-reserve-full-isl`: a prompt enters only if all of it fits the free blocks; on by default.
    pub scheduler_reserve_full_isl: bool,
    /// `--watermark`: share of the pool that admissions leave free while others run, 0 to 1; 0 by default.
    pub watermark: f64,
    /// What a step costs.
    pub step_time: StepTime,
}

/// Why an engine cannot start with a configuration; the first two are vLLM's own refusals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineConfigError {
    /// One sequence of full length does not fit the cache.
    #[error(
        "one sequence of --max-model-len {max_model_len} needs {needed} KV blocks of {block_size} tokens, the pool has {usable}; vLLM refuses to start"
    )]
    CacheTooSmall {
        /// The flag's value.
        max_model_len: u32,
        /// Blocks that such a sequence needs.
        needed: u32,
        /// Tokens per block.
        block_size: u32,
        /// Blocks that can be used.
        usable: u32,
    },
    /// Fewer tokens than seats per step.
    #[error("--max-num-batched-tokens {tokens} is smaller than --max-num-seqs {seqs}; vLLM refuses to start")]
    BudgetBelowSeats {
        /// `--max-num-batched-tokens`.
        tokens: u32,
        /// `--max-num-seqs`.
        seqs: u32,
    },
    /// More sequences admitted than there are seats.
    #[error("--max-num-active-seqs {active} is larger than --max-num-seqs {seqs}; vLLM refuses to start")]
    ActiveAboveSeats {
        /// `--max-num-active-seqs`.
        active: u32,
        /// `--max-num-seqs`.
        seqs: u32,
    },
    /// Whole prompts only, and the longest does not fit a step.
    #[error(
        "without chunked prefill --max-num-batched-tokens {tokens} must be at least --max-model-len {max_model_len}"
    )]
    BudgetBelowModelLen {
        /// `--max-num-batched-tokens`.
        tokens: u32,
        /// `--max-model-len`.
        max_model_len: u32,
    },
    /// A value that must be positive is zero, or one is too large.
    #[error("{name} must be {allowed}")]
    OutOfRange {
        /// The flag, or what else it is.
        name: &'static str,
        /// `at least 1`.
        allowed: &'static str,
    },
}

impl EngineConfig {
    /// An engine with vLLM's defaults but for what only a model and a GPU can say.
    ///
    /// Defaults are those of a server on a GPU that vLLM does not know: 256 sequences, 2048 tokens per step, blocks of 16 tokens; asynchronous,
    /// with prefix caching and chunked prefill, first come first served.
    pub fn new(num_gpu_blocks: u32, max_model_len: u32, step_time: StepTime) -> Self {
        Self {
            max_num_seqs: 256,
            max_num_batched_tokens: 2048,
            block_size: 16,
            num_gpu_blocks,
            max_model_len,
            max_num_active_seqs: None,
            policy: SchedulingPolicy::Fcfs,
            async_scheduling: true,
            enable_prefix_caching: true,
            enable_chunked_prefill: true,
            long_prefill_token_threshold: 0,
            long_prefill_token_threshold_adaptive: false,
            prefill_schedule_interval: 1,
            scheduler_reserve_full_isl: true,
            watermark: 0.0,
            step_time,
        }
    }

    /// Checks what vLLM checks at start-up.
    ///
    /// # Errors
    /// The first [`EngineConfigError`] found.
    pub fn validate(&self) -> Result<(), EngineConfigError> {
        use EngineConfigError::*;
        for (value, name) in [
            (self.max_num_seqs, "--max-num-seqs"),
            (self.max_num_batched_tokens, "--max-num-batched-tokens"),
            (self.block_size, "--block-size"),
            (self.max_model_len, "--max-model-len"),
            (self.max_num_active_seqs.unwrap_or(1), "--max-num-active-seqs"),
            (self.prefill_schedule_interval, "--prefill-schedule-interval"),
        ] {
            if value == 0 {
                return Err(OutOfRange { name, allowed: "at least 1" });
            }
        }
        // One is the null block, which is never used.
        if self.num_gpu_blocks < 2 {
            return Err(OutOfRange { name: "the number of KV blocks", allowed: "at least 2" });
        }
        // Lengths are added in u32.
        if self.max_model_len > 1 << 30 {
            return Err(OutOfRange { name: "--max-model-len", allowed: "at most 1073741824" });
        }
        if !(0.0..=1.0).contains(&self.watermark) {
            return Err(OutOfRange { name: "--watermark", allowed: "between 0 and 1" });
        }
        if self.max_num_batched_tokens < self.max_num_seqs {
            return Err(BudgetBelowSeats { tokens: self.max_num_batched_tokens, seqs: self.max_num_seqs });
        }
        if let Some(active) = self.max_num_active_seqs.filter(|active| *active > self.max_num_seqs) {
            return Err(ActiveAboveSeats { active, seqs: self.max_num_seqs });
        }
        if !self.enable_chunked_prefill && self.max_num_batched_tokens < self.max_model_len {
            return Err(BudgetBelowModelLen {
                tokens: self.max_num_batched_tokens,
                max_model_len: self.max_model_len,
            });
        }
        let needed = self.max_model_len.div_ceil(self.block_size);
        if needed > self.num_gpu_blocks - 1 {
            return Err(CacheTooSmall {
                max_model_len: self.max_model_len,
                needed,
                block_size: self.block_size,
                usable: self.num_gpu_blocks - 1,
            });
        }
        Ok(())
    }
}
