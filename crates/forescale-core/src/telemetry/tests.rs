//! From what targets show to the adapter's answer.

use super::*;
use crate::views::{
    GatewayView, HistogramFamily, HistogramView, ModelServerCounters, ModelServerMetrics, ModelServerView,
};
use forescale_promql::{AggregateOp, Expr, Grouping, LabelReplace, METRIC_NAME, Matcher, Selector};

const INFO: ModelServerInfo = ModelServerInfo { max_model_len: 4096, cache_config: None };
const FAMILY: HistogramFamily = HistogramFamily::TimeToFirstToken;

/// Servers with as many values in the first bucket as their pod's number says; those from `refuses` on do not answer.
struct Servers {
    counts: Vec<Vec<u64>>,
    refuses: u32,
}

impl MetricsEndpoints for Servers {
    fn model_server(&mut self, pod: PodId, _: SimTime) -> Option<ModelServerMetrics<'_>> {
        if pod.0 >= self.refuses {
            return None;
        }
        let mut histograms = [None; HistogramFamily::ALL.len()];
        let bounds = FAMILY.bounds(INFO.max_model_len);
        let counts = self.counts.get(pod.0 as usize)?;
        histograms[FAMILY as usize] = Some(HistogramView { bounds, counts, sum: 0 });
        Some(ModelServerMetrics {
            gauges: ModelServerView::default(),
            num_requests_deferred: 0,
            counters: ModelServerCounters::default(),
            histograms,
        })
    }

    fn epp(&mut self, _: SimTime, view: &mut GatewayView) {
        *view = GatewayView::default();
    }

    fn gpu_busy(&mut self, _: PodId, _: SimTime) -> SimDuration {
        SimDuration::ZERO
    }
}

#[test]
fn a_bucket_is_stored_as_long_as_its_server_answers() {
    let named = |name: &str| Matcher::equal(METRIC_NAME, name);
    let bucket = "vllm:time_to_first_token_seconds_bucket";
    let selector = Selector::new(vec![named(bucket), Matcher::equal("le", "0.25")]);
    let external = vec![ExternalMetric {
        name: "soon".to_owned(),
        series: Selector::new(vec![named(bucket)]),
        query: Expr::sum(selector),
    }];
    let config = TelemetryConfig { external, ..TelemetryConfig::default() };
    let mut telemetry = Telemetry::new(config, INFO, 1);
    assert!(telemetry.wanted_histograms().contains(FAMILY));
    assert!(!telemetry.wanted_histograms().contains(HistogramFamily::InterTokenLatency));
    (0..3).for_each(|pod| telemetry.submit(SimTime::ZERO, Input::TargetAdded(PodId(pod))));

    let bounds = FAMILY.bounds(INFO.max_model_len).len();
    let counts = (0..3).map(|pod| [vec![pod + 1], vec![0; bounds]].concat()).collect();
    let mut servers = Servers { counts, refuses: 3 };
    let after = |telemetry: &mut Telemetry, seconds, servers: &mut Servers| {
        let now = SimTime::ZERO + SimDuration::from_secs(seconds);
        telemetry.wake(now, servers);
        telemetry.external_metric(now, "soon")
    };
    assert_eq!(after(&mut telemetry, 90, &mut servers), Ok(vec![6000]));
    // A scrape that is refused takes the series away at once, not when the look-back ends.
    servers.refuses = 2;
    assert_eq!(after(&mut telemetry, 120, &mut servers), Ok(vec![3000]));
    telemetry.submit(SimTime::ZERO + SimDuration::from_secs(120), Input::TargetRemoved(PodId(0)));
    assert_eq!(after(&mut telemetry, 160, &mut servers), Ok(vec![2000]));
    servers.refuses = 3;
    assert_eq!(after(&mut telemetry, 200, &mut servers), Ok(vec![5000]));
}

/// A node's exporter: its pod's GPU is busy.
struct Busy;

