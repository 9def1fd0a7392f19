//! Single evaluations of a metric.

use super::cluster::{FlagsRecord, Observation, PodMix, PodRecord, RecordedMetrics, current_text};
use super::{Header, Outcome};
use forescale_core::autoscaler::hpa::api::{
    ExternalMetricSource, HorizontalPodAutoscalerBehaviorManifest, HorizontalPodAutoscalerSpec,
    MetricIdentifier, MetricSourceType, MetricSpec, MetricTarget, MetricTargetType,
};
use forescale_core::autoscaler::hpa::{
    FeatureGates, Flags, Observed, Scale, Tolerances, compute_replicas_for_metric,
};
use serde::Deserialize;
use serde_json::Value;

/// Name of the one metric.
const NAME: &str = "m0";

#[derive(Deserialize)]
struct Case {
    metric: String,
    behavior: Option<HorizontalPodAutoscalerBehaviorManifest>,
    #[serde(default)]
    flags: FlagsRecord,
    spec: i32,
    status: i32,
    mix: Option<PodMix>,
    pods: Option<Vec<PodRecord>>,
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
    let is_external = value.get("metric").and_then(Value::as_str).is_some_and(|m| m.starts_with("External/"));
    if !is_external {
        return Ok(Outcome::NotYet);
    }
    let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let gates = FeatureGates::from(header.gates);
    let spec = HorizontalPodAutoscalerSpec {
        max_replicas: i32::MAX,
        metrics: vec![metric(&case.metric)?],
        behavior: case.behavior.clone(),
        ..HorizontalPodAutoscalerSpec::default()
    };
    let spec = spec.defaulted(gates);
    let flags = case.flags.over(header.default_flags.over(Flags::default()));
    let tolerances = Tolerances::new(&flags, gates, spec.behavior.as_ref());
    let pods = match (&case.mix, &case.pods) {
        (Some(mix), _) => mix.pods(),
        (None, Some(pods)) => pods.iter().map(PodRecord::pod).collect::<Result<_, _>>()?,
        (None, None) => Vec::new(),
    };
    let metrics = RecordedMetrics(vec![(NAME, &case.obs)]);
    let scale = Scale { spec_replicas: case.spec, status_replicas: case.status };
    let observed = Observed::new(scale, &pods, &metrics);
    let Some(metric) = spec.metrics.first() else { return Err("no metric".to_owned()) };
    let came = match compute_replicas_for_metric(metric, tolerances, scale, &observed).outcome {
        Ok(e) => Expected { replicas: e.proposal, cur: Some(current_text(Some(e.current))), reason: None },
        Err(failure) => Expected { replicas: 0, cur: None, reason: Some(failure.reason.to_owned()) },
    };
    let difference =
        (came != case.x).then(|| format!("{}: expected {:?}, came {came:?}", case.metric, case.x));
    Ok(Outcome::of(difference))
}

/// A metric from its short form `External/<target type>/<target>`.
fn metric(text: &str) -> Result<MetricSpec, String> {
    let mut parts = text.splitn(3, '/').skip(1);
    let (Some(kind), Some(target)) = (parts.next(), parts.next()) else {
        return Err(format!("`{text}` is not type/target type/target"));
    };
    let quantity = Some(target.parse().map_err(|e| format!("{e}"))?);
    let target = match kind {
        "Value" => {
            MetricTarget { target_type: MetricTargetType::Value, value: quantity, ..MetricTarget::default() }
        }
        "AverageValue" => MetricTarget {
            target_type: MetricTargetType::AverageValue,
            average_value: quantity,
            ..MetricTarget::default()
        },
        other => return Err(format!("target type `{other}` of an External metric")),
    };
    let metric = MetricIdentifier { name: NAME.to_owned(), selector: None };
    Ok(MetricSpec {
        source_type: MetricSourceType::External,
        external: Some(ExternalMetricSource { metric, target }),
        ..MetricSpec::default()
    })
}
