//! Which measured deployments are replayed: a rule on what stands in the table beside the measured errors, never on an error.

use super::load::Load;
use super::run::{Client, Run};
use forescale_core::dist::Dist;
use forescale_core::replica::EngineConfig;
use forescale_scenario::{Gpu, Model, Profile, Tier};
use std::collections::BTreeSet;

/// What the profiles' KV blocks were compared at; where the sources name a share of memory, it is this one.
const UTILIZATION: f64 = 0.9;
const BLOCK_SIZE: u32 = 16;
/// `--max-num-batched-tokens` of InferenceX's launch scripts.
const INFERENCEX_BATCHED_TOKENS: u32 = 8192;
/// InferenceX draws lengths from this share of the given one up to it.
const INFERENCEX_LEAST: f64 = 0.8;
/// A mean time to first token above this, in ms, is that of an overloaded server.
const OVERLOADED_TTFT_MS: f64 = 15_000.0;

/// Why a row is not replayed, in the order in which rows are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The engine is not vLLM.
    Engine,
    /// More than one replica.
    Replicas,
    /// No or no positive time per output token.
    Tpot,
    /// The load is told neither as requests at once nor as one rate.
    Load,
    /// Lengths are not told.
    Lengths,
    /// Requests failed.
    Failures,
    /// Mean time to first token above 15 s.
    Overloaded,
    /// Attention in data parallel, or experts spread in another way than tensor parallelism does.
    Mapping,
    /// No profile of this model, GPU, size and dtype.
    Profile,
    /// The profile is a fit to these very rows.
    InSample,
    /// The profile's KV cache does not hold what was measured at once: all of a batch, or one request.
    Memory,
    /// The same measurement stands in an earlier row.
    Repeated,
}

impl LeftOut {
    /// All, in that order.
    pub const ALL: [Self; 12] = [
        Self::Engine,
        Self::Replicas,
        Self::Tpot,
        Self::Load,
        Self::Lengths,
        Self::Failures,
        Self::Overloaded,
        Self::Mapping,
        Self::Profile,
        Self::InSample,
        Self::Memory,
        Self::Repeated,
    ];

    /// As the table of the choice shows it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Engine => "the engine is not vLLM",
            Self::Replicas => "more than one replica behind one address",
            Self::Tpot => "no time per output token",
            Self::Load => "load not told as requests at once or as one constant rate",
            Self::Lengths => "lengths of prompts or answers not told",
            Self::Failures => "requests failed",
            Self::Overloaded => "mean TTFT above 15 s: overloaded",
            Self::Mapping => {
                "attention in data parallel, or experts not split by tensor parallelism over the same GPUs"
            }
            Self::Profile => "no profile of this model, GPU, size and dtype",
            Self::InSample => "the profile is itself a fit to these rows",
            Self::Memory => "the profile's KV cache does not hold the batch, or one request",
            Self::Repeated => "the same measurement as an earlier row",
        }
    }
}

/// What is replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The row.
    pub run: Run,
    /// What the steps cost.
    pub profile: &'static Profile,
    /// What the engine is told.
    pub engine: EngineConfig,
    /// How requests come.
    pub load: Load,
    /// Prompt tokens.
    pub prompt: Dist,
    /// Output tokens.
    pub output: Dist,
    /// Texts that prompts begin with in turn, and tokens of each; none where no two requests share a prefix.
    pub shared: Option<(u64, u32)>,
    /// Who measured.
    pub client: Client,
}

/// Chooses rows one after the other.
#[derive(Debug, Default)]
pub(super) struct Choice {
    seen: BTreeSet<String>,
}

impl Choice {
    /// The case that a row is, or why it is none.
    pub(super) fn case(&mut self, run: Run) -> Result<Case, LeftOut> {
        if run.engine.split([' ', '(']).next() != Some("vllm") {
            return Err(LeftOut::Engine);
        }
        if run.argument("replicas").is_some_and(|replicas| replicas > 1.0) {
            return Err(LeftOut::Replicas);
        }
        if !run.itl_mean_ms.is_some_and(|itl| itl > 0.0) {
            return Err(LeftOut::Tpot);
        }
        let load = Load::of(&run).ok_or(LeftOut::Load)?;
        let (isl, osl) = lengths(&run).ok_or(LeftOut::Lengths)?;
        if run.n_fail.is_some_and(|failed| failed > 0.0) {
            return Err(LeftOut::Failures);
        }
        if run.ttft_mean_ms.is_some_and(|ttft| ttft > OVERLOADED_TTFT_MS) {
            return Err(LeftOut::Overloaded);
        }
        if !is_tensor_parallel(&run) {
            return Err(LeftOut::Mapping);
        }
        let profile = profile(&run).ok_or(LeftOut::Profile)?;
        if profile.tier == Tier::EndToEnd {
            return Err(LeftOut::InSample);
        }
        let client = run.client();
        let shared = shared(&run, isl);
        let engine = engine(&run, profile, isl + osl, shared.is_some());
        let tokens_at_once = match load {
            Load::Batch { requests } => u64::from(requests) * u64::from(isl + osl),
            _ => u64::from(isl + osl),
        };
        let fits = u64::from(engine.num_gpu_blocks.saturating_sub(1)) * u64::from(BLOCK_SIZE);
        if tokens_at_once > fits || engine.validate().is_err() {
            return Err(LeftOut::Memory);
        }
        if !self.seen.insert(identity(&run)) {
            return Err(LeftOut::Repeated);
        }
        let draw = |length: u32| match client {
            Client::InferenceX => {
                let max = f64::from(length);
                Dist::Uniform { min: (max * INFERENCEX_LEAST).floor().max(1.0), max }
            }
            _ => Dist::Constant(f64::from(length)),
        };
        let (prompt, output) = (draw(isl), draw(osl));
        Ok(Case { run, profile, engine, load, prompt, output, shared, client })
    }
}

