//! What an engine counts for `/metrics`, each number at the moment at which vLLM's API server counts it.
//!
//! vLLM counts when it handles what a step brought, once per step. [`EngineMetrics`] is told what came out, with the times; a stretch of
//! equal steps is told at once, and nothing differs from telling them one by one. Rules of `vllm/v1/metrics/stats.py` and `loggers.py`
//! in vLLM 0.33.

mod histogram;
mod request_times;
#[cfg(test)]
mod tests;

pub use histogram::Histogram;
pub use request_times::RequestTimes;

use super::scheduler::PrefixCacheStats;
use crate::views::{
    FinishedReason, HistogramFamilies, HistogramFamily, ModelServerCounters, ModelServerMetrics,
    ModelServerView,
};
use forescale_kernel::SimDuration;

/// The counters and histograms of one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineMetrics {
    counters: ModelServerCounters,
    num_requests_deferred: u32,
    /// By family, those that somebody asks for; `None` where nobody asks for any.
    histograms: Option<Box<[Option<Histogram>; HistogramFamily::ALL.len()]>>,
}

/// A request that has ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinishedRequest {
    /// When what happened to it; all has come.
    pub times: RequestTimes,
    /// How it ended.
    pub reason: FinishedReason,
    /// Tokens of its prompt.
    pub prompt_tokens: u32,
    /// Those of them that were cached at its first admission.
    pub num_cached_tokens: u32,
    /// Tokens of its output, at least 1.
    pub generation_tokens: u32,
    /// `max_tokens`, at most what the longest sequence leaves.
    pub max_tokens: u32,
    /// How often it was preempted.
    pub num_preemptions: u32,
}

impl EngineMetrics {
    /// Nothing counted yet. Of the histograms only the `wanted` ones are kept; counters cost nothing.
    pub fn new(wanted: HistogramFamilies, max_model_len: u32) -> Self {
        let histograms =
            (!wanted.is_empty()).then(|| {
                Box::new(HistogramFamily::ALL.map(|family| {
                    wanted.contains(family).then(|| Histogram::new(family.bounds(max_model_len)))
                }))
            });
        Self { counters: ModelServerCounters::default(), num_requests_deferred: 0, histograms }
    }

    /// What comes with each step that is taken in, tokens or not: the scheduler's own account as it stands then.
    pub fn scheduler_stats(&mut self, prefix_cache: PrefixCacheStats, num_requests_deferred: u32) {
        self.counters.prefix_cache_queries = prefix_cache.queries;
        self.counters.prefix_cache_hits = prefix_cache.hits;
        self.num_requests_deferred = num_requests_deferred;
    }

    /// A step brought tokens: first tokens of requests with `prompt_tokens` of prompt that were not cached, and `generation_tokens` in all.
    pub fn iteration(&mut self, prompt_tokens: u64, generation_tokens: u64) {
        self.iteration_n(prompt_tokens, generation_tokens, 1);
    }

    /// `n` such steps.
    pub fn iteration_n(&mut self, prompt_tokens: u64, generation_tokens: u64, n: u64) {
        let delivered = &mut self.counters.generation_tokens;
        *delivered = delivered.saturating_add(generation_tokens.saturating_mul(n));
        let tokens = prompt_tokens.saturating_add(generation_tokens);
        self.observe_n(HistogramFamily::IterationTokens, tokens, n);
    }

    /// Preemptions whose victim has its next token now.
    pub fn preempted(&mut self, n: u32) {
        self.counters.num_preemptions = self.counters.num_preemptions.saturating_add(n.into());
    }

    /// A request's first token: its prompt counts now, whole, of which `num_cached_tokens` were cached at its first admission.
    pub fn first_token(&mut self, times: &RequestTimes, prompt_tokens: u32, num_cached_tokens: u32) {
        let counters = &mut self.counters;
        counters.prompt_tokens = counters.prompt_tokens.saturating_add(prompt_tokens.into());
        counters.prompt_tokens_cached =
            counters.prompt_tokens_cached.saturating_add(num_cached_tokens.into());
        self.observe(HistogramFamily::TimeToFirstToken, times.time_to_first_token());
    }

