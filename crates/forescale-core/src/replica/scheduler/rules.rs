//! Rules of vLLM 0.33 that no recording shows; each test says which.

use super::*;
use crate::content::{Segment, TokenStream};
use crate::ids::WorkloadId;
use crate::replica::{SchedulingPolicy, StepTime};

fn config() -> EngineConfig {
    EngineConfig {
        max_num_seqs: 8,
        max_num_batched_tokens: 64,
        block_size: 4,
        ..EngineConfig::new(65, 64, StepTime::default())
    }
}

fn request(id: u64, prompt: u32, max_tokens: u32) -> NewRequest {
    let id = RequestId(id);
    let prompt = vec![Segment { stream: TokenStream::Prompt(id), start: 0, len: prompt }];
    NewRequest { id, prompt, max_tokens, stop_after: None, priority: 0 }
}

fn scheduler(config: &EngineConfig, requests: &[NewRequest]) -> Scheduler {
    let mut scheduler = Scheduler::new(config);
    requests.iter().for_each(|request| scheduler.add_request(request).unwrap());
    scheduler
}

/// Requests with their tokens.
fn batch(output: &SchedulerOutput) -> Vec<(u64, u32)> {
    output.scheduled.iter().map(|entry| (entry.id.0, entry.num_tokens)).collect()
}

/// Takes a batch in; returns each token's request, and how it ended.
fn update(scheduler: &mut Scheduler, output: SchedulerOutput) -> Vec<(u64, Option<FinishReason>)> {
    let mut tokens = Vec::new();
    scheduler.update_from_output(output, |request, reason| tokens.push((request.id().0, reason)));
    tokens
}

/// Section 2, step 4: an abort that comes while the step runs is applied before its outputs, and the token is lost.
#[test]
fn an_abort_while_a_step_runs_loses_its_token() {
    let mut scheduler = scheduler(&config(), &[request(0, 5, 3), request(1, 6, 3)]);
    let output = scheduler.schedule();
    assert_eq!(scheduler.num_used_blocks(), 4);
    assert!(scheduler.abort(RequestId(0)) && !scheduler.abort(RequestId(0)));
    assert_eq!(scheduler.num_used_blocks(), 2);
    assert_eq!(update(&mut scheduler, output), [(1, None)]);
    // The number is free again; what is in flight for the old request is not taken for the new one's.
    let in_flight = scheduler.schedule();
    assert_eq!(batch(&in_flight), [(1, 1)]);
    scheduler.abort(RequestId(1));
    scheduler.add_request(&request(1, 6, 3)).unwrap();
    let new = scheduler.schedule();
    assert_eq!(update(&mut scheduler, in_flight), []);
    assert_eq!(update(&mut scheduler, new), [(1, None)]);
}

/// Section 2: one more, empty step follows the last finish and an abort.
#[test]
fn an_end_asks_for_one_more_step() {
    let mut scheduler = scheduler(&config(), &[request(0, 5, 1)]);
    assert!(scheduler.has_requests());
    let output = scheduler.schedule();
    assert_eq!(update(&mut scheduler, output), [(0, Some(FinishReason::Length))]);
    assert!(scheduler.is_empty() && scheduler.has_requests());
    assert!(scheduler.schedule().is_empty());
    assert!(!scheduler.has_requests());
}

/// Section 6: a stop token in synchronous scheduling (recordings have them in asynchronous only), and how it is counted; at
/// `max_tokens` the stop token comes first.
#[test]
fn a_stop_token_ends_a_request_before_its_length_does() {
    for (max_tokens, stop_after, tokens, reason) in [
        (9, Some(2), 2, FinishReason::Stop),
        (2, Some(2), 2, FinishReason::Stop),
        (2, Some(3), 2, FinishReason::Length),
        (99, None, 59, FinishReason::Length),
    ] {
        let new = NewRequest { stop_after, ..request(0, 5, max_tokens) };
        let mut scheduler = scheduler(&config(), &[new]);
        let mut ends = Vec::new();
        while !scheduler.is_empty() {
            let output = scheduler.schedule();
            ends.extend(update(&mut scheduler, output));
        }
        assert_eq!((ends.len(), ends.pop()), (tokens, Some((0, Some(reason)))));
        assert_eq!(scheduler.num_used_blocks(), 0);
    }
}

