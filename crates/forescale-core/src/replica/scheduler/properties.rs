//! What holds for every workload, with any number of batches in flight.

use super::*;
use crate::content::{Segment, TokenStream};
use crate::ids::WorkloadId;
use crate::replica::{SchedulingPolicy, StepTime};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

impl Scheduler {
    /// Asserts that blocks are where the requests say, and that each request stands in one queue.
    fn assert_consistent(&self) {
        self.kv_cache.assert_conserved(self.requests.iter().map(|request| &request.blocks));
        let running: Vec<_> =
            self.running.iter().map(|key| self.requests.get(*key).unwrap().is_running).collect();
        assert!(running.iter().all(|is_running| *is_running));
        assert!(self.waiting.keys().all(|key| {
            let request = self.requests.get(key).unwrap();
            !request.is_running && request.blocks.len() == 0
        }));
        assert_eq!(self.running.len() + self.waiting.len(), self.requests.iter().count());
    }
}

/// A request and when it comes and, perhaps, goes.
#[derive(Clone, Debug)]
struct Client {
    arrives: usize,
    aborts: Option<usize>,
    request: NewRequest,
}

fn any_clients() -> impl Strategy<Value = Vec<Client>> {
    let client = (
        0usize..30,
        prop::option::weighted(0.2, 0usize..60),
        (0u64..3, 0u32..30, 1u32..30),
        (1u32..30, prop::option::of(1u32..30)),
        -1i32..2,
    );
    prop::collection::vec(client, 1..25).prop_map(|clients| {
        let read = |(index, (arrives, aborts, (text, shared, own), (max_tokens, stop_after), priority))| {
            let id = RequestId(index as u64);
            Client {
                arrives,
                aborts,
                request: NewRequest {
                    id,
                    prompt: vec![
                        Segment { stream: TokenStream::Shared(WorkloadId(0), text), start: 0, len: shared },
                        Segment { stream: TokenStream::Prompt(id), start: 0, len: own },
                    ],
                    max_tokens,
                    stop_after,
                    priority,
                },
            }
        };
        clients.into_iter().enumerate().map(read).collect()
    })
}

fn any_config() -> impl Strategy<Value = EngineConfig> {
    (1u32..8, 8u32..70, 1u32..6, 0u32..20, any::<[bool; 5]>(), (0u32..3, 1u32..5, 0.0..0.3)).prop_map(
        |(seqs, tokens, block_size, spare, [chunked, cached, priority, whole, adaptive], more)| {
            let (threshold, interval, watermark) = more;
            let max_model_len = if chunked { 64 } else { tokens };
            EngineConfig {
                max_num_seqs: seqs,
                max_num_batched_tokens: tokens,
                block_size,
                num_gpu_blocks: 1 + max_model_len.div_ceil(block_size) + spare,
                max_model_len,
                max_num_active_seqs: (threshold == 2).then_some(seqs.div_ceil(2)),
                policy: if priority { SchedulingPolicy::Priority } else { SchedulingPolicy::Fcfs },
                async_scheduling: false,
                enable_prefix_caching: cached,
                enable_chunked_prefill: chunked,
                long_prefill_token_threshold: 5 * threshold,
                long_prefill_token_threshold_adaptive: adaptive,
                prefill_schedule_interval: interval,
                scheduler_reserve_full_isl: whole,
                watermark,
                step_time: StepTime::default(),
            }
        },
    )
}

/// What came of each request: its tokens, and how it ended.
type Ends = BTreeMap<RequestId, (u32, Option<FinishReason>)>;

/// Runs everything to its end with so many batches in flight; returns what became of each request and every batch.
fn run(config: &EngineConfig, clients: &[Client], depth: usize) -> (Ends, Vec<Vec<Scheduled>>) {
    let mut scheduler = Scheduler::new(config);
    let (mut ends, mut batches) = (Ends::new(), Vec::new());
    let mut in_flight: VecDeque<SchedulerOutput> = VecDeque::new();
    let mut counters = [0; 5];
    for turn in 0.. {
        assert!(turn < 20_000, "does not come to an end: {scheduler:?}");
        for client in clients.iter().filter(|client| client.arrives == turn) {
            if scheduler.add_request(&client.request).is_ok() {
                ends.insert(client.request.id, (0, None));
            }
        }
        for client in clients.iter().filter(|client| client.aborts == Some(turn)) {
            scheduler.abort(client.request.id);
        }
        if turn > 60 && scheduler.is_empty() {
            return (ends, batches);
        }
        let output = scheduler.schedule();
        scheduler.assert_consistent();
        let tokens: u64 = output.scheduled.iter().map(|entry| u64::from(entry.num_tokens)).sum();
        assert!(tokens <= u64::from(config.max_num_batched_tokens));
        assert_eq!(output.load.prefill_tokens + output.load.decode_seqs, tokens);
        assert!(scheduler.num_running() <= config.max_num_seqs);
        batches.push(output.scheduled.clone());
        in_flight.push_back(output);
        if in_flight.len() >= depth {
            let output = in_flight.pop_front().unwrap();
            scheduler.update_from_output(output, |request, reason| {
                let (tokens, end) = ends.get_mut(&request.id()).unwrap();
                *tokens += 1;
                assert_eq!(*end, None, "a token after the last");
                assert_eq!(request.output_tokens(), *tokens);
                *end = reason;
            });
            scheduler.assert_consistent();
        }
        let stats = scheduler.prefix_cache_stats();
        let now = [
            stats.queries,
            stats.hits,
            stats.preempted_queries,
            stats.preempted_hits,
            scheduler.num_preemptions(),
        ];
        assert!(now.iter().zip(counters).all(|(now, before)| *now >= before), "{counters:?} {now:?}");
        assert!(stats.hits <= stats.queries && stats.preempted_hits <= stats.preempted_queries);
        counters = now;
    }
    unreachable!()
}

proptest! {
    #[test]
    fn every_request_gets_its_tokens_and_every_block_comes_back(
        config in any_config(),
        clients in any_clients(),
        depth in 1usize..4,
    ) {
        let (ends, _) = run(&config, &clients, depth);
        for client in &clients {
            let prompt: u32 = client.request.prompt.iter().map(|segment| segment.len).sum();
            let Some((tokens, end)) = ends.get(&client.request.id) else {
                prop_assert!(prompt >= config.max_model_len);
                continue;
            };
            let room = config.max_model_len - prompt;
            let longest = client.request.max_tokens.min(room);
            let stop = client.request.stop_after.filter(|stop| *stop <= longest);
            if end.is_none() {
                prop_assert!(client.aborts.is_some());
                prop_assert!(*tokens < stop.unwrap_or(longest));
            } else {
                prop_assert_eq!(*tokens, stop.unwrap_or(longest));
                let expected = if stop.is_some() { FinishReason::Stop } else { FinishReason::Length };
                prop_assert_eq!(*end, Some(expected));
            }
        }
    }

    /// How many batches are in flight changes when tokens come, not what is computed for a request alone.
    #[test]
    fn a_request_alone_computes_the_same_in_flight_or_not(config in any_config(), clients in any_clients()) {
        let mut alone = clients[..1].to_vec();
        alone[0].aborts = None;
        alone[0].request.stop_after = None;
        let computed = |depth| {
            let (_, batches) = run(&config, &alone, depth);
            batches.concat().iter().map(|entry| entry.num_tokens).collect::<Vec<_>>()
        };
        prop_assert_eq!(computed(1), computed(2));
    }
}
