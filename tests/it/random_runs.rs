//! Properties of every run, over random configurations: all parts in all moods.

use crate::support::{flow, unit_lengths};
use forescale::core::autoscaler::{Autoscaler, Decision, MetricsApi};
use forescale::core::cluster::{ClusterConfig, ColdStart, Deployment, Probe, StartPhase};
use forescale::core::demand::{
    Arrivals, Client, Diurnal, Lengths, Modulation, PrefixGroups, Rate, Retry, Sessions, Source, Spike,
    Stages, State, Turns, Users, Workload,
};
use forescale::core::dist::{Cv, Dist, Empirical, Mixture};
use forescale::core::gateway::flow_control::{Expiry, FlowControlConfig};
use forescale::core::gateway::{
    GatewayConfig, Polling, PrefixProducerConfig, Release, Scorer, UtilizationDetector,
};
use forescale::core::ids::{FlowId, RequestId};
use forescale::core::outcome::Outcome;
use forescale::core::record::{Measure, Objective, RecordConfig, RunRecord};
use forescale::core::replica::{
    CudaGraphs, EngineConfig, EngineMode, GpuTime, HostTime, ModelServerConfig, Piecewise, SchedulingPolicy,
    StepTime, TestEngineConfig,
};
use forescale::core::telemetry::{ExternalMetric, TelemetryConfig};
use forescale::core::views::{FlowLabels, ScaleTargetView};
use forescale::core::{AutoscalerFactory, RunConfig};
use forescale::kernel::{SimDuration, SimTime, random};
use forescale::promql::{Expr, Matcher, Selector};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::RngSeed;
use rand::RngExt;
use std::collections::BTreeMap;
use std::sync::Arc;

const METRICS: [&str; 7] = [
    "inference_extension_flow_control_queue_size",
    "llm_d_epp_flow_control_pool_saturation",
    "inference_objective_running_requests",
    "vllm:num_requests_waiting",
    "vllm:generation_tokens_total",
    "vllm:time_to_first_token_seconds_bucket",
    "vllm:request_queue_time_seconds_sum",
];

/// Writes down what the metrics API says, and scales to any number, zero too, at any time.
struct Whim {
    next: SimTime,
    stream: random::Stream,
}

impl Autoscaler for Whim {
    fn next_sync(&self) -> Option<SimTime> {
        Some(self.next)
    }

    fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision {
        self.next = now + SimDuration::from_ms(self.stream.random_range(1..8000));
        let wanted = self.stream.random_range(0..4);
        let seen: Vec<String> =
            METRICS.iter().map(|name| format!("{:?}", metrics.external_metric(name, None))).collect();
        let replicas = (self.stream.random_bool(0.5) && wanted != target.spec_replicas).then_some(wanted);
        Decision { replicas, reason: seen.join(" "), sync: None }
    }
}

pub(crate) fn seconds(s: f64) -> SimDuration {
    SimDuration::from_secs_f64(s)
}

fn any_dist(mean: std::ops::Range<f64>) -> impl Strategy<Value = Dist> {
    (0..7, mean).prop_map(|(variant, mean)| match variant {
        0 => Dist::Constant(mean),
        1 => Dist::Uniform { min: mean / 2.0, max: mean * 1.5 },
        2 => Dist::Lognormal { mean, sigma: 0.9 },
        3 => Dist::Exponential { mean },
        4 => Dist::Gamma { mean, cv: 1.5 },
        5 => {
            let parts =
                vec![(3.0, Dist::Constant(mean / 2.0)), (1.0, Dist::Exponential { mean: mean * 2.0 })];
            Dist::Mixture(Arc::new(Mixture::new(parts).unwrap()))
        }
        _ => {
            let points = vec![(0.0, 0.0), (0.5, mean / 2.0), (1.0, mean * 3.0)];
            Dist::Empirical(Arc::new(Empirical::quantiles(points).unwrap()))
        }
    })
}

