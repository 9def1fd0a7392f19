//! What an engine counts, in scripted and in random runs.

use super::*;
use crate::content::{Prefix, Segment, TokenStream};
use crate::ids::{RequestId, WorkloadId};
use crate::replica::vllm_tests::{any_inputs, config, drive, submit};
use crate::replica::{EngineConfig, Input, Output, Piecewise, Prompt, StepTime};
use crate::views::HistogramView;
use HistogramFamily as Family;
use proptest::prelude::*;

/// A page of `/metrics` that can be kept.
#[derive(Clone, Debug, Default)]
struct Seen {
    gauges: ModelServerView,
    deferred: u32,
    counters: ModelServerCounters,
    /// Per family: counts per bucket, and the sum.
    histograms: Vec<(Vec<u64>, u128)>,
}

impl Seen {
    fn of(metrics: &ModelServerMetrics<'_>) -> Self {
        let kept = |view: HistogramView<'_>| (view.counts.to_vec(), view.sum);
        Self {
            gauges: metrics.gauges,
            deferred: metrics.num_requests_deferred,
            counters: metrics.counters,
            histograms: metrics.histograms.iter().flatten().map(|view| kept(*view)).collect(),
        }
    }

    /// `_count` and `_sum`.
    fn total(&self, family: Family) -> (u64, u128) {
        let (counts, sum) = &self.histograms[family as usize];
        (counts.iter().sum(), *sum)
    }

    /// The bounds of the buckets that have values, with how many; `u64::MAX` stands for `+Inf`.
    fn filled(&self, family: Family) -> Vec<(u64, u64)> {
        let bounds = family.bounds(64).iter().copied().chain([u64::MAX]);
        bounds.zip(self.histograms[family as usize].0.iter().copied()).filter(|(_, n)| *n > 0).collect()
    }
}

/// Gives a replica its inputs in time order. Returns what each scrape saw, one right after each instant at which something happened,
/// with what the replica had told until then.
fn run(
    config: EngineConfig,
    wanted: HistogramFamilies,
    inputs: &[(u64, Input)],
) -> Vec<(u64, Seen, Vec<Output>)> {
    let mut seen = Vec::new();
    drive(config, wanted, inputs, |now, replica, out| {
        let page = replica.scrape(now + SimDuration::from_ps(1)).unwrap();
        seen.push((now.as_ps(), Seen::of(&page), out.clone()));
    });
    seen
}

const MS: u64 = 1_000_000_000;

/// A step takes 20 ms on the GPU and 5 ms on the host, one after the other.
fn slow() -> EngineConfig {
    let mut config = config(false, 5 * MS);
    let host = config.step_time.host;
    config.step_time =
        StepTime::from(Piecewise { fixed_ps: 20 * MS, ..Piecewise::default() }).with_host(host);
    config
}

/// The page after the last thing that happened at or before an instant.
fn after(seen: &[(u64, Seen, Vec<Output>)], ms: u64) -> &Seen {
    &seen.iter().rev().find(|(at, ..)| *at <= ms * MS).unwrap().1
}

/// Steps end at 25, 50, 75 and 100 ms. 0 comes at 0 and yields tokens at 25, 50 and 75; 1 comes at 10 with half its prompt cached by
/// then, enters at 25, yields at 50 and 75, the last a stop token; 2 comes at 30 and waits from 50 to 75 for one of two seats, yields at 100;
/// 3 comes at 30 as well and goes at 60, while it waits.
fn scripted() -> Vec<(u64, Seen, Vec<Output>)> {
    let text = Segment { stream: TokenStream::Shared(WorkloadId(0), 7), start: 0, len: 8 };
    let prefix = Some(Prefix::new(&[text]));
    let first = Prompt { prefix: prefix.clone(), ..Prompt::new(RequestId(0), 8, 3) };
    let second = Prompt { prefix, max_tokens: Some(9), ..Prompt::new(RequestId(1), 8, 2) };
    let inputs = [
        (0, Input::Submit(first)),
        (10 * MS, Input::Submit(second)),
        (30 * MS, submit(2, 4, 1)),
        (30 * MS, submit(3, 4, 1)),
        (60 * MS, Input::Abort(RequestId(3))),
    ];
    run(EngineConfig { max_num_seqs: 2, ..slow() }, HistogramFamilies::ALL, &inputs)
}

