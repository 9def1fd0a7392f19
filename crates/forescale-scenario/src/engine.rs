//! From a profile and a Deployment's arguments to what a pod runs.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Container, VllmArgs};
use crate::profile::{GpuClass, Profile};
use forescale_core::replica::{EngineConfig, EngineConfigError, SchedulingPolicy};
use forescale_document::{Code, Span};

/// A vLLM engine as its arguments configure it; `place` is shown where no argument is to blame.
pub(crate) fn engine(
    context: &mut Context,
    profile: &Profile,
    args: &VllmArgs,
    place: Option<Span>,
) -> Told<EngineConfig> {
    let at = |flag: &str| args.place(flag).or(place);
    if let Some(given) = args.tensor_parallel_size
        && given != profile.tensor_parallel_size
    {
        let wanted = profile.tensor_parallel_size;
        let message = format!("--tensor-parallel-size {given}: profile {} is for {wanted}", profile.name);
        let diagnostic = context.error(Code::CONTRADICTION, at("tensor-parallel-size"), message);
        return context.fail(diagnostic.related(place, "the profile"));
    }
    let utilization = args.gpu_memory_utilization.unwrap_or(0.92);
    if !(0.0..=1.0).contains(&utilization) {
        let message = format!("--gpu-memory-utilization {utilization}: must be between 0 and 1");
        return context.fail(context.error(Code::OUT_OF_RANGE, at("gpu-memory-utilization"), message));
    }
    let block_size = args.block_size.unwrap_or(16);
    let (default_tokens, default_seqs) = match profile.gpu_class {
        GpuClass::Largest => (16_384, 1024),
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
        max_num_active_seqs: None,
        policy: SchedulingPolicy::Fcfs,
        async_scheduling: false,
        enable_prefix_caching: false,
        enable_chunked_prefill: args.enable_chunked_prefill.unwrap_or(true),
        long_prefill_token_threshold: args.long_prefill_token_threshold.unwrap_or(0),
        long_prefill_token_threshold_adaptive: false,
        prefill_schedule_interval: 1,
        scheduler_reserve_full_isl: true,
        watermark: 0.0,
        step_time: profile.step_time(),
    };
    if let Err(error) = config.validate() {
        let flags: &[&str] = match &error {
            EngineConfigError::CacheTooSmall { .. } => {
                &["num-gpu-blocks-override", "max-model-len", "gpu-memory-utilization", "block-size"]
            }
            EngineConfigError::BudgetBelowSeats { .. } => &["max-num-seqs", "max-num-batched-tokens"],
            EngineConfigError::BudgetBelowModelLen { .. } => {
                &["enable-chunked-prefill", "max-num-batched-tokens", "max-model-len"]
            }
            EngineConfigError::OutOfRange(name) => &[name.trim_start_matches("--")],
        };
        let mut places = flags.iter().filter_map(|flag| Some((flag, args.place(flag)?)));
        let first = places.next().map(|(_, span)| span).or(place);
        let diagnostic = context.error(Code::OUT_OF_RANGE, first, error.to_string());
        let diagnostic = places.fold(diagnostic, |diagnostic, (flag, span)| {
            diagnostic.related(span, format!("--{flag} is here"))
        });
        return context.fail(diagnostic);
    }
    warn(context, args, place);
    Ok(config)
}

fn warn(context: &mut Context, args: &VllmArgs, place: Option<Span>) {
    let place = args.first().or(place);
    let at = |flag: &str| args.place(flag).or(place);
    if args.async_scheduling != Some(false) {
        let message = "vLLM schedules asynchronously unless --no-async-scheduling is given; simulated is the synchronous scheduler \
             (requests enter about one step earlier, finished ones free their seats one step earlier)";
        context.warn(codes::SIMULATED_OTHERWISE, at("async-scheduling"), message);
    }
    if args.enable_prefix_caching != Some(false) {
        let message = "vLLM caches prefixes unless --no-enable-prefix-caching is given; simulated is no prefix caching (no two requests \
             share a prefix, but a preempted request would find its own blocks)";
        context.warn(codes::SIMULATED_OTHERWISE, at("enable-prefix-caching"), message);
    }
    if let Some(first) = args.unknown.first() {
        let names: Vec<&str> = args.unknown.iter().map(|flag| flag.as_str()).collect();
        let message = format!("arguments of the model server without effect here: {}", names.join(", "));
        context.warn(codes::NO_EFFECT, first.span(), message);
    }
}

/// The version that is simulated whatever the image says.
const SIMULATED_VLLM: &str = "0.33";

/// A warning where the image names another version of vLLM than the simulated one.
pub(crate) fn warn_about_image(context: &mut Context, container: &Container) {
    let Some(image) = &container.image else { return };
    let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    if !tag.trim_start_matches('v').starts_with(SIMULATED_VLLM) {
        let message = format!("image `{}` is simulated as vLLM {SIMULATED_VLLM}", image.as_str());
        context.warn(codes::SIMULATED_OTHERWISE, image.span(), message);
    }
}
