//! From a server's histogram to the adapter's answer.

use super::*;
use crate::views::{
    GatewayView, HistogramFamily, HistogramView, ModelServerCounters, ModelServerMetrics, ModelServerView,
};
use forescale_promql::{Expr, METRIC_NAME, Matcher, Selector};

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