#[test]
fn counters_move_when_a_step_is_taken_in() {
    let seen = scripted();
    // Nothing is counted before the first step has ended, not even what its admissions asked the cache.
    assert_eq!(after(&seen, 24).counters, ModelServerCounters::default());
    assert_eq!(
        after(&seen, 25).counters,
        ModelServerCounters {
            prefix_cache_queries: 8,
            prompt_tokens: 8,
            generation_tokens: 1,
            ..ModelServerCounters::default()
        }
    );
    let at_50 = after(&seen, 74);
    assert_eq!((at_50.counters.prefix_cache_queries, at_50.counters.prefix_cache_hits), (16, 4));
    assert_eq!((at_50.counters.prompt_tokens, at_50.counters.prompt_tokens_cached), (16, 4));
    assert_eq!(at_50.counters.generation_tokens, 3);
    let end = &seen.last().unwrap().1.counters;
    assert_eq!(end.request_success, [1, 2, 0, 0, 0]);
    assert_eq!((end.prompt_tokens, end.prompt_tokens_cached, end.generation_tokens), (20, 4, 6));
    assert_eq!((end.prefix_cache_queries, end.prefix_cache_hits, end.num_preemptions), (20, 4, 0));
}

#[test]
fn every_histogram_by_hand() {
    let seen = scripted();
    let end = &seen.last().unwrap().1;
    let ms = |values: &[u64]| values.iter().map(|ms| u128::from(ms * MS)).sum::<u128>();
    // 25, 40 and 70 ms; a value on a bound is below it.
    assert_eq!(end.filled(Family::TimeToFirstToken), [(40 * MS, 2), (80 * MS, 1)]);
    assert_eq!(end.total(Family::TimeToFirstToken), (3, ms(&[25, 40, 70])));
    assert_eq!(end.filled(Family::InterTokenLatency), [(25 * MS, 3)]);
    assert_eq!(end.total(Family::InterTokenLatency), (3, ms(&[25, 25, 25])));
    // A single token has none after it: 0.
    assert_eq!(end.filled(Family::RequestTimePerOutputToken), [(10 * MS, 1), (25 * MS, 2)]);
    assert_eq!(end.total(Family::RequestTimePerOutputToken), (3, ms(&[25, 25, 0])));
    assert_eq!(end.total(Family::E2eRequestLatency), (3, ms(&[75, 65, 70])));
    // What 1 and 2 waited for the running step to end is not in it.
    assert_eq!(end.total(Family::RequestQueueTime), (3, ms(&[0, 0, 25])));
    assert_eq!(end.total(Family::RequestPrefillTime), (3, ms(&[25, 25, 25])));
    assert_eq!(end.total(Family::RequestDecodeTime), (3, ms(&[50, 25, 0])));
    assert_eq!(end.total(Family::RequestInferenceTime), (3, ms(&[75, 50, 25])));
    assert_eq!(end.filled(Family::RequestInferenceTime), [(300 * MS, 3)]);
    // Steps of 8 + 1, 4 + 2, 0 + 2 and 4 + 1 tokens: cached ones are not among them.
    assert_eq!(end.filled(Family::IterationTokens), [(8, 3), (16, 1)]);
    assert_eq!(end.total(Family::IterationTokens), (4, 22));
    assert_eq!(end.filled(Family::RequestPromptTokens), [(5, 1), (10, 2)]);
    assert_eq!(end.filled(Family::RequestGenerationTokens), [(1, 1), (2, 1), (5, 1)]);
    assert_eq!(end.total(Family::RequestMaxNumGenerationTokens), (3, 6));
    assert_eq!(end.total(Family::RequestParamsMaxTokens), (3, 3 + 9 + 1));
    assert_eq!(end.total(Family::RequestPrefillKvComputedTokens), (3, 8 + 4 + 4));
    assert_eq!(end.filled(Family::RequestParamsN), [(1, 3)]);
    assert_eq!(end.filled(Family::RequestNumPreemptions), [(1, 3)]);
    assert_eq!(end.total(Family::RequestNumPreemptions), (3, 0));
}