/// Section 9: the API server's refusals.
#[test]
fn a_prompt_without_room_is_refused() {
    let mut scheduler = scheduler(&config(), &[request(0, 63, 1)]);
    let add = |scheduler: &mut Scheduler, id, prompt| scheduler.add_request(&request(id, prompt, 1));
    let too_long = RequestError::PromptTooLong { prompt_tokens: 64, max_model_len: 64 };
    assert_eq!(add(&mut scheduler, 1, 64), Err(too_long));
    assert_eq!(add(&mut scheduler, 2, 0), Err(RequestError::EmptyPrompt));
    assert_eq!(add(&mut scheduler, 0, 4), Err(RequestError::Duplicate(RequestId(0))));
    assert_eq!(scheduler.num_waiting(), 1);
}

/// Section 8 with 4: admission knobs with a batch in flight (recordings have them in synchronous scheduling only). A seat whose last
/// token is in flight is still taken.
#[test]
fn a_seat_comes_back_with_the_update() {
    for config in [
        EngineConfig { max_num_seqs: 1, ..config() },
        EngineConfig { max_num_active_seqs: Some(1), ..config() },
        EngineConfig { watermark: 1.0, ..config() },
    ] {
        let mut scheduler = scheduler(&config, &[request(0, 5, 1), request(1, 5, 1)]);
        let first = scheduler.schedule();
        assert_eq!(batch(&first), [(0, 5)]);
        let second = scheduler.schedule();
        assert!(second.is_empty());
        assert_eq!(update(&mut scheduler, first), [(0, Some(FinishReason::Length))]);
        assert_eq!(batch(&scheduler.schedule()), [(1, 5)]);
    }
}

/// Section 3d with 8: an executed step counts when it is scheduled, whatever is in flight; a request whose last token is in flight still
/// counts as decoding.
#[test]
fn prefills_are_deferred_with_a_batch_in_flight() {
    let config = EngineConfig { prefill_schedule_interval: 3, ..config() };
    let mut scheduler = scheduler(&config, &[request(0, 5, 9)]);
    let mut in_flight = scheduler.schedule();
    scheduler.add_request(&request(1, 5, 1)).unwrap();
    let mut batches = Vec::new();
    for _ in 0..4 {
        let next = scheduler.schedule();
        batches.push(batch(&next));
        update(&mut scheduler, std::mem::replace(&mut in_flight, next));
    }
    assert_eq!(batches, [vec![(0, 1)], vec![(0, 1)], vec![(0, 1), (1, 5)], vec![(0, 1)]]);
}

/// Section 8: whole prompts only, with a batch in flight.
#[test]
fn a_whole_prompt_waits_for_a_step_with_room() {
    let config = EngineConfig { enable_chunked_prefill: false, ..config() };
    let mut scheduler = scheduler(&config, &[request(0, 40, 4), request(1, 30, 1), request(2, 2, 1)]);
    assert_eq!(batch(&scheduler.schedule()), [(0, 40)]);
    assert_eq!(batch(&scheduler.schedule()), [(0, 1), (1, 30), (2, 2)]);
}

/// Section 8 with 7: a request that is preempted and aborted with its token in flight is gone; the token is dropped.
#[test]
fn a_preempted_request_can_be_aborted_with_its_token_in_flight() {
    // Ten blocks for two requests of five: the second has to go when the first needs its sixth.
    let config = EngineConfig { num_gpu_blocks: 11, max_model_len: 40, ..config() };
    let mut scheduler = scheduler(&config, &[request(0, 20, 9), request(1, 19, 9)]);
    let in_flight = scheduler.schedule();
    let second = scheduler.schedule();
    assert_eq!((second.preempted.as_slice(), batch(&second)), ([RequestId(1)].as_slice(), vec![(0, 1)]));
    scheduler.abort(RequestId(1));
    assert_eq!(update(&mut scheduler, in_flight), [(0, None)]);
    assert_eq!((scheduler.num_waiting(), scheduler.num_preemptions()), (0, 1));
    assert_eq!(update(&mut scheduler, second), [(0, None)]);
}