impl MetricsEndpoints for Busy {
    fn model_server(&mut self, _: PodId, _: SimTime) -> Option<ModelServerMetrics<'_>> {
        panic!("no query reads a model server");
    }

    fn epp(&mut self, _: SimTime, _: &mut GatewayView) {
        panic!("no query reads the EPP");
    }

    fn gpu_busy(&mut self, _: PodId, at: SimTime) -> SimDuration {
        at.since_start()
    }
}

/// `label_replace(of, to, "$1", from, "(.+)")`
fn copied(of: Expr, to: &str, from: &str) -> Expr {
    Expr::LabelReplace(Box::new(LabelReplace::new(of, to, "$1", from, "(.+)").unwrap()))
}

#[test]
fn gpus_are_seen_through_rules_and_what_nobody_reads_is_left_alone() {
    let named = |name: &str| Selector::new(vec![Matcher::equal(METRIC_NAME, name)]);
    let exposed = Expr::Selector(named("DCGM_FI_DEV_GPU_UTIL"));
    let rule = |record: &str, expr| RecordingRule { record: record.to_owned(), expr, labels: Vec::new() };
    let group =
        |name: &str, rules| RuleGroup { name: name.to_owned(), interval: SimDuration::from_secs(30), rules };
    let relabelled = copied(copied(exposed, "pod", "exported_pod"), "namespace", "exported_namespace");
    let query = Expr::Aggregate {
        op: AggregateOp::Sum,
        grouping: Grouping::By(vec!["pod".to_owned()]),
        of: Box::new(Expr::Selector(Selector::new(vec![
            Matcher::equal(METRIC_NAME, "gpu_util"),
            Matcher::equal("namespace", "default"),
        ]))),
    };
    let metric =
        PodsMetric { name: "util".to_owned(), series: named("gpu_util"), query, pod_label: "pod".to_owned() };
    let idle = rule("idle", Expr::Selector(named("vllm:num_requests_running")));
    let config = TelemetryConfig {
        pods: vec![metric],
        rule_groups: vec![
            group("idle", vec![idle.clone()]),
            group("gpu", vec![rule("gpu_util", relabelled), idle]),
        ],
        dcgm_exporter: DcgmExporter { gpus_per_pod: 2, ..DcgmExporter::default() },
        ..TelemetryConfig::default()
    };
    let at = |seconds| SimTime::ZERO + SimDuration::from_secs(seconds);
    for seed in 0..20 {
        let mut telemetry = Telemetry::new(config.clone(), INFO, seed);
        telemetry.submit(SimTime::ZERO, Input::TargetAdded(PodId(0)));
        telemetry.submit(SimTime::ZERO, Input::TargetAdded(PodId(1)));
        assert_eq!(telemetry.pods_metric(at(0), "util"), Err(Unanswered::NotFound));
        telemetry.wake(at(200), &mut Busy);
        // Two GPUs of a pod add up.
        let both = vec![("pod-0".to_owned(), 200_000), ("pod-1".to_owned(), 200_000)];
        assert_eq!(telemetry.pods_metric(at(200), "util"), Ok(both));
        telemetry.submit(at(200), Input::TargetRemoved(PodId(0)));
        // The exporter's next page comes within 15 s, the rule's next slot within 30 s more.
        telemetry.wake(at(245), &mut Busy);
        let one = vec![("pod-1".to_owned(), 200_000)];
        assert_eq!(telemetry.pods_metric(at(245), "util"), Ok(one));
        telemetry.submit(at(245), Input::TargetRemoved(PodId(1)));
        telemetry.wake(at(290), &mut Busy);
        // Known still, but nothing is selected; then the relist finds it gone.
        assert_eq!(telemetry.pods_metric(at(290), "util"), Ok(Vec::new()));
        telemetry.wake(at(500), &mut Busy);
        assert_eq!(telemetry.pods_metric(at(500), "util"), Err(Unanswered::NotFound));
    }
}
