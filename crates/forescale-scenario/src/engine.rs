//! From a profile and a Deployment's arguments to what a pod runs.

use crate::codes;
use crate::context::{Context, Told};
use crate::manifests::{Container, MaxModelLen, PerformanceMode, VllmArgs};
use crate::profile::{GpuClass, Model, Profile};
use forescale_core::replica::{EngineConfig, EngineConfigError, StepTime};
use forescale_document::{Code, Span};

/// vLLM's default of `--gpu-memory-utilization`.
pub(crate) const GPU_MEMORY_UTILIZATION: f64 = 0.92;

/// What a step may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) max_num_seqs: u32,
    pub(crate) max_num_batched_tokens: u32,
}

impl Batch {
    /// vLLM's defaults for a class of GPUs under a `--performance-mode`, before they are fitted to each other.
    pub(crate) fn default_of(class: GpuClass, mode: PerformanceMode) -> Self {
        let (tokens, seqs) = class.batch_defaults();
        let factor = if mode == PerformanceMode::Throughput { 2 } else { 1 };
        Self { max_num_seqs: factor * seqs, max_num_batched_tokens: factor * tokens }
    }

    /// What holds: vLLM fits its own defaults to each other and to the model's length, and never changes a given value.
    fn of(class: GpuClass, model_len: u32, args: &VllmArgs) -> Self {
        let default = Self::default_of(class, args.performance_mode.unwrap_or_default());
        let seqs = args.max_num_seqs.unwrap_or(default.max_num_seqs);
        let model_len = match args.max_model_len {
            Some(MaxModelLen::Tokens(given)) => given,
            Some(MaxModelLen::Auto) | None => model_len,
        };
        let max_num_batched_tokens = args.max_num_batched_tokens.unwrap_or_else(|| {
            let is_chunked = args.enable_chunked_prefill.unwrap_or(true);
            let tokens = default.max_num_batched_tokens.max(if is_chunked { 0 } else { model_len });
            tokens.min(seqs.saturating_mul(model_len).max(1))
        });
        let max_num_seqs = args.max_num_seqs.unwrap_or(seqs.min(max_num_batched_tokens));
        Self { max_num_seqs, max_num_batched_tokens }
    }
}

