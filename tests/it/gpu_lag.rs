//! How long the HPA takes to see what happens in a pod, over phases: the vLLM guide's two ways, with its own manifests.
//!
//! The telemetry and the HPA are the real parts; only the pod behind them is a few lines.

use crate::support::scenario;
use forescale::core::autoscaler::MetricsApi;
use forescale::core::autoscaler::hpa::{MetricsError, PodMetric, api::LabelSelector};
use forescale::core::ids::PodId;
use forescale::core::telemetry::{Input, Telemetry};
use forescale::core::views::{
    GatewayView, HistogramFamily, MetricsEndpoints, ModelServerCounters, ModelServerMetrics, ModelServerView,
    PodPhase, PodView, ScaleTargetView,
};
use forescale::kernel::{SimDuration, SimTime, random};
use forescale::scenario::Scenario;

const POD: PodId = PodId(0);

/// A pod that does nothing until an instant, and from then on is fully busy.
struct Pod {
    busy_from: SimTime,
}

impl MetricsEndpoints for Pod {
    fn model_server(&mut self, _: PodId, at: SimTime) -> Option<ModelServerMetrics<'_>> {
        let num_requests_running = if at > self.busy_from { 64 } else { 0 };
        Some(ModelServerMetrics {
            gauges: ModelServerView { num_requests_running, ..ModelServerView::default() },
            num_requests_deferred: 0,
            counters: ModelServerCounters::default(),
            histograms: [None; HistogramFamily::ALL.len()],
        })
    }

    fn epp(&mut self, _: SimTime, view: &mut GatewayView) {
        *view = GatewayView::default();
    }

    fn gpu_busy(&mut self, _: PodId, at: SimTime) -> SimDuration {
        at.since(self.busy_from)
    }
}

/// The metrics API at one instant.
struct Api<'a> {
    telemetry: &'a Telemetry,
    now: SimTime,
}

impl MetricsApi for Api<'_> {
    fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        Err(MetricsError(format!("{name} is not asked for")))
    }

    fn pods_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
        let values = self.telemetry.pods_metric(self.now, name);
        let values = values.map_err(|unanswered| MetricsError(format!("{unanswered:?}")))?;
        Ok(values.into_iter().map(|(pod, value_milli)| PodMetric { pod, value_milli }).collect())
    }
}

/// Seconds from the instant at which the pod gets busy to the sync that wants more pods.
fn lag(scenario: &Scenario, seed: u64) -> f64 {
    let config = &scenario.config;
    let mut telemetry = Telemetry::new(config.telemetry.clone(), config.model_server.info(), seed);
    let mut hpa = config.autoscaler.make(seed);
    telemetry.submit(SimTime::ZERO, Input::TargetAdded(POD));
    let after = random::phase(&mut random::stream(seed, "test/event", 0), SimDuration::from_secs(3600));
    let mut pod = Pod { busy_from: SimTime::ZERO + SimDuration::from_secs(300) + after };
    let started = Some(SimTime::ZERO);
    let view = PodView {
        pod: POD,
        phase: PodPhase::Running,
        is_ready: true,
        ready_transition: started,
        start: started,
        deletion: None,
    };
    let target = ScaleTargetView { spec_replicas: 1, status_replicas: 1, pods: vec![view] };
    loop {
        let sync = hpa.next_sync().unwrap();
        // The world's order of equal times: telemetry first.
        while let Some(at) = telemetry.next_wake().filter(|at| *at <= sync) {
            telemetry.wake(at, &mut pod);
        }
        let decision = hpa.sync(sync, &target, &Api { telemetry: &telemetry, now: sync });
        if decision.replicas.is_some_and(|replicas| replicas > 1) {
            assert!(sync > pod.busy_from, "seed {seed}: scaled before anything happened");
            return sync.since(pod.busy_from).as_secs_f64();
        }
        assert!(sync.since(pod.busy_from) < SimDuration::from_secs(600), "seed {seed}: {}", decision.reason);
    }
}

/// Mean and worst lag over a thousand runs of phases and instants.
fn lags(path: &str) -> (f64, f64) {
    let scenario = scenario(path);
    let lags: Vec<f64> = (0..1000).map(|seed| lag(&scenario, seed)).collect();
    let (mean, worst) = (lags.iter().sum::<f64>() / 1000.0, lags.iter().copied().fold(0.0, f64::max));
    println!("{path}: lag {mean:.2} s in the mean, {worst:.2} s at worst");
    (mean, worst)
}

/// The exporter reads the driver every 30 s, and shows a sample of at most 1 s; then scrape 15 s, rule 30 s, sync 15 s, each with a phase
/// of its own: four uniform waits.
#[test]
fn gpu_utilization_is_seen_within_a_minute_and_a_half() {
    let (mean, worst) = lags("scenarios/s6-gpu-utilization.toml");
    assert!((mean - 45.5).abs() <= 1.5, "{mean}");
    assert!(worst <= 91.0 && worst > 80.0, "{worst}");
}

/// Scrape and sync alone.
#[test]
fn running_requests_are_seen_within_half_a_minute() {
    let (mean, worst) = lags("scenarios/gpu-vs-running.toml");
    assert!((mean - 15.0).abs() <= 0.6, "{mean}");
    assert!(worst <= 30.0 && worst > 27.0, "{worst}");
}
