//! The engine's loop in time.

use super::scheduler::Scheduler;
use super::*;
use proptest::prelude::*;

/// Every step takes 10 ps on the GPU and `host_ps` on the host.
pub(super) fn config(async_scheduling: bool, host_ps: u64) -> EngineConfig {
    let step_time = StepTime::from(Piecewise { fixed_ps: 10, ..Piecewise::default() })
        .with_host(HostTime { per_step_ps: host_ps, per_seq_ps: 0 });
    EngineConfig {
        max_num_seqs: 4,
        max_num_batched_tokens: 32,
        block_size: 4,
        async_scheduling,
        ..EngineConfig::new(17, 64, step_time)
    }
}

/// Gives a replica its inputs in time order; returns what it told, with when.
fn run(config: EngineConfig, inputs: &[(u64, Input)]) -> Vec<(u64, Output)> {
    let mut told = Vec::new();
    drive(config, HistogramFamilies::NONE, inputs, |now, _, out| {
        told.extend(out.drain(..).map(|output| (now.as_ps(), output)));
    });
    told
}

/// Gives a replica that takes each step its inputs in time order; `look` sees it after each instant at which something happened, with
/// what it has told.
pub(super) fn drive(
    config: EngineConfig,
    wanted: HistogramFamilies,
    inputs: &[(u64, Input)],
    mut look: impl FnMut(SimTime, &mut Replica, &mut Vec<Output>),
) {
    let look_back = SimDuration::from_secs(1);
    let config = ModelServerConfig::Vllm(config);
    let mut replica = Replica::new(&config, EngineMode::Reference, 1, look_back, wanted);
    let mut out = Vec::new();
    replica.submit(SimTime::ZERO, Input::Listen, &mut out);
    let mut inputs = inputs.iter().peekable();
    loop {
        let wake = replica.next_wake().unwrap_or(SimTime::MAX);
        let input = inputs.next_if(|(at, _)| SimTime::from_ps(*at) < wake);
        let now = input.map_or(wake, |(at, _)| SimTime::from_ps(*at));
        if now == SimTime::MAX {
            return;
        }
        match input {
            Some((_, input)) => replica.submit(now, input.clone(), &mut out),
            None => replica.wake(now, &mut out),
        }
        look(now, &mut replica, &mut out);
    }
}

/// When each of a request's tokens came out.
fn tokens(told: &[(u64, Output)]) -> Vec<u64> {
    told.iter().filter(|(_, output)| !matches!(output, Output::Finished { .. })).map(|(at, _)| *at).collect()
}

pub(super) fn submit(id: u64, prompt: u32, output: u32) -> Input {
    Input::Submit(Prompt::new(RequestId(id), prompt, output))
}

#[test]
fn a_step_lasts_the_sum_or_the_longer_of_gpu_and_host() {
    let one = [(100, submit(0, 8, 4))];
    for (async_scheduling, host_ps, expected) in [
        (false, 0, [110, 120, 130, 140]),
        (false, 3, [113, 126, 139, 152]),
        // The first batch waits for the host, the others are ready when the GPU is.
        (true, 3, [113, 123, 133, 143]),
        // The host needs longer than the GPU: tokens come out when it has made the next batch ready, and at the end, with none to
        // make ready, as soon as they are there.
        (true, 25, [150, 175, 200, 210]),
    ] {
        let told = run(config(async_scheduling, host_ps), &one);
        assert_eq!(tokens(&told), expected, "{told:?}");
        assert!(told.contains(&(expected[3], Output::Finished { request: RequestId(0) })), "{told:?}");
    }
}

#[test]
fn an_arrival_enters_one_step_later_with_two_batches_in_flight() {
    // Steps end at 10, 20, ...; a request comes at 15 and computes in the step from 20 on, or from 30 on.
    let inputs = [(0, submit(0, 8, 20)), (15, submit(1, 8, 1))];
    let first_token = |async_scheduling| {
        let told = run(config(async_scheduling, 0), &inputs);
        let first = Output::FirstToken { request: RequestId(1) };
        told.iter().find(|(_, output)| *output == first).map(|(at, _)| *at)
    };
    assert_eq!((first_token(false), first_token(true)), (Some(30), Some(40)));
}

