//! Single evaluations of a metric.

use super::control_plane::FlagsRecord;
use super::metric_text::metric;
use super::observation::{Observation, RecordedMetrics, current_text, resource_name};
use super::pods::PodsRecord;
use super::{Header, Outcome};
use forescale_core::autoscaler::hpa::api::{
    HorizontalPodAutoscalerBehaviorManifest, HorizontalPodAutoscalerSpec,
};
use forescale_core::autoscaler::hpa::{FeatureGates, Flags, Observed, ReplicaCalculator, Scale};
use forescale_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The instant of all evaluations; recorded times are relative to it.
const NOW: Timestamp = Timestamp::from_unix_secs(1_000_000_000);

#[derive(Deserialize)]
struct Case {
    metric: String,
    behavior: Option<HorizontalPodAutoscalerBehaviorManifest>,
    #[serde(default)]
    flags: FlagsRecord,
    spec: i32,
    status: i32,
    #[serde(default, alias = "mix")]
    pods: PodsRecord,
    obs: Observation,
    x: Expected,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Expected {
    replicas: i32,
    cur: Option<String>,
    reason: Option<String>,
}

pub(super) fn replay(value: Value, header: &Header) -> Result<Outcome, String> {
    let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let gates = FeatureGates::from(header.gates);
    let metric = metric(&case.metric)?;
    let spec = HorizontalPodAutoscalerSpec {
        behavior: case.behavior.clone(),
        ..HorizontalPodAutoscalerSpec::default()
    };
    let spec = spec.defaulted(gates);
    let flags = case.flags.over(header.default_flags.over(Flags::default()));
    let calculator = ReplicaCalculator::new(NOW, &flags, gates, spec.behavior.as_ref());
    let pods = case.pods.pods(NOW, resource_name(&metric).unwrap_or_default())?;
    let metrics = RecordedMetrics { answers: vec![(&metric, &case.obs)], now: NOW, pods: &pods };
    let scale = Scale { spec_replicas: case.spec, status_replicas: case.status };
    let observed = Observed::new(scale, &pods, &metrics);
    let reason = calculator.compute(&metric, scale, &observed);
    let came = match &reason.outcome {
        Ok(e) => Expected { replicas: e.proposal, cur: Some(current_text(Some(&e.current))), reason: None },
        Err(failure) => Expected { replicas: 0, cur: None, reason: Some(failure.reason.to_owned()) },
    };
    let difference = (came != case.x)
        .then(|| format!("{}: expected {:?}, came {came:?}\n    ({reason})", case.metric, case.x));
    Ok(Outcome::of(difference))
}