fn any_engine() -> impl Strategy<Value = ModelServerConfig> {
    let vllm = (1u32..12, 12u32..200, 1u32..5, 40u32..300, any::<[bool; 7]>(), 0.0..0.2).prop_map(
        |(seqs, tokens, block_size, extra_blocks, flags, watermark)| {
            let [chunked, whole_prompt, threshold, asynchronous, cached, priority, spread] = flags;
            let max_model_len = if chunked { 160 } else { tokens };
            EngineConfig {
                max_num_seqs: seqs,
                max_num_batched_tokens: tokens,
                block_size,
                num_gpu_blocks: 1 + max_model_len.div_ceil(block_size) + extra_blocks,
                max_model_len,
                max_num_active_seqs: None,
                policy: if priority { SchedulingPolicy::Priority } else { SchedulingPolicy::Fcfs },
                async_scheduling: asynchronous,
                enable_prefix_caching: cached,
                enable_chunked_prefill: chunked,
                long_prefill_token_threshold: if threshold { 7 } else { 0 },
                long_prefill_token_threshold_adaptive: spread,
                prefill_schedule_interval: if spread { 3 } else { 1 },
                scheduler_reserve_full_isl: whole_prompt,
                watermark,
                step_time: step_time(spread),
            }
        },
    );
    let station =
        (1u32..4, any_dist(0.02..2.0)).prop_map(|(seats, service)| TestEngineConfig { seats, service });
    prop_oneof![3 => vllm.prop_map(ModelServerConfig::Vllm), 1 => station.prop_map(ModelServerConfig::Test)]
}

fn step_time(is_padded: bool) -> StepTime {
    let piecewise = Piecewise {
        fixed_ps: 5_000_000_000,
        knee_low_tokens: 20,
        below_ps: 40_000_000,
        knee_high_tokens: 30,
        above_ps: 90_000_000,
        context_ps: 1_234_567,
        half_pair_fs: 777_777,
    };
    let host = HostTime { per_step_ps: 300_000_000, per_seq_ps: 30_000_000 };
    let cuda_graphs = if is_padded { CudaGraphs::vllm(8, 200, 512) } else { CudaGraphs::none() };
    StepTime { host, gpu: GpuTime::Piecewise(piecewise), cuda_graphs, start_ps: 0 }
}

fn any_workload(index: u32) -> impl Strategy<Value = Workload> {
    let lengths = (any_dist(1.0..100.0), any_dist(1.0..60.0))
        .prop_map(|(prompt_tokens, output_tokens)| Lengths { prompt_tokens, output_tokens });
    let lengths = prop_oneof![4 => lengths, 1 => Just(unit_lengths())];
    let groups = (1u32..5, any_dist(1.0..40.0), 0.0..2.0).prop_map(|(groups, tokens, zipf)| PrefixGroups {
        groups,
        tokens,
        zipf,
    });
    let groups = proptest::option::weighted(0.3, groups);
    let parts = (0.0..30.0, 0..5, 0..6, lengths, 0.0..20.0, any_client(), 0..8, groups);
    parts.prop_map(move |(rate, form, process, lengths, from, client, kind, prefix_groups)| {
        let (start, middle, late) = (SimDuration::ZERO, seconds(7.0), seconds(11.0));
        let rate = match form {
            0 => Rate::constant(rate),
            1 => Rate::new(vec![(start, rate), (middle, 0.0), (late, 2.0 * rate)]),
            2 => Rate::ramp(vec![(start, rate), (middle, 0.0), (late, 2.0 * rate)]),
            3 => {
                let mean = rate.max(0.1);
                let period = SimDuration::from_secs(60);
                Rate::diurnal(Diurnal { mean, peak: 1.8 * mean, peak_at: middle, period })
            }
            _ => {
                let spike = Spike { at: middle, lasts: late, factor: 3.0 };
                Rate::spiked(Rate::constant(rate).unwrap(), &[spike])
            }
        };
        let rate = rate.unwrap();
        let cv = Cv::new(from / 4.0).unwrap();
        let arrivals = match process {
            0 => Arrivals::Poisson(rate, lengths),
            1 => Arrivals::Constant(rate, lengths),
            2 => Arrivals::Gamma(rate, cv, lengths),
            3 => Arrivals::Weibull(rate, cv, lengths),
            4 => Arrivals::FixedCount(rate, cv, lengths),
            _ => {
                let states = [State { factor: 0.2, mean: middle }, State { factor: 3.0, mean: late }];
                Arrivals::Mmpp(rate, Modulation::new(&states).unwrap(), lengths)
            }
        };
        let lengths = arrivals.lengths().cloned().unwrap_or_else(unit_lengths);
        let turns = Turns {
            turns: Dist::Uniform { min: 1.0, max: 5.0 },
            max_context_tokens: (form == 3).then_some(120),
        };
        let source = match kind {
            0 => Source::Users(Users {
                users: vec![(start, 12), (middle, 3), (late, 20)],
                ramp: seconds(if form == 1 { 2.0 } else { 0.0 }),
                think: if form == 2 { Dist::Exponential { mean: 1.5 } } else { Dist::Constant(0.0) },
                lengths,
                turns: (process % 2 == 0).then_some(turns),
            }),
            3 => Source::Sessions(Sessions { arrivals, think: Dist::Exponential { mean: 0.7 }, turns }),
            1 => Source::Stages(Stages {
                stages: vec![(arrivals.clone(), seconds(3.0)), (arrivals, seconds(6.0))],
                pause: seconds(if form == 1 { 0.5 } else { 0.0 }),
            }),
            _ => Source::Open(arrivals),
        };
        let until = (kind == 2).then(|| seconds(from + 10.0));
        let (name, from, flow) = (format!("w{index}"), seconds(from), FlowId(index));
        Workload { name, from, until, requests: None, source, prefix_groups, client, flow }
    })
}

