//! Small runs to report on.

pub(crate) use forescale_core::RunConfig;
use forescale_core::autoscaler::hpa::api::{HorizontalPodAutoscalerSpec, LabelSelector, Spec};
use forescale_core::autoscaler::hpa::{FeatureGates, Flags, MetricsApi, MetricsError};
use forescale_core::autoscaler::{Autoscaler, Decision, Fixed, HorizontalPodAutoscaler};
use forescale_core::cluster::{ClusterConfig, ColdStart, Deployment, StartPhase};
use forescale_core::demand::{Arrivals, Client, Lengths, Rate, Source, Workload};
use forescale_core::dist::Dist;
use forescale_core::gateway::GatewayConfig;
use forescale_core::gateway::flow_control::FlowControlConfig;
use forescale_core::ids::FlowId;
use forescale_core::record::{Measure, Objective, RecordConfig, RunRecord};
use forescale_core::replica::{EngineMode, ModelServerConfig, TestEngineConfig};
use forescale_core::telemetry::{ExternalMetric, TelemetryConfig};
use forescale_core::views::{FlowLabels, ScaleTargetView};
use forescale_core::{AutoscalerFactory, run};
use forescale_kernel::{SimDuration, SimTime, Timestamp};
use forescale_report::{HpaObject, Subject, Warning};

const fn s(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

pub(crate) fn subject() -> Subject {
    Subject {
        scenario: "burst".to_owned(),
        seed: 7,
        duration: s(1800),
        autoscaler_kind: "HPA".to_owned(),
        autoscaler: "vllm (igw_queue_depth Value 20, igw_running_requests AverageValue 12), 1–3 replicas"
            .to_owned(),
        hpa: Some(HpaObject::new("vllm", "default", &spec(), &Flags::default())),
        workloads: vec!["chat".to_owned()],
        flows: vec![flow()],
        warnings: vec![Warning {
            code: "F101".to_owned(),
            message: "image `vllm:latest` is simulated as vLLM 0.11".to_owned(),
            file: Some("manifests/deployment.yaml".to_owned()),
            line: Some(12),
            column: Some(18),
        }],
        gpu_price_per_hour: Some(3.90),
        tool_version: "0.1.0".to_owned(),
    }
}

fn flow() -> FlowLabels {
    FlowLabels { model_name: "m".to_owned(), fairness_id: "f".to_owned(), priority: 0 }
}

fn objective(measure: Measure, quantile: f64, limit: SimDuration) -> Objective {
    Objective { measure, quantile, limit }
}

/// A constant load of 2 requests/s for a minute on one pod that serves 8 at a time in a second each.
pub(crate) fn calm() -> RunConfig {
    let lengths = Lengths { prompt_tokens: Dist::Constant(100.0), output_tokens: Dist::Constant(20.0) };
    let flows = vec![flow()];
    RunConfig {
        seed: 7,
        duration: s(60),
        drain: s(60),
        workloads: vec![Workload {
            prefix_groups: None,
            name: "chat".to_owned(),
            from: SimDuration::ZERO,
            until: None,
            requests: None,
            source: Source::Open(Arrivals::Constant(Rate::constant(2.0).unwrap(), lengths)),
            client: Client::default(),
            flow: FlowId(0),
        }],
        gateway: GatewayConfig { flows: flows.clone(), ..GatewayConfig::default() },
        model_server: ModelServerConfig::Test(TestEngineConfig { seats: 8, service: Dist::Constant(1.0) }),
        engine_mode: EngineMode::default(),
        cluster: ClusterConfig::default(),
        telemetry: TelemetryConfig { flows, model_name: "m".to_owned(), ..TelemetryConfig::default() },
        autoscaler: AutoscalerFactory::new(|_| Box::new(Fixed::new(1))),
        record: RecordConfig {
            bin: s(10),
            warm_up: SimDuration::ZERO,
            log_requests: false,
            objectives: vec![objective(Measure::Ttft, 0.99, s(2))],
        },
    }
}

/// Half an hour with a burst that one replica cannot serve, an HPA, and a cold start of about two minutes.
pub(crate) fn burst() -> RunConfig {
    let mut config = calm();
    config.duration = s(1800);
    let rate = Rate::new(vec![(s(0), 4.0), (s(300), 20.0), (s(600), 4.0)]).unwrap();
    if let Source::Open(arrivals) = &config.workloads[0].source
        && let Some(lengths) = arrivals.lengths().cloned()
    {
        config.workloads[0].source = Source::Open(Arrivals::Poisson(rate, lengths));
    }
    config.model_server =
        ModelServerConfig::Test(TestEngineConfig { seats: 8, service: Dist::Exponential { mean: 1.0 } });
    config.gateway.flow_control = Some(FlowControlConfig::default());
    let mut cold_start = ColdStart::default();
    cold_start.set(StartPhase::ImagePull, Dist::Uniform { min: 60.0, max: 90.0 });
    let probe = None;
    config.cluster = ClusterConfig { deployment: Deployment { probe, ..Deployment::default() }, cold_start };
    config.telemetry.external = [
        "igw_queue_depth llm_d_epp_flow_control_queue_size",
        "igw_running_requests vllm:num_requests_running",
    ]
    .into_iter()
    .map(|pair| {
        let (name, series) = pair.split_once(' ').unwrap();
        ExternalMetric {
            name: name.to_owned(),
            series: forescale_promql::parse_selector(series).unwrap(),
            query: forescale_promql::parse(&format!("sum({series})")).unwrap(),
        }
    })
    .collect();
    config.autoscaler = AutoscalerFactory::new(|seed| Box::new(hpa(seed)));
    config.record.objectives =
        vec![objective(Measure::Ttft, 0.99, s(5)), objective(Measure::E2e, 0.5, s(30))];
    config
}

fn spec() -> Spec {
    let spec: HorizontalPodAutoscalerSpec = serde_json::from_str(
        r#"{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"vllm"},"maxReplicas":3,"metrics":[
        {"type":"External","external":{"metric":{"name":"igw_queue_depth"},"target":{"type":"Value","value":"20"}}},
        {"type":"External","external":{"metric":{"name":"igw_running_requests"},"target":{"type":"AverageValue","averageValue":12}}}],
        "behavior":{"scaleUp":{"policies":[{"type":"Pods","value":1,"periodSeconds":60}]}}}"#,
    )
    .unwrap();
    spec.defaulted(FeatureGates::default())
}