/// Ten blocks for two requests of five: the second gives way when the first needs its sixth, and comes back when that has ended.
#[test]
fn a_preemption_counts_with_the_next_token_of_its_victim() {
    let config = EngineConfig { num_gpu_blocks: 17, max_num_batched_tokens: 64, ..slow() };
    let config = EngineConfig { num_gpu_blocks: 11, max_model_len: 40, ..config };
    let inputs = [(0, submit(9, 1, 1)), (1, submit(0, 20, 2)), (2, submit(1, 19, 2))];
    let seen = run(config, HistogramFamilies::ALL, &inputs);
    // Both yield their first token at 50 ms; 1 is preempted then, comes back at 75 and yields its second at 100.
    assert_eq!(after(&seen, 50).gauges.num_requests_waiting, 0);
    assert_eq!(
        (after(&seen, 75).gauges.num_requests_waiting, after(&seen, 75).counters.num_preemptions),
        (1, 0)
    );
    let end = &seen.last().unwrap().1;
    assert_eq!(end.counters.num_preemptions, 1);
    // Its first lookup counts, the one after the preemption does not.
    assert_eq!(end.counters.prefix_cache_queries, 1 + 20 + 19);
    assert_eq!(end.filled(Family::InterTokenLatency), [(25 * MS, 1), (50 * MS, 1)]);
    assert_eq!(end.total(Family::RequestNumPreemptions), (3, 1));
    assert_eq!(end.total(Family::RequestPrefillKvComputedTokens), (3, 40));
}

#[test]
fn nobody_asks_for_a_histogram() {
    let inputs = [(0, submit(0, 8, 3))];
    let all = run(slow(), HistogramFamilies::ALL, &inputs);
    let none = run(slow(), HistogramFamilies::NONE, &inputs);
    let mut one = HistogramFamilies::NONE;
    one.insert(Family::TimeToFirstToken);
    let one = run(slow(), one, &inputs);
    let last = |seen: &[(u64, Seen, Vec<Output>)]| seen.last().unwrap().1.clone();
    assert_eq!(last(&none).counters, last(&all).counters);
    assert!(last(&none).histograms.is_empty());
    assert_eq!(last(&one).histograms, [last(&all).histograms[Family::TimeToFirstToken as usize].clone()]);
}