fn any_client() -> impl Strategy<Value = Client> {
    let retry = (1u32..5, 0.0..2.0, 1.0..3.0, 0.0..1.0, any::<bool>()).prop_map(
        |(max_attempts, initial, factor, jitter, on_timeout)| Retry {
            max_attempts,
            initial: seconds(initial),
            factor,
            jitter,
            on_timeout,
            ..Retry::openai_python()
        },
    );
    let client = (
        proptest::option::of(1u32..40),
        proptest::option::of(0.05..8.0),
        proptest::option::of(retry),
        any::<bool>(),
    )
        .prop_map(|(max_in_flight, timeout, retry, cancel_at_end)| Client {
            max_in_flight,
            timeout: timeout.map(seconds),
            retry,
            cancel_at_end,
        });
    prop_oneof![1 => Just(Client::default()), 1 => client]
}

fn any_gateway() -> impl Strategy<Value = GatewayConfig> {
    let flow_control = (0.0..9.0, 0.0..9.0, 0u64..40, any::<[bool; 2]>(), 0.5..1.5).prop_map(
        |(ttl, no_endpoint, requests, [sweep, bytes], ceiling)| FlowControlConfig {
            max_bytes: if bytes { 3000 } else { 0 },
            band_max_requests: requests,
            // Below a second stands for "without limit".
            default_request_ttl: if ttl < 1.0 { SimDuration::ZERO } else { seconds(ttl) },
            no_endpoint_request_ttl: if no_endpoint < 1.0 { SimDuration::ZERO } else { seconds(no_endpoint) },
            expiry: if sweep { Expiry::Sweep } else { Expiry::Timer },
            saturation_ceiling: ceiling,
            flow_gc_period: seconds(6.0),
            ..FlowControlConfig::default()
        },
    );
    (proptest::option::weighted(0.8, flow_control), 50u64..400, 1.0..6.0).prop_map(
        |(flow_control, poll, depth)| GatewayConfig {
            release: Release::default(),
            flow_control,
            detector: UtilizationDetector { queue_depth_threshold: depth, ..UtilizationDetector::default() },
            scorers: vec![
                (Scorer::Queue, 2.0),
                (Scorer::KvCacheUtilization, 2.0),
                (Scorer::PrefixCache, if poll % 2 == 0 { 3.0 } else { 0.0 }),
            ],
            prefix_producer: PrefixProducerConfig {
                lru_capacity_per_server: 3,
                auto_tune: poll % 4 == 0,
                ..PrefixProducerConfig::default()
            },
            refresh_metrics_interval: SimDuration::from_ms(poll),
            retry_after: (poll % 3 == 0).then(|| seconds(1.5)),
            polling: Polling::Lazy,
            flows: (0..3).map(|index| FlowLabels { fairness_id: format!("f{index}"), ..flow() }).collect(),
        },
    )
}