    /// `n` further tokens, each this long after the one before it.
    pub fn inter_token(&mut self, interval: SimDuration, n: u64) {
        self.observe_n(HistogramFamily::InterTokenLatency, interval.as_ps(), n);
    }

    /// Further tokens of `weight` requests in each of `steps` steps; the first step lasts `first`, each one `increment` longer than the
    /// one before it.
    pub fn inter_token_run(&mut self, first: SimDuration, increment: SimDuration, steps: u64, weight: u64) {
        if let Some(histogram) = self.histogram(HistogramFamily::InterTokenLatency) {
            histogram.observe_run(first.as_ps(), increment.as_ps(), steps, weight);
        }
    }

    /// A request has ended by itself; those that are aborted are in no histogram.
    pub fn finished(&mut self, request: &FinishedRequest) {
        use HistogramFamily as Family;
        if let Some(count) = self.counters.request_success.get_mut(request.reason as usize) {
            *count = count.saturating_add(1);
        }
        if self.histograms.is_none() {
            return;
        }
        let FinishedRequest { times, prompt_tokens, num_cached_tokens, generation_tokens, .. } = *request;
        // Rounded up, so that the bucket is that of the exact quotient; without a second token 0.
        let between = u64::from(generation_tokens.saturating_sub(1)).max(1);
        let per_token = times.decode_time().as_ps().div_ceil(between);
        self.observe(Family::E2eRequestLatency, times.e2e_latency());
        self.observe(Family::RequestQueueTime, times.queue_time());
        self.observe(Family::RequestPrefillTime, times.prefill_time());
        self.observe(Family::RequestInferenceTime, times.inference_time());
        self.observe(Family::RequestDecodeTime, times.decode_time());
        self.observe(Family::RequestTimePerOutputToken, SimDuration::from_ps(per_token));
        let computed = prompt_tokens.saturating_sub(num_cached_tokens);
        for (family, value) in [
            (Family::RequestNumPreemptions, request.num_preemptions),
            (Family::RequestPrefillKvComputedTokens, computed),
            (Family::RequestPromptTokens, prompt_tokens),
            (Family::RequestGenerationTokens, generation_tokens),
            (Family::RequestMaxNumGenerationTokens, generation_tokens),
            (Family::RequestParamsMaxTokens, request.max_tokens),
            // One sequence per request.
            (Family::RequestParamsN, 1),
        ] {
            self.observe_n(family, value.into(), 1);
        }
    }

    /// The counters as they stand.
    pub fn counters(&self) -> &ModelServerCounters {
        &self.counters
    }

    /// A page of `/metrics` with these gauges.
    pub fn view(&self, gauges: ModelServerView) -> ModelServerMetrics<'_> {
        let mut histograms = [None; HistogramFamily::ALL.len()];
        if let Some(kept) = &self.histograms {
            for (view, histogram) in histograms.iter_mut().zip(kept.iter()) {
                *view = histogram.as_ref().map(Histogram::view);
            }
        }
        ModelServerMetrics {
            gauges,
            num_requests_deferred: self.num_requests_deferred,
            counters: self.counters,
            histograms,
        }
    }

    fn histogram(&mut self, family: HistogramFamily) -> Option<&mut Histogram> {
        self.histograms.as_mut()?.get_mut(family as usize)?.as_mut()
    }

    fn observe(&mut self, family: HistogramFamily, duration: SimDuration) {
        self.observe_n(family, duration.as_ps(), 1);
    }

    fn observe_n(&mut self, family: HistogramFamily, value: u64, n: u64) {
        if let Some(histogram) = self.histogram(family) {
            histogram.observe_n(value, n);
        }
    }
}