/// Prompt and output tokens, whole and at least 1.
fn lengths(run: &Run) -> Option<(u32, u32)> {
    let whole = |length: Option<f64>| {
        let length = length?.round();
        (1.0..=1_000_000.0).contains(&length).then_some(length as u32)
    };
    Some((whole(run.isl)?, whole(run.osl)?))
}

fn is_tensor_parallel(run: &Run) -> bool {
    let at_most_one = |name| run.argument(name).is_none_or(|value| value <= 1.0);
    let is_moe = Model::find(&model(run)).is_some_and(|model| model.is_moe);
    let experts = run.argument("moe_tp").is_none_or(|split| !is_moe || Some(split) == run.tp);
    at_most_one("attention_dp") && at_most_one("moe_ep") && experts
}

fn model(run: &Run) -> String {
    // Splitwise writes the family without a hyphen.
    run.model.replace("llama2-", "llama-2-")
}

fn profile(run: &Run) -> Option<&'static Profile> {
    // The table writes 80G where the library writes 80GB.
    let gpu =
        [run.gpu.clone(), format!("{}B", run.gpu)].into_iter().find(|name| Gpu::find(name).is_some())?;
    let model = model(run);
    let dtype = match run.dtype.to_lowercase().split_whitespace().next() {
        None => "",
        Some("bf16/fp16" | "fp16" | "bf16") => "/bf16",
        Some("fp8") => "/fp8",
        // The weights of gpt-oss are mxfp4, which sources call fp4; no other model's fp4 is that.
        Some("fp4" | "mxfp4") if model.contains("gpt-oss") => "/mxfp4",
        Some(_) => return None,
    };
    let tp = run.tp.filter(|tp| tp.fract() == 0.0 && (1.0..=1024.0).contains(tp))?;
    Profile::find(&format!("{model}/{gpu}/tp{tp}{dtype}"))
}

/// What the engine is told: what the row says, else what its source's scripts say, else vLLM's defaults by GPU.
fn engine(run: &Run, profile: &Profile, longest: u32, shares_prefixes: bool) -> EngineConfig {
    let (tokens, seqs) = profile.gpu_class.batch_defaults();
    let tokens = if run.client() == Client::InferenceX { INFERENCEX_BATCHED_TOKENS } else { tokens };
    let argument = |name: &str| run.argument(name).filter(|value| *value >= 1.0).map(|value| value as u32);
    let blocks = profile.num_gpu_blocks(UTILIZATION, BLOCK_SIZE);
    EngineConfig {
        max_num_seqs: argument("max_num_seqs").unwrap_or(seqs),
        max_num_batched_tokens: argument("max_num_batched_tokens").unwrap_or(tokens),
        block_size: BLOCK_SIZE,
        enable_prefix_caching: shares_prefixes,
        // The length is only a limit: the scheduler does nothing else with it.
        ..EngineConfig::new(blocks, longest, profile.step_time())
    }
}

/// `shared_prefix` of inference-perf: for each of so many system prompts and so many users a question is made once, and these prompts are
/// sent in turn, again and again. So from the second time on all of a prompt has been seen.
fn shared(run: &Run, prompt_tokens: u32) -> Option<(u64, u32)> {
    let (_, rest) = run.workload.split_once("shared_prefix")?;
    let words: Vec<&str> = rest.split([' ', ':', ',']).filter(|word| !word.is_empty()).collect();
    let before = |noun: &str| {
        let at = words.iter().position(|word| *word == noun)?;
        words.get(at.checked_sub(1)?)?.parse::<u64>().ok().filter(|count| (1..=1_000_000).contains(count))
    };
    Some((before("sys")? * before("users")?, prompt_tokens))
}

/// What was measured on what: rows that agree in all of it are one measurement.
fn identity(run: &Run) -> String {
    format!(
        "{}|{}|{}|{:?}|{}|{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}",
        run.gpu,
        run.model,
        run.dtype,
        run.tp,
        run.engine_version,
        run.workload,
        run.rate_rps,
        run.concurrency,
        run.isl,
        run.osl,
        run.ttft_mean_ms,
        run.itl_mean_ms
    )
}
