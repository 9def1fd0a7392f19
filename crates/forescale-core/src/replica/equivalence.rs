//! The fast engine against the step-by-step one: the same tokens, gauges and GPU time at the same picosecond.

use super::step_time::HostTime;
use super::*;
use crate::content::{Prefix, Segment, TokenStream};
use crate::ids::WorkloadId;
use proptest::prelude::*;

/// A random engine and what happens to it.
#[derive(Clone, Debug)]
struct Workload {
    config: EngineConfig,
    /// In order of time.
    inputs: Vec<(u64, Event)>,
    end: u64,
}

#[derive(Clone, Debug)]
enum Event {
    Input(Input),
    /// Prometheus reads all of `/metrics`.
    Scrape,
    /// Somebody reads the gauges, `ago` picoseconds in the past.
    Observe {
        ago: u64,
    },
}

/// What came out, in a form that does not depend on how far apart it was told: requests' own tokens with their times, and the
/// latencies between tokens by how often each occurred.
#[derive(Debug, Default, PartialEq)]
struct Course {
    told: Vec<(u64, Output)>,
    latencies: std::collections::BTreeMap<u64, u64>,
    seen: Vec<(u64, Option<ModelServerView>, u64)>,
    /// The counters and histograms of scrapes.
    scraped: Vec<Option<String>>,
}

const LOOK_BACK: u64 = 400;

fn run(workload: &Workload, mode: EngineMode) -> Course {
    let config = ModelServerConfig::Vllm(workload.config.clone());
    let mut replica = Replica::new(&config, mode, 1, SimDuration::from_ps(LOOK_BACK), HistogramFamilies::ALL);
    let (mut course, mut out) = (Course::default(), Vec::new());
    replica.submit(SimTime::ZERO, Input::Listen, &mut out);
    let mut inputs = workload.inputs.iter().cloned().peekable();
    let mut now = SimTime::ZERO;
    for _ in 0..1_000_000 {
        let wake = replica.next_wake().unwrap_or(SimTime::MAX);
        // Observers come before what happens at an instant, inputs after it.
        let is_first = |(at, event): &(u64, Event)| match event {
            Event::Observe { .. } | Event::Scrape => SimTime::from_ps(*at) <= wake,
            Event::Input(_) => SimTime::from_ps(*at) < wake,
        };
        let input = inputs.next_if(is_first);
        now = input.as_ref().map_or(wake, |(at, _)| SimTime::from_ps(*at)).max(now);
        if now >= SimTime::from_ps(workload.end) {
            replica.flush(SimTime::from_ps(workload.end - 1), &mut out);
            course.take(SimTime::from_ps(workload.end), &mut out);
            course.scrape(&mut replica, SimTime::from_ps(workload.end));
            course.seen.push((u64::MAX, replica.observe(SimTime::from_ps(workload.end)), 0));
            return course;
        }
        match input {
            Some((_, Event::Input(input))) => replica.submit(now, input, &mut out),
            Some((_, Event::Observe { ago })) => {
                let view = replica.observe(now - SimDuration::from_ps(ago));
                course.seen.push((now.as_ps(), view, replica.gpu_busy(now).as_ps()));
            }
            Some((_, Event::Scrape)) => course.scrape(&mut replica, now),
            None => replica.wake(now, &mut out),
        }
        course.take(now, &mut out);
    }
    panic!("no end");
}

impl Course {
    fn scrape(&mut self, replica: &mut Replica, now: SimTime) {
        self.scraped.push(replica.scrape(now).map(|page| format!("{page:?}")));
    }

    fn take(&mut self, now: SimTime, out: &mut Vec<Output>) {
        for output in out.drain(..) {
            match output {
                Output::Tokens { interval, increment, steps, sequences } => {
                    for step in 0..steps {
                        let latency = interval.as_ps() + increment.as_ps() * step;
                        *self.latencies.entry(latency).or_default() += u64::from(sequences);
                    }
                }
                other => self.told.push((now.as_ps(), other)),
            }
        }
    }
}

fn any_step_time() -> impl Strategy<Value = StepTime> {
    (0u64..40, 0u64..4, 1u64..40, 0u64..3, 0u64..3, 0u64..2, 0u64..400).prop_map(
        |(per_step_ps, per_seq_ps, fixed_ps, below_ps, above_ps, context_ps, half_pair_fs)| {
            let piecewise = Piecewise {
                fixed_ps,
                knee_low_tokens: 4,
                below_ps,
                knee_high_tokens: 9,
                above_ps,
                context_ps,
                half_pair_fs,
            };
            StepTime::from(piecewise).with_host(HostTime { per_step_ps, per_seq_ps })
        },
    )
}