/// `deferred_waiting` of the real scheduler: passed over by a scan while a token is in flight, until admitted again or gone.
#[test]
fn a_preempted_request_with_a_token_in_flight_is_deferred() {
    let config = EngineConfig { num_gpu_blocks: 11, max_model_len: 40, ..config() };
    let mut scheduler = scheduler(&config, &[request(0, 20, 2), request(1, 19, 9)]);
    let first = scheduler.schedule();
    let second = scheduler.schedule();
    assert_eq!((second.preempted.as_slice(), scheduler.num_deferred()), ([RequestId(1)].as_slice(), 0));
    let third = scheduler.schedule();
    assert_eq!((scheduler.num_waiting(), scheduler.num_deferred()), (1, 1));
    let mut without = scheduler.clone();
    assert!(without.abort(RequestId(1)));
    assert_eq!((without.num_waiting(), without.num_deferred()), (0, 0));
    assert_eq!(scheduler.clone().abort_all(), [RequestId(0), RequestId(1)]);
    for output in [first, second, third] {
        assert_eq!(scheduler.num_deferred(), 1);
        update(&mut scheduler, output);
    }
    assert_eq!(batch(&scheduler.schedule()), [(1, 4)]);
    assert_eq!((scheduler.num_waiting(), scheduler.num_deferred()), (0, 0));
}

/// Section 4: with priorities the victim may have been scheduled in this very step; its tokens are the others' then.
#[test]
fn the_tokens_of_a_victim_go_to_others_in_the_same_step() {
    let config = EngineConfig {
        policy: SchedulingPolicy::Priority,
        max_num_batched_tokens: 8,
        num_gpu_blocks: 6,
        scheduler_reserve_full_isl: false,
        enable_prefix_caching: false,
        ..config()
    };
    let mut scheduler = scheduler(&config, &[NewRequest { priority: 5, ..request(0, 7, 9) }]);
    let output = scheduler.schedule();
    update(&mut scheduler, output);
    for new in [request(1, 4, 9), request(2, 24, 9)] {
        scheduler.add_request(&new).unwrap();
    }
    let output = scheduler.schedule();
    assert_eq!((batch(&output), scheduler.num_used_blocks()), (vec![(0, 1), (1, 4), (2, 3)], 4));
    update(&mut scheduler, output);
    // The first takes the last block; the second needs one and takes all three of the first. Of eight tokens one is its own.
    let output = scheduler.schedule();
    assert_eq!(
        (output.preempted.as_slice(), batch(&output)),
        ([RequestId(0)].as_slice(), vec![(1, 1), (2, 7)])
    );
}

/// Section 3d: a prompt of which all but the last token is cached is admitted like a decode, and puts no prefill off.
#[test]
fn a_cached_prompt_is_no_prefill() {
    let shared = |id: u64| {
        let prompt = vec![Segment { stream: TokenStream::Shared(WorkloadId(0), 1), start: 0, len: 9 }];
        NewRequest { prompt, ..request(id, 9, 9) }
    };
    let config = EngineConfig { prefill_schedule_interval: 3, enable_prefix_caching: true, ..config() };
    let mut scheduler = scheduler(&config, &[shared(0)]);
    let mut batches = Vec::new();
    for new in [Some(shared(1)), Some(request(2, 5, 9)), None, None] {
        let output = scheduler.schedule();
        batches.push(batch(&output));
        update(&mut scheduler, output);
        new.iter().for_each(|new| scheduler.add_request(new).unwrap());
    }
    assert_eq!(
        batches,
        [vec![(0, 9)], vec![(0, 1), (1, 1)], vec![(0, 1), (1, 1)], vec![(0, 1), (1, 1), (2, 5)]]
    );
}

/// Nothing is left behind.
#[test]
fn all_requests_can_be_aborted_at_once() {
    for policy in [SchedulingPolicy::Fcfs, SchedulingPolicy::Priority] {
        let config = EngineConfig { policy, max_num_seqs: 1, ..config() };
        let mut scheduler = scheduler(&config, &[request(0, 5, 3), request(1, 6, 3)]);
        scheduler.schedule();
        assert_eq!(scheduler.abort_all(), [RequestId(0), RequestId(1)]);
        assert_eq!(
            (scheduler.num_waiting(), scheduler.num_running(), scheduler.num_used_blocks()),
            (0, 0, 0)
        );
    }
}