/// `--max-model-len`: as given, or what the model allows; where it is to be found out, no more than fits the pool without its null block.
fn max_model_len(of_model: u32, args: &VllmArgs, blocks: u32, block_size: u32) -> u32 {
    match args.max_model_len {
        Some(MaxModelLen::Tokens(given)) => given,
        Some(MaxModelLen::Auto) => of_model.min(blocks.saturating_sub(1).saturating_mul(block_size)).max(1),
        None => of_model,
    }
}

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
    let utilization = args.gpu_memory_utilization.unwrap_or(GPU_MEMORY_UTILIZATION);
    if !(0.0..=1.0).contains(&utilization) {
        let message = format!("--gpu-memory-utilization {utilization}: must be between 0 and 1");
        return context.fail(context.error(Code::OUT_OF_RANGE, at("gpu-memory-utilization"), message));
    }
    let watermark = args.watermark.unwrap_or(0.0);
    if !(0.0..1.0).contains(&watermark) {
        let message = format!("--watermark {watermark}: must be at least 0 and below 1");
        return context.fail(context.error(Code::OUT_OF_RANGE, at("watermark"), message));
    }
    let block_size = args.block_size.unwrap_or(16);
    let blocks =
        args.num_gpu_blocks_override.unwrap_or_else(|| profile.num_gpu_blocks(utilization, block_size));
    let batch = Batch::of(profile.gpu_class, profile.max_model_len, args);
    let config = EngineConfig {
        max_num_seqs: batch.max_num_seqs,
        max_num_batched_tokens: batch.max_num_batched_tokens,
        block_size,
        max_num_active_seqs: args.max_num_active_seqs,
        policy: args.scheduling_policy.unwrap_or_default(),
        async_scheduling: args.async_scheduling.unwrap_or(true),
        enable_prefix_caching: args.enable_prefix_caching.unwrap_or(true),
        enable_chunked_prefill: args.enable_chunked_prefill.unwrap_or(true),
        long_prefill_token_threshold: args.long_prefill_token_threshold.unwrap_or(0),
        long_prefill_token_threshold_adaptive: args.long_prefill_token_threshold_adaptive.unwrap_or(false),
        prefill_schedule_interval: args.prefill_schedule_interval.unwrap_or(1),
        scheduler_reserve_full_isl: args.scheduler_reserve_full_isl.unwrap_or(true),
        watermark,
        ..EngineConfig::new(
            blocks,
            max_model_len(profile.max_model_len, args, blocks, block_size),
            step_time(profile, args),
        )
    };
    if let Err(error) = config.validate() {
        let flags: &[&str] = match &error {
            EngineConfigError::CacheTooSmall { .. } => {
                &["num-gpu-blocks-override", "max-model-len", "gpu-memory-utilization", "block-size"]
            }
            EngineConfigError::ActiveAboveSeats { .. } => &["max-num-active-seqs", "max-num-seqs"],
            EngineConfigError::BudgetBelowSeats { .. } => &["max-num-seqs", "max-num-batched-tokens"],
            EngineConfigError::BudgetBelowModelLen { .. } => {
                &["enable-chunked-prefill", "max-num-batched-tokens", "max-model-len"]
            }
            EngineConfigError::OutOfRange { name: "the number of KV blocks", .. } => {
                &["num-gpu-blocks-override", "gpu-memory-utilization", "block-size"]
            }
            EngineConfigError::OutOfRange { name, .. } => &[name.trim_start_matches("--")],
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
    if let Some(mode) = args.performance_mode.filter(|mode| *mode != PerformanceMode::Balanced) {
        let message = format!(
            "--performance-mode {}: the step times stay those of the profile; other kernels and CUDA graphs are not simulated",
            mode.name()
        );
        context.warn(codes::SIMULATED_OTHERWISE, args.place("performance-mode").or(place), message);
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

/// The profile's step time, in eager mode where an argument says so. Of a model that is not known the launches are not bounded.
fn step_time(profile: &Profile, args: &VllmArgs) -> StepTime {
    let step_time = profile.step_time();
    match args.enforce_eager {
        Some(true) => step_time.eager(Model::find(&profile.model_name).map_or(0, |model| model.layers)),
        _ => step_time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::replica::SchedulingPolicy;
    use forescale_document::Spanned;

    fn told(profile: &str, line: &str) -> Result<EngineConfig, String> {
        let mut context = Context::default();
        let words: Vec<Spanned<String>> =
            line.split_whitespace().map(|word| Spanned::new(word.to_owned())).collect();
        let profile = Profile::find(profile).unwrap();
        VllmArgs::parse(&mut context, &words)
            .and_then(|args| engine(&mut context, profile, &args, None))
            .map_err(|_| context.report.errors().map(|error| error.message.clone()).collect())
    }

    const H100: &str = "llama-3.1-8b/h100-sxm-80gb/tp1";

    fn h100(line: &str) -> EngineConfig {
        told(H100, line).unwrap()
    }

    #[test]
    fn without_arguments_everything_is_vllms_default() {
        let profile = Profile::find(H100).unwrap();
        let expected = EngineConfig {
            max_num_seqs: 1024,
            max_num_batched_tokens: 8192,
            ..EngineConfig::new(profile.num_gpu_blocks(0.92, 16), 131_072, profile.step_time())
        };
        assert_eq!(h100(""), expected);
        assert!(expected.async_scheduling && expected.enable_prefix_caching);
    }

    #[test]
    fn every_knob_reaches_the_engine() {
        let expected = EngineConfig {
            max_num_seqs: 9,
            max_num_batched_tokens: 4096,
            block_size: 32,
            max_num_active_seqs: Some(5),
            policy: SchedulingPolicy::Priority,
            async_scheduling: false,
            enable_prefix_caching: false,
            enable_chunked_prefill: false,
            long_prefill_token_threshold: 3,
            long_prefill_token_threshold_adaptive: true,
            prefill_schedule_interval: 2,
            scheduler_reserve_full_isl: false,
            watermark: 0.25,
            ..EngineConfig::new(200, 4000, Profile::find(H100).unwrap().step_time())
        };
        let line = "--max-num-seqs 9 --max-num-batched-tokens 4K --block-size 32 --max-num-active-seqs 5 --scheduling-policy priority \
            --no-async-scheduling --no-enable-prefix-caching --no-enable-chunked-prefill --long-prefill-token-threshold 3 \
            --long-prefill-token-threshold-adaptive --prefill-schedule-interval 2 --no-scheduler-reserve-full-isl --watermark 0.25 \
            --num-gpu-blocks-override 200 --max-model-len 4k";
        assert_eq!(h100(line), expected);
    }

    /// vLLM's `get_batch_defaults` and what follows it.
    #[test]
    fn defaults_by_gpu_fitted_to_each_other() {
        let batch = |class, line: &str| {
            let words: Vec<Spanned<String>> =
                line.split_whitespace().map(|word| Spanned::new(word.to_owned())).collect();
            let args = VllmArgs::parse(&mut Context::default(), &words).unwrap_or_default();
            let batch = Batch::of(class, 131_072, &args);
            (batch.max_num_batched_tokens, batch.max_num_seqs)
        };
        assert_eq!(batch(GpuClass::Largest, ""), (16_384, 1024));
        assert_eq!(batch(GpuClass::Large, ""), (8192, 1024));
        assert_eq!(batch(GpuClass::Small, ""), (2048, 256));
        assert_eq!(batch(GpuClass::Small, "--performance-mode throughput"), (4096, 512));
        assert_eq!(batch(GpuClass::Large, "--performance-mode interactivity"), (8192, 1024));
        assert_eq!(batch(GpuClass::Large, "--performance-mode=throughput --max-num-seqs 10"), (16_384, 10));
        // The model's length and the seats bound the tokens, the tokens bound the seats.
        assert_eq!(batch(GpuClass::Large, "--max-num-seqs 3 --max-model-len 100"), (300, 3));
        assert_eq!(batch(GpuClass::Large, "--max-num-batched-tokens 500"), (500, 500));
        assert_eq!(batch(GpuClass::Large, "--no-enable-chunked-prefill"), (131_072, 1024));
        // Given values stay as they are.
        assert_eq!(batch(GpuClass::Large, "--max-num-batched-tokens 500 --max-num-seqs 600"), (500, 600));
    }

    #[test]
    fn the_longest_sequence_shrinks_to_the_pool_if_asked() {
        for auto in ["-1", "auto"] {
            let fits = h100(&format!("--max-model-len {auto} --num-gpu-blocks-override 101"));
            assert_eq!(fits.max_model_len, 1600);
            assert_eq!(h100(&format!("--max-model-len {auto}")).max_model_len, 131_072);
        }
        assert!(told(H100, "--num-gpu-blocks-override 101").unwrap_err().contains("vLLM refuses to start"));
        assert!(told(H100, "--max-model-len auto --num-gpu-blocks-override 1").is_err());
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        for (line, part) in [
            ("--watermark 1", "--watermark 1: must be at least 0 and below 1"),
            ("--watermark NaN", "below 1"),
            ("--max-num-active-seqs 2000", "--max-num-active-seqs 2000 is larger than --max-num-seqs 1024"),
            ("--max-num-active-seqs 0", "--max-num-active-seqs must be at least 1"),
            ("--prefill-schedule-interval 0", "--prefill-schedule-interval must be at least 1"),
            ("--max-model-len 0", "--max-model-len must be at least 1"),
            ("--num-gpu-blocks-override 1", "the number of KV blocks must be at least 2"),
            ("--max-num-seqs 0", "must be at least 1"),
        ] {
            let error = told(H100, line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