fn any_cluster() -> impl Strategy<Value = ClusterConfig> {
    (
        0u32..4,
        any_dist(0.01..5.0),
        any_dist(0.01..5.0),
        proptest::option::of(0.1..3.0),
        0.0..6.0,
        0.0..4.0,
        0.0..4.0,
    )
        .prop_map(|(replicas, pull, engine, probe, grace, pre_stop, shutdown)| {
            let mut cold_start = ColdStart::default();
            cold_start.set(StartPhase::ImagePull, pull);
            cold_start.set(StartPhase::Engine, engine);
            let probe = probe.map(|period| Probe { initial_delay: seconds(0.3), period: seconds(period) });
            let deployment = Deployment {
                replicas,
                probe,
                termination_grace_period: seconds(grace),
                pre_stop: seconds(pre_stop),
                shutdown_timeout: seconds(shutdown),
                ..Deployment::default()
            };
            ClusterConfig { deployment, cold_start }
        })
}

fn telemetry(flows: &[FlowLabels]) -> TelemetryConfig {
    let external = METRICS.map(|name| {
        let selector = || Selector::new(vec![Matcher::equal("__name__", name)]);
        ExternalMetric { name: name.to_owned(), series: selector(), query: Expr::sum(selector()) }
    });
    TelemetryConfig {
        scrape_interval: seconds(1.5),
        discovery_delay: seconds(1.0),
        relist_interval: seconds(4.0),
        max_age: seconds(4.0),
        external: external.to_vec(),
        flows: flows.to_vec(),
        ..TelemetryConfig::default()
    }
}

prop_compose! {
    pub(crate) fn any_run()(
        seed: u64,
        drain in prop_oneof![Just(0.0), 0.0..20.0],
        workloads in (any_workload(0), any_workload(1), any_workload(2)),
        gateway in any_gateway(),
        model_server in any_engine(),
        cluster in any_cluster(),
    ) -> RunConfig {
        RunConfig {
            seed,
            duration: seconds(25.0),
            drain: seconds(drain),
            workloads: vec![workloads.0, workloads.1, workloads.2],
            telemetry: telemetry(&gateway.flows),
            gateway,
            model_server,
            engine_mode: EngineMode::default(),
            cluster,
            autoscaler: AutoscalerFactory::new(|seed| {
                Box::new(Whim { next: SimTime::ZERO, stream: random::stream(seed, "whim", 0) })
            }),
            record: RecordConfig {
                bin: seconds(0.7),
                warm_up: SimDuration::ZERO,
                log_requests: true,
                objectives: Measure::ALL
                    .map(|measure| Objective { measure, quantile: 0.9, limit: seconds(1.0) })
                    .to_vec(),
            },
        }
    }
}

pub(crate) fn run(config: &RunConfig) -> RunRecord {
    // Little's law and the completeness of the account are checked by the run itself; a violation is an error.
    forescale::core::run(config).unwrap_or_else(|error| panic!("{error}"))
}