#[test]
fn an_aborted_request_says_nothing_more() {
    for async_scheduling in [false, true] {
        let inputs = [
            (0, submit(0, 8, 3)),
            (1, submit(1, 8, 3)),
            (12, Input::Abort(RequestId(0))),
            (13, submit(2, 8, 1)),
            (14, Input::Abort(RequestId(2))),
            (500, Input::Abort(RequestId(1))),
        ];
        let told = run(config(async_scheduling, 0), &inputs);
        let of = |id| {
            told.iter().filter(move |(_, output)| match output {
                Output::FirstToken { request } | Output::Finished { request } => request.0 == id,
                _ => false,
            })
        };
        assert_eq!((of(0).count(), of(1).count(), of(2).count()), (1, 2, 0), "{told:?}");
    }
}

#[test]
fn a_stop_token_costs_the_async_engine_a_slot() {
    // Blocks of the first request are back one step later when nobody foresaw its end.
    let ends = |max_tokens| {
        let first = Prompt { max_tokens, ..Prompt::new(RequestId(0), 30, 2) };
        let second = submit(1, 32, 1);
        let mut config = config(true, 0);
        config.max_num_seqs = 1;
        let told = run(config, &[(0, Input::Submit(first)), (5, second)]);
        told.last().map(|(at, _)| *at)
    };
    assert_eq!((ends(None), ends(Some(9))), (Some(30), Some(40)));
}

pub(super) fn any_inputs() -> impl Strategy<Value = Vec<(u64, Input)>> {
    let request = (0u64..300, 1u32..30, 1u32..30, prop::option::of(0u64..100));
    prop::collection::vec(request, 1..20).prop_map(|requests| {
        let mut inputs = Vec::new();
        for (id, (at, prompt, output, abort)) in requests.into_iter().enumerate() {
            inputs.push((at, submit(id as u64, prompt, output)));
            inputs.extend(abort.map(|after| (at + after, Input::Abort(RequestId(id as u64)))));
        }
        inputs.sort_by_key(|(at, _)| *at);
        inputs
    })
}

proptest! {
    /// The engine with one batch in flight is the scheduler step by step.
    #[test]
    fn one_batch_in_flight_is_the_scheduler_step_by_step(
        requests in prop::collection::vec((1u32..30, 1u32..30), 1..12),
    ) {
        let config = config(false, 0);
        let inputs: Vec<_> = (0..).zip(&requests).map(|(id, (p, o))| (0, submit(id, *p, *o))).collect();
        let mut came: Vec<_> = run(config.clone(), &inputs);
        came.retain(|(_, output)| !matches!(output, Output::Tokens { .. }));
        // The engine begins with the first arrival and sees the others of the same instant a step later.
        let mut scheduler = Scheduler::new(&config);
        let mut expected = Vec::new();
        for step in 1.. {
            let arrived = if step == 1 { 0..1 } else if step == 2 { 1..requests.len() } else { 0..0 };
            for id in arrived {
                let (p, o) = requests[id];
                scheduler.add_request(&Prompt::new(RequestId(id as u64), p, o).request()).unwrap();
            }
            let output = scheduler.schedule();
            if output.is_empty() && step > 2 {
                break;
            }
            let at = if requests.len() > 1 || !output.is_empty() { step * 10 } else { break };
            scheduler.update_from_output(output, |request, reason| {
                let request_id = request.id();
                if request.output_tokens() == 1 {
                    expected.push((at, Output::FirstToken { request: request_id }));
                }
                expected.extend(reason.map(|_| (at, Output::Finished { request: request_id })));
            });
        }
        prop_assert_eq!(came, expected);
    }

    #[test]
    fn every_request_ends_once_or_is_aborted(
        inputs in any_inputs(), async_scheduling: bool, host_ps in 0u64..30,
    ) {
        let told = run(config(async_scheduling, host_ps), &inputs);
        for (_, input) in &inputs {
            let Input::Submit(prompt) = input else { continue };
            let finished = Output::Finished { request: prompt.id };
            let ends = told.iter().filter(|(_, output)| *output == finished).count();
            let aborted = inputs.iter().any(|(_, input)| input.clone() == Input::Abort(prompt.id));
            prop_assert!(ends == 1 || aborted && ends == 0, "{:?}: {} ends", prompt.id, ends);
        }
    }
}
