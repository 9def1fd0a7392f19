//! From a profile and a Deployment's arguments to what a pod runs.

use crate::manifests::{Container, VllmArgs};
use crate::profile::{GpuClass, Profile};
use forescale_core::replica::EngineConfig;

/// A vLLM engine as its arguments configure it, with warnings about what is simulated in another way.
///
/// # Errors
/// A sentence that names the argument.
pub(crate) fn engine(
    profile: &Profile,
    args: &VllmArgs,
    warnings: &mut Vec<String>,
) -> Result<EngineConfig, String> {
    if let Some(given) = args.tensor_parallel_size
        && given != profile.tensor_parallel_size
    {
        let wanted = profile.tensor_parallel_size;
        return Err(format!("--tensor-parallel-size {given}: profile {} is for {wanted}", profile.name));
    }
    let utilization = args.gpu_memory_utilization.unwrap_or(0.92);
    if !(0.0..=1.0).contains(&utilization) {
        return Err(format!("--gpu-memory-utilization {utilization}: must be between 0 and 1"));
    }
    let block_size = args.block_size.unwrap_or(16);
    let (default_tokens, default_seqs) = match profile.gpu_class {
        GpuClass::Large => (8192, 1024),
        GpuClass::Small => (2048, 256),
    };
    // vLLM lowers its own defaults to fit each other, never a given value.
    let max_num_batched_tokens = args.max_num_batched_tokens.unwrap_or(default_tokens);
    let max_num_seqs = args.max_num_seqs.unwrap_or_else(|| default_seqs.min(max_num_batched_tokens));
    let blocks =
        args.num_gpu_blocks_override.unwrap_or_else(|| profile.num_gpu_blocks(utilization, block_size));
    let config = EngineConfig {
        max_num_seqs,
        max_num_batched_tokens,
        block_size,
        num_gpu_blocks: blocks,
        max_model_len: args.max_model_len.unwrap_or(profile.max_model_len),
        enable_chunked_prefill: args.enable_chunked_prefill.unwrap_or(true),
        long_prefill_token_threshold: args.long_prefill_token_threshold.unwrap_or(0),
        scheduler_reserve_full_isl: true,
        watermark: 0.0,
        step_time: profile.step_time(),
    };
    config.validate().map_err(|error| error.to_string())?;
    warn(args, warnings);
    Ok(config)
}

fn warn(args: &VllmArgs, warnings: &mut Vec<String>) {
    if args.async_scheduling != Some(false) {
        warnings.push(
            "vLLM schedules asynchronously unless --no-async-scheduling is given; simulated is the synchronous scheduler \
             (requests enter about one step earlier, finished ones free their seats one step earlier)"
                .to_owned(),
        );
    }
    if args.enable_prefix_caching != Some(false) {
        warnings.push(
            "vLLM caches prefixes unless --no-enable-prefix-caching is given; simulated is no prefix caching (no two requests \
             share a prefix, but a preempted request would find its own blocks)"
                .to_owned(),
        );
    }
    if !args.unknown.is_empty() {
        warnings
            .push(format!("arguments of the model server without effect here: {}", args.unknown.join(", ")));
    }
}

/// The version that is simulated whatever the image says.
const SIMULATED_VLLM: &str = "0.33";

/// A warning where the image names another version of vLLM than the simulated one.
pub(crate) fn warn_about_image(container: &Container, warnings: &mut Vec<String>) {
    let Some(image) = &container.image else { return };
    let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    if !tag.trim_start_matches('v').starts_with(SIMULATED_VLLM) {
        warnings.push(format!("image `{image}` is simulated as vLLM {SIMULATED_VLLM}"));
    }
}