/// The same cases each time, so that a failure is somebody's change; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` explore further.
pub(crate) fn cases() -> ProptestConfig {
    let given = |name: &str| std::env::var_os(name).is_some();
    let mut config = ProptestConfig::default();
    if !given("PROPTEST_CASES") {
        config.cases = 128;
    }
    if !given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

proptest! {
    #![proptest_config(cases())]

    /// The sum of the times in the system is the integral of the number in the system, to the picosecond; nothing is lost; and
    /// each request's line is in order.
    #[test]
    fn nothing_is_lost(config in any_run()) {
        let record = run(&config);
        let account = &record.account;
        prop_assert_eq!(account.arrivals(), account.all_ended() + account.in_flight());
        prop_assert_eq!(record.attempts.arrivals(), record.requests.len() as u64);
        let firsts = record.requests.iter().filter(|line| line.request.attempt == 1).count();
        prop_assert_eq!(account.arrivals(), firsts as u64);
        let mut sum = 0;
        for line in &record.requests {
            let end = line.end.map_or(record.end, |(at, _, _)| at);
            prop_assert!(line.request.arrival <= end);
            if let Some(first) = line.first_token {
                prop_assert!(line.request.arrival <= first && first <= end);
            }
            sum += u128::from(end.since(line.request.arrival).as_ps());
        }
        prop_assert_eq!(sum, record.attempts.time_in_system_ps());
        let in_bins: u64 = record.timeline.iter().map(|bin| bin.arrived).sum();
        prop_assert_eq!(in_bins, account.arrivals());
    }

    /// No client has more requests open than it may, waits longer than it would, or tries too often or too soon.
    #[test]
    fn clients_keep_their_rules(config in any_run()) {
        let record = run(&config);
        for (index, workload) in config.workloads.iter().enumerate() {
            let lines = record.requests.iter().filter(|line| line.request.workload.0 as usize == index);
            let lines: Vec<_> = lines.collect();
            let client = &workload.client;
            // From the first attempt to the last end, or to the end of the run where another attempt was to come.
            let mut open: BTreeMap<RequestId, (SimTime, SimTime)> = BTreeMap::new();
            for line in &lines {
                let request = &line.request;
                let (end, outcome) = line.end.map_or((record.end, None), |(at, what, _)| (at, Some(what)));
                if let Some(timeout) = client.timeout {
                    prop_assert!(end.since(request.arrival) <= timeout);
                }
                let most = client.retry.as_ref().map_or(1, |retry| retry.max_attempts);
                prop_assert!(request.attempt <= most);
                let span = open.entry(request.first).or_insert((request.issued, end));
                prop_assert!(request.attempt == 1 || request.arrival >= span.1, "too soon");
                span.1 = end;
                let until = workload.until.map_or(config.duration, |until| until.min(config.duration));
                if client.cancel_at_end {
                    prop_assert!(end.since_start() <= until);
                }
                prop_assert!(outcome != Some(Outcome::TimedOut) || client.timeout.is_some());
            }
            let mut edges: Vec<(SimTime, i32)> =
                open.values().flat_map(|(from, to)| [(*from, 1), (*to, -1)]).collect();
            // At one instant places are freed before they are taken; what takes no time takes no place.
            edges.sort();
            let mut at_once = 0;
            let mut highest = 0;
            for (_, edge) in edges {
                at_once += edge;
                highest = highest.max(at_once);
            }
            prop_assert!(client.max_in_flight.is_none_or(|most| highest <= most as i32), "{highest}");
        }
    }

    /// A poll that is asked for when it matters reads what a poll at its own instant reads.
    #[test]
    fn lazy_and_eager_polls_give_one_run(config in any_run()) {
        let mut eager = config.clone();
        eager.gateway.polling = Polling::Eager;
        let (lazy, eager) = (run(&config), run(&eager));
        // The syncs carry what the metrics API said, saturation included.
        prop_assert_eq!(&lazy.syncs, &eager.syncs);
        prop_assert_eq!(&lazy.requests, &eager.requests);
        prop_assert_eq!(&lazy.timeline, &eager.timeline);
        prop_assert_eq!(lazy.fingerprint, eager.fingerprint);
    }

    /// Engines that go from change to change take the course of engines that take each step.
    #[test]
    fn fast_and_stepping_engines_give_one_run(config in any_run()) {
        let mut stepping = config.clone();
        stepping.engine_mode = EngineMode::Reference;
        let (fast, stepping) = (run(&config), run(&stepping));
        prop_assert_eq!(&fast.syncs, &stepping.syncs);
        prop_assert_eq!(&fast.requests, &stepping.requests);
        prop_assert_eq!(&fast.timeline, &stepping.timeline);
        prop_assert_eq!(fast.fingerprint, stepping.fingerprint);
    }

    /// The same configuration gives the same run.
    #[test]
    fn a_run_repeats(config in any_run()) {
        let (one, other) = (run(&config), run(&config));
        prop_assert_eq!(one.fingerprint, other.fingerprint);
        prop_assert_eq!(one.requests, other.requests);
    }
}

/// The same demand meets every policy: what differs between two gateways leaves the requests alone.
#[test]
fn demand_does_not_depend_on_the_system() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut config = any_run().new_tree(&mut runner).unwrap().current();
    // What clients learn is of the system, and so is what they do then.
    config.workloads.retain(|workload| matches!(workload.source, Source::Open(_)));
    config.workloads.iter_mut().for_each(|workload| workload.client = Client::default());
    let other = RunConfig {
        gateway: GatewayConfig { flows: config.gateway.flows.clone(), ..GatewayConfig::default() },
        ..config.clone()
    };
    let requests =
        |config: &RunConfig| run(config).requests.iter().map(|line| line.request).collect::<Vec<_>>();
    assert_eq!(requests(&config), requests(&other));
    assert!(!requests(&config).is_empty());
}