proptest! {
    #[test]
    fn counts_agree_and_never_fall(
        inputs in any_inputs(), async_scheduling: bool, host_ps in 0u64..30, blocks in 17u32..24,
    ) {
        let config = EngineConfig { num_gpu_blocks: blocks, ..config(async_scheduling, host_ps) };
        let seen = run(config, HistogramFamilies::ALL, &inputs);
        let prompts: Vec<Prompt> = inputs.iter().filter_map(|(_, input)| match input {
            Input::Submit(prompt) => Some(prompt.clone()),
            _ => None,
        }).collect();
        let prompt = |id: &RequestId| prompts.iter().find(|prompt| prompt.id == *id).unwrap().clone();
        let mut before = Seen::default();
        for (_, page, told) in seen {
            let first: Vec<Prompt> = told.iter().filter_map(|output| match output {
                Output::FirstToken { request } => Some(prompt(request)),
                _ => None,
            }).collect();
            let ended: Vec<Prompt> = told.iter().filter_map(|output| match output {
                Output::Finished { request } => Some(prompt(request)),
                _ => None,
            }).collect();
            let further: u64 = told.iter().map(|output| match output {
                Output::Tokens { steps, sequences, .. } => steps * u64::from(*sequences),
                _ => 0,
            }).sum();
            let counters = page.counters;
            prop_assert_eq!(page.total(Family::TimeToFirstToken).0, first.len() as u64);
            prop_assert_eq!(page.total(Family::InterTokenLatency).0, further);
            prop_assert_eq!(counters.generation_tokens, first.len() as u64 + further);
            let tokens = |prompts: &[Prompt]| prompts.iter().map(|p| u64::from(p.prompt_tokens)).sum::<u64>();
            prop_assert_eq!(counters.prompt_tokens, tokens(&first));
            let computed = counters.prompt_tokens - counters.prompt_tokens_cached;
            let iterations = page.total(Family::IterationTokens).1;
            prop_assert_eq!(iterations, u128::from(computed + counters.generation_tokens));
            prop_assert!(counters.prompt_tokens_cached <= counters.prefix_cache_hits);
            prop_assert!(counters.prefix_cache_hits <= counters.prefix_cache_queries);
            let success: u64 = counters.request_success.iter().sum();
            prop_assert_eq!(success, ended.len() as u64);
            for family in Family::ALL {
                let at_the_end = !matches!(
                    family, Family::IterationTokens | Family::TimeToFirstToken | Family::InterTokenLatency
                );
                prop_assert!(!at_the_end || page.total(family).0 == success, "{:?}", family);
            }
            prop_assert_eq!(page.total(Family::RequestPromptTokens).1, tokens(&ended).into());
            let [queue, prefill, decode, inference, e2e] = [
                Family::RequestQueueTime, Family::RequestPrefillTime, Family::RequestDecodeTime,
                Family::RequestInferenceTime, Family::E2eRequestLatency,
            ].map(|family| page.total(family).1);
            prop_assert_eq!(prefill + decode, inference);
            prop_assert!(queue + inference <= e2e);
            prop_assert!(page.total(Family::RequestNumPreemptions).1 <= counters.num_preemptions.into());
            prop_assert!(page.deferred <= page.gauges.num_requests_waiting);
            prop_assert!(!before.falls(&page), "{:?} {:?}", before, page);
            before = page;
        }
    }

    /// What a stretch of equal steps brings, told at once and step by step.
    #[test]
    fn a_stretch_is_its_steps(
        first in 0u64..200_000_000_000, increment in 0u64..2_000_000_000, steps in 0u64..60, requests in 1u64..300,
    ) {
        let mut stretch = EngineMetrics::new(HistogramFamilies::ALL, 4096);
        let mut loops = stretch.clone();
        let ps = SimDuration::from_ps;
        stretch.inter_token_run(ps(first), ps(increment), steps, requests);
        stretch.iteration_n(0, requests, steps);
        for step in 0..steps {
            loops.inter_token(ps(first + step * increment), requests);
            loops.iteration(0, requests);
        }
        prop_assert_eq!(stretch, loops);
    }
}

impl Seen {
    /// Whether a counter or histogram is smaller later.
    fn falls(&self, later: &Self) -> bool {
        let numbers = |seen: &Self| {
            let it = seen.counters;
            let of_requests = it.request_success.into_iter().chain(it.admission_rejections);
            let tokens =
                [it.prompt_tokens, it.prompt_tokens_cached, it.generation_tokens, it.num_preemptions];
            let cache = [it.prefix_cache_queries, it.prefix_cache_hits];
            let counts = seen.histograms.iter().flat_map(|(counts, _)| counts.clone());
            of_requests.chain(tokens).chain(cache).chain(counts).collect::<Vec<u64>>()
        };
        numbers(self).iter().zip(numbers(later)).any(|(before, after)| *before > after)
    }
}