fn hpa(seed: u64) -> HorizontalPodAutoscaler {
    let (flags, gates) = (Flags::default(), FeatureGates::default());
    HorizontalPodAutoscaler::new(spec(), flags, gates, Timestamp::from_unix_secs(0), seed)
}

/// The HPA of [`burst`], whose metrics fail every second minute.
struct Flaky(HorizontalPodAutoscaler);

struct Outage;

impl MetricsApi for Outage {
    fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        Err(MetricsError(format!("no such\nmetric: {name}")))
    }
}

impl Autoscaler for Flaky {
    fn next_sync(&self) -> Option<SimTime> {
        self.0.next_sync()
    }

    fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision {
        let is_out = (now.as_secs_f64() / 60.0) as u64 % 2 == 1;
        self.0.sync(now, target, if is_out { &Outage } else { metrics })
    }
}

pub(crate) fn outages() -> RunConfig {
    RunConfig { autoscaler: AutoscalerFactory::new(|seed| Box::new(Flaky(hpa(seed)))), ..burst() }
}

/// Goes from one to three replicas and back.
struct UpAndDown {
    steps: Vec<(u64, u32)>,
}

impl Autoscaler for UpAndDown {
    fn next_sync(&self) -> Option<SimTime> {
        self.steps.first().map(|(second, _)| SimTime::ZERO + s(*second))
    }

    fn sync(&mut self, _: SimTime, _: &ScaleTargetView, _: &dyn MetricsApi) -> Decision {
        let (_, replicas) = self.steps.remove(0);
        Decision { replicas: Some(replicas), reason: format!("by plan → {replicas}"), sync: None }
    }
}

/// Two scale-ups and one scale-down in a minute, with a cold start of five seconds.
pub(crate) fn up_and_down() -> RunConfig {
    let mut config = calm();
    let steps = vec![(5, 1), (10, 2), (20, 3), (40, 1)];
    config.autoscaler = AutoscalerFactory::new(move |_| Box::new(UpAndDown { steps: steps.clone() }));
    // Pods that go take a request or two with them.
    config.record.objectives[0].quantile = 0.9;
    config.cluster.cold_start.set(StartPhase::ImagePull, Dist::Constant(5.0));
    config
}

/// A pod that can serve nothing, and a gateway that gives up after five seconds.
pub(crate) fn all_lost() -> RunConfig {
    let mut config = calm();
    config.cluster.deployment.replicas = 0;
    config.autoscaler = AutoscalerFactory::new(|_| Box::new(Fixed::new(0)));
    config.gateway.flow_control =
        Some(FlowControlConfig { no_endpoint_request_ttl: s(5), ..FlowControlConfig::default() });
    config
}

pub(crate) fn no_requests() -> RunConfig {
    RunConfig { workloads: Vec::new(), ..calm() }
}

pub(crate) fn no_objectives() -> RunConfig {
    let mut config = calm();
    config.record.objectives.clear();
    config
}

/// No time at all.
pub(crate) fn empty() -> RunConfig {
    RunConfig { duration: SimDuration::ZERO, drain: SimDuration::ZERO, ..calm() }
}

/// A run that ends while it is busy, in bins much shorter than a column.
pub(crate) fn fine_bins() -> RunConfig {
    let mut config = RunConfig { drain: SimDuration::ZERO, ..up_and_down() };
    config.record.bin = SimDuration::from_ms(50);
    config
}

/// All of the above.
pub(crate) fn all() -> Vec<(&'static str, RunRecord)> {
    let configs = [
        ("calm", calm()),
        ("burst", burst()),
        ("outages", outages()),
        ("up and down", up_and_down()),
        ("all lost", all_lost()),
        ("no requests", no_requests()),
        ("no objectives", no_objectives()),
        ("empty", empty()),
        ("fine bins", fine_bins()),
    ];
    configs.into_iter().map(|(name, config)| (name, run(&config).unwrap())).collect()
}
