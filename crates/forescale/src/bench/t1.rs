//! T1: Poisson arrivals and lognormal lengths on replicas that are well within their limits.

use super::BenchError;
use super::guide::guide;
use crate::core::RunConfig;
use crate::core::demand::{Arrivals, Lengths, Rate, Source, TraceRow};
use crate::core::dist::Dist;
use crate::core::replica::{EngineConfig, ModelServerConfig};
use crate::kernel::SimDuration;
use crate::kernel::random::{self, Stream};
use crate::scenario::Profile;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// The workload T1: Llama-3.1-8B on one H100 per replica, 256 seats, 2048 tokens per step, blocks of 16 tokens.
///
/// Prompts and outputs are lognormal with sigma 0.8, prompts with a mean of 512 tokens. With other means of the output than 256 it
/// is T3: the rate falls as outputs grow, so that the work in tokens stays the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct T1 {
    /// How many requests arrive.
    pub requests: u64,
    /// Replicas; each gets 8 · 256 / `output_mean` requests per second.
    pub replicas: u32,
    /// Mean of the output, in tokens.
    pub output_mean: f64,
    /// `--enable-prefix-caching`; no two prompts share a prefix.
    pub prefix_caching: bool,
    /// `--async-scheduling`.
    pub async_scheduling: bool,
    /// Decides all draws.
    pub seed: u64,
}

impl Default for T1 {
    /// 2,000 requests on one replica, without prefix caching, scheduled synchronously.
    fn default() -> Self {
        Self {
            requests: 2000,
            replicas: 1,
            output_mean: 256.0,
            prefix_caching: false,
            async_scheduling: false,
            seed: 7,
        }
    }
}

const PROMPT_MEAN: f64 = 512.0;
const SIGMA: f64 = 0.8;

impl T1 {
    /// Requests per second over all replicas.
    pub fn rate(&self) -> f64 {
        8.0 * 256.0 / self.output_mean * f64::from(self.replicas)
    }

    /// What each replica runs.
    pub fn engine(&self) -> EngineConfig {
        engine(self.prefix_caching, self.async_scheduling)
    }

    /// The whole loop: the gateway, telemetry and HPA of llm-d's guide.
    ///
    /// The HPA syncs, asks and decides as it always does; its limits keep it at the number of replicas.
    ///
    /// # Errors
    /// A [`BenchError`] where no temporary files can be written, or the rate is out of range.
    pub fn config(&self) -> Result<RunConfig, BenchError> {
        let mut config = guide(&[
            format!("hpa.spec.minReplicas={}", self.replicas),
            format!("hpa.spec.maxReplicas={}", self.replicas),
        ])?;
        config.seed = self.seed;
        config.cluster.deployment.replicas = self.replicas;
        config.model_server = ModelServerConfig::Vllm(self.engine());
        let length = |mean| Dist::Lognormal { mean, sigma: SIGMA };
        let lengths = Lengths { prompt_tokens: length(PROMPT_MEAN), output_tokens: length(self.output_mean) };
        let rate = Rate::constant(self.rate()).map_err(|error| std::io::Error::other(error.to_string()))?;
        for workload in &mut config.workloads {
            workload.source = Source::Open(Arrivals::Poisson(rate.clone(), lengths.clone()));
            workload.requests = Some(self.requests);
        }
        // All arrive within five standard deviations; after that the run ends with the last request.
        let requests = self.requests as f64;
        config.duration = SimDuration::from_secs_f64((requests + 5.0 * requests.sqrt()) / self.rate());
        config.drain = SimDuration::from_secs(86_400);
        Ok(config)
    }

    /// The requests, drawn from the same streams by the same samplers as [`demand`](crate::core::demand) does.
    pub fn draws(&self) -> impl Iterator<Item = TraceRow> + use<> {
        let stream = |purpose: &str| random::stream(self.seed, &format!("workload.chat/{purpose}"), 0);
        let (mut gaps, mut prompts, mut outputs) =
            (stream("arrivals"), stream("prompt_tokens"), stream("output_tokens"));
        let (rate, output_mean) = (self.rate(), self.output_mean);
        let mut area = 0.0;
        (0..self.requests).map(move |_| {
            let gap: f64 = Exp1.sample(&mut gaps);
            area += gap;
            TraceRow {
                at: SimDuration::from_secs_f64(area / rate),
                prompt_tokens: tokens(PROMPT_MEAN, &mut prompts),
                output_tokens: tokens(output_mean, &mut outputs),
                hash_ids: None,
            }
        })
    }
}

fn tokens(mean: f64, stream: &mut Stream) -> u32 {
    let normal: f64 = StandardNormal.sample(stream);
    let drawn = mean * (SIGMA * normal - SIGMA * SIGMA / 2.0).exp();
    (drawn.round() as u32).max(1)
}

/// Llama-3.1-8B on one H100 with 256 seats, 2048 tokens per step and blocks of 16 tokens.
pub(super) fn engine(prefix_caching: bool, async_scheduling: bool) -> EngineConfig {
    let profile = Profile::find("llama-3.1-8b/h100-sxm-80gb/tp1");
    let blocks = profile.map_or(2, |profile| profile.num_gpu_blocks(0.9, 16));
    let max_model_len = profile.map_or(1, |profile| profile.max_model_len);
    let step_time = profile.map(Profile::step_time).unwrap_or_default();
    EngineConfig {
        async_scheduling,
        enable_prefix_caching: prefix_caching,
        ..EngineConfig::new(blocks, max_model_len, step_time)
    }
}
