//! What holds of the engine, under the names of vLLM's arguments.

use super::quoted;
use crate::engine::{Batch, GPU_MEMORY_UTILIZATION};
use crate::manifests::{PerformanceMode, VllmArgs};
use crate::profile::GpuClass;
use crate::settings::{Origin, Setting};
use forescale_core::replica::EngineConfig;

/// Whose default it is that vLLM fitted to another value.
const FITTED: &str = "vLLM, fitted to the other limits";

/// Every value with the argument that it comes from, or whose default it is.
pub(super) fn of_engine(engine: &EngineConfig, class: GpuClass, args: &VllmArgs) -> Vec<Setting> {
    let mode = args.performance_mode.unwrap_or_default();
    let batch = Batch::default_of(class, mode);
    let of_class = |value: u32, default: u32| match (value == default, args.place("performance-mode")) {
        (false, _) => Origin::Default(FITTED),
        (true, Some(place)) if mode == PerformanceMode::Throughput => Origin::Written(place),
        (true, _) => Origin::Default(class.default_of()),
    };
    let vllm = Origin::Default("vLLM");
    let profile = Origin::Default("the profile");
    // Blocks follow from the memory that vLLM may use where nobody says how many there are.
    let blocks = args.place("num-gpu-blocks-override").or(args.place("gpu-memory-utilization"));
    let utilization = args.gpu_memory_utilization.unwrap_or(GPU_MEMORY_UTILIZATION);
    let active = engine.max_num_active_seqs.unwrap_or(engine.max_num_seqs);
    let rows = [
        ("max-num-seqs", engine.max_num_seqs.to_string(), of_class(engine.max_num_seqs, batch.max_num_seqs)),
        (
            "max-num-batched-tokens",
            engine.max_num_batched_tokens.to_string(),
            of_class(engine.max_num_batched_tokens, batch.max_num_batched_tokens),
        ),
        ("max-num-active-seqs", active.to_string(), Origin::Default("vLLM, which is --max-num-seqs")),
        ("max-model-len", engine.max_model_len.to_string(), profile),
        ("gpu-memory-utilization", utilization.to_string(), vllm),
        ("block-size", engine.block_size.to_string(), vllm),
        ("num-gpu-blocks", engine.num_gpu_blocks.to_string(), blocks.map_or(profile, Origin::Written)),
        ("performance-mode", quoted(mode.name()), vllm),
        ("async-scheduling", engine.async_scheduling.to_string(), vllm),
        ("enforce-eager", args.enforce_eager.unwrap_or(false).to_string(), vllm),
        ("scheduling-policy", quoted(engine.policy.name()), vllm),
        ("enable-prefix-caching", engine.enable_prefix_caching.to_string(), vllm),
        ("enable-chunked-prefill", engine.enable_chunked_prefill.to_string(), vllm),
        ("long-prefill-token-threshold", engine.long_prefill_token_threshold.to_string(), vllm),
        (
            "long-prefill-token-threshold-adaptive",
            engine.long_prefill_token_threshold_adaptive.to_string(),
            vllm,
        ),
        ("prefill-schedule-interval", engine.prefill_schedule_interval.to_string(), vllm),
        ("scheduler-reserve-full-isl", engine.scheduler_reserve_full_isl.to_string(), vllm),
        ("watermark", engine.watermark.to_string(), vllm),
    ];
    let setting = |(flag, value, default): (&str, String, Origin)| {
        let origin = args.place(flag).map_or(default, Origin::Written);
        Setting { path: format!("engine.{flag}"), value, origin }
    };
    rows.into_iter().map(setting).collect()
}