fn any_config() -> impl Strategy<Value = EngineConfig> {
    let sizes = (1u32..7, 0u32..40, prop_oneof![Just(1u32), Just(2), Just(3), Just(4), Just(16)], 16u32..80);
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let rare = (
        prop_oneof![8 => Just(0u32), 1 => 1u32..9],
        prop_oneof![8 => Just(1u32), 1 => 2u32..5],
        prop_oneof![4 => Just(0.0), 1 => 0.0..0.3],
        prop_oneof![4 => Just(None), 1 => (1u32..6).prop_map(Some)],
        prop_oneof![1 => 0u32..6, 1 => 6u32..60],
    );
    (sizes, switches, rare, any_step_time()).prop_map(|(sizes, switches, rare, step_time)| {
        let (max_num_seqs, more_tokens, block_size, max_model_len) = sizes;
        let (async_scheduling, enable_prefix_caching, is_priority, reserves, is_chunked) = switches;
        let (threshold, interval, watermark, max_num_active_seqs, spare_blocks) = rare;
        let tokens = max_num_seqs + more_tokens;
        let enable_chunked_prefill = is_chunked || tokens < max_model_len;
        EngineConfig {
            max_num_seqs,
            max_num_batched_tokens: tokens,
            block_size,
            num_gpu_blocks: 1 + max_model_len.div_ceil(block_size) + spare_blocks,
            max_model_len,
            max_num_active_seqs: max_num_active_seqs.map(|seqs: u32| seqs.min(max_num_seqs)),
            policy: if is_priority { SchedulingPolicy::Priority } else { SchedulingPolicy::Fcfs },
            async_scheduling,
            enable_prefix_caching,
            enable_chunked_prefill,
            long_prefill_token_threshold: threshold,
            long_prefill_token_threshold_adaptive: threshold % 2 == 1,
            prefill_schedule_interval: interval,
            scheduler_reserve_full_isl: reserves,
            watermark,
            step_time,
        }
    })
}

fn any_event(ids: u64) -> impl Strategy<Value = Event> {
    let prompt =
        (1u32..40, 1u32..60, prop_oneof![3 => Just(None), 1 => (1u32..60).prop_map(Some)], 0i32..3, 0u32..30);
    let submit = prompt.prop_map(|(prompt_tokens, output_tokens, max_tokens, priority, shared)| {
        let stream = TokenStream::Shared(WorkloadId(0), 1);
        Event::Input(Input::Submit(Prompt {
            id: RequestId(0),
            prompt_tokens,
            output_tokens,
            max_tokens,
            priority,
            prefix: (shared > 28).then(|| Prefix::new(&[Segment { stream, start: 0, len: shared }])),
        }))
    });
    prop_oneof![
        8 => submit,
        2 => Just(Event::Scrape),
        8 => (0u64..LOOK_BACK).prop_map(|ago| Event::Observe { ago: ago.saturating_sub(LOOK_BACK / 2) }),
        1 => (0..ids).prop_map(|id| Event::Input(Input::Abort(RequestId(id)))),
    ]
}

fn any_workload() -> impl Strategy<Value = Workload> {
    let gap = prop_oneof![2 => 0u64..30, 2 => 0u64..400, 1 => 0u64..4000];
    let events = proptest::collection::vec((gap, any_event(30)), 0..40);
    let stop = prop_oneof![
        3 => Just(None),
        1 => Just(Some(Input::Kill)),
        1 => (0u64..3000).prop_map(|timeout| Some(Input::Terminate { shutdown_timeout: SimDuration::from_ps(timeout) })),
    ];
    (any_config(), events, stop, 1u64..40_000).prop_map(|(config, events, stop, rest)| {
        let (mut at, mut ids) = (0, 0);
        let mut inputs: Vec<(u64, Event)> = Vec::new();
        for (gap, mut event) in events {
            at += gap;
            if let Event::Input(Input::Submit(prompt)) = &mut event {
                prompt.id = RequestId(ids);
                ids += 1;
            }
            // Only who has asked can go away.
            if !matches!(event, Event::Input(Input::Abort(id)) if id.0 >= ids) {
                inputs.push((at, event));
            }
        }
        inputs.extend(stop.map(|stop| (at, Event::Input(stop))));
        // Observers come first at an instant.
        inputs.sort_by_key(|(at, event)| (*at, matches!(event, Event::Input(_))));
        Workload { config, inputs, end: at + rest }
    })
}

proptest! {
    // More with PROPTEST_CASES.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(4000), ..ProptestConfig::default() })]
    #[test]
    fn fast_forward_is_the_steps(workload in any_workload()) {
        let (fast, steps) = (run(&workload, EngineMode::FastForward), run(&workload, EngineMode::Reference));
        prop_assert_eq!(fast, steps);
    }
}
