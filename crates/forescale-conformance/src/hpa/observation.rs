//! Recorded answers of the metrics APIs.

use super::instant::after;
use forescale_core::autoscaler::hpa::api::{
    CrossVersionObjectReference, LabelSelector, MetricSourceType, MetricSpec, Quantity,
};
use forescale_core::autoscaler::hpa::{
    ContainerMetrics, MetricValueStatus, MetricsApi, MetricsError, Pod, PodMetric, PodMetrics,
};
use forescale_kernel::{SimDuration, Timestamp};
use serde::Deserialize;

/// What a metrics API answered; without any field an empty list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Observation {
    /// Series of an External metric; the value of an Object metric.
    #[serde(default)]
    v: Vec<Quantity>,
    /// A Pods metric by pod.
    #[serde(default)]
    p: Vec<(String, Quantity)>,
    /// Resource metrics.
    #[serde(default)]
    r: Vec<ResourceRecord>,
    /// A Pods or Resource metric by the number of the pod.
    #[serde(default)]
    pv: Vec<Option<Quantity>>,
    /// An error in place of an answer.
    e: Option<String>,
}

/// Usage of one pod's containers; a container with an empty text has none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceRecord {
    #[serde(rename = "n")]
    pod: String,
    #[serde(default)]
    ts: f64,
    #[serde(default)]
    w: f64,
    #[serde(default)]
    c: Vec<(String, String)>,
}

/// The window of a resource sample that is given by its value alone, in seconds.
const WINDOW_S: u64 = 30;

/// The metrics APIs at one sync.
#[derive(Debug)]
pub(super) struct RecordedMetrics<'a> {
    /// Each metric of the spec with what its API answered.
    pub(super) answers: Vec<(&'a MetricSpec, &'a Observation)>,
    pub(super) now: Timestamp,
    pub(super) pods: &'a [Pod],
}

impl RecordedMetrics<'_> {
    /// What was answered for the first metric of that type and name.
    fn find(
        &self,
        is_asked_for: impl Fn(&MetricSpec) -> bool,
        name: &str,
    ) -> Result<&Observation, MetricsError> {
        match self.answers.iter().find(|(metric, _)| is_asked_for(metric)) {
            Some((_, Observation { e: Some(message), .. })) => Err(MetricsError(message.clone())),
            Some((_, observation)) => Ok(observation),
            None => Err(MetricsError(format!("nothing recorded for {name}"))),
        }
    }

    /// The pods that have a value by their number, with that value.
    fn numbered<'b>(&'b self, observation: &'b Observation) -> impl Iterator<Item = (&'b str, i64)> {
        let pods = self.pods.iter().zip(&observation.pv);
        pods.filter_map(|(pod, value)| Some((pod.name.as_str(), value.as_ref()?.milli_value())))
    }

    fn resource(&self, record: &ResourceRecord) -> Result<PodMetrics, MetricsError> {
        let container = |(name, usage): &(String, String)| {
            let usage_milli = match usage.as_str() {
                "" => None,
                usage => {
                    Some(usage.parse::<Quantity>().map_err(|e| MetricsError(e.to_string()))?.milli_value())
                }
            };
            Ok(ContainerMetrics { name: name.clone(), usage_milli })
        };
        Ok(PodMetrics {
            pod: record.pod.clone(),
            timestamp: after(self.now, record.ts),
            window: SimDuration::from_secs_f64(record.w),
            containers: record.c.iter().map(container).collect::<Result<_, _>>()?,
        })
    }
}

impl MetricsApi for RecordedMetrics<'_> {
    fn external_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<i64>, MetricsError> {
        let is_it = |m: &MetricSpec| m.external.as_ref().is_some_and(|source| source.metric.name == name);
        Ok(self.find(is_it, name)?.v.iter().map(Quantity::milli_value).collect())
    }

    fn object_metric(
        &self,
        object: &CrossVersionObjectReference,
        name: &str,
        _: Option<&LabelSelector>,
    ) -> Result<i64, MetricsError> {
        let is_it = |m: &MetricSpec| {
            let source = m.object.as_ref();
            source.is_some_and(|source| source.metric.name == name && source.described_object == *object)
        };
        match self.find(is_it, name)?.v.as_slice() {
            [value] => Ok(value.milli_value()),
            values => Err(MetricsError(format!("{} values for one object", values.len()))),
        }
    }

    fn pods_metric(&self, name: &str, _: Option<&LabelSelector>) -> Result<Vec<PodMetric>, MetricsError> {
        let is_it = |m: &MetricSpec| m.pods.as_ref().is_some_and(|source| source.metric.name == name);
        let found = self.find(is_it, name)?;
        let named = found.p.iter().map(|(pod, value)| (pod.as_str(), value.milli_value()));
        let metric = |(pod, value_milli): (&str, i64)| PodMetric { pod: pod.to_owned(), value_milli };
        Ok(named.chain(self.numbered(found)).map(metric).collect())
    }

    fn resource_metrics(&self, resource: &str) -> Result<Vec<PodMetrics>, MetricsError> {
        let is_it = |m: &MetricSpec| resource_name(m) == Some(resource);
        let found = self.find(is_it, resource)?;
        let numbered = self.numbered(found).map(|(pod, usage)| {
            let container = ContainerMetrics { name: "c0".to_owned(), usage_milli: Some(usage) };
            Ok(PodMetrics {
                pod: pod.to_owned(),
                timestamp: self.now,
                window: SimDuration::from_secs(WINDOW_S),
                containers: vec![container],
            })
        });
        found.r.iter().map(|record| self.resource(record)).chain(numbered).collect()
    }
}

/// The resource that a metric is about.
pub(super) fn resource_name(metric: &MetricSpec) -> Option<&str> {
    match metric.source_type {
        MetricSourceType::Resource => metric.resource.as_ref().map(|source| source.name.as_str()),
        MetricSourceType::ContainerResource => {
            metric.container_resource.as_ref().map(|source| source.name.as_str())
        }
        _ => None,
    }
}

/// An entry of `status.currentMetrics` as recordings write it: `V:812`, `A:31`, `U:45/A:100m`, empty for a failed metric.
pub(super) fn current_text(current: Option<&MetricValueStatus>) -> String {
    match current {
        Some(MetricValueStatus::Value(value)) => format!("V:{value}"),
        Some(MetricValueStatus::AverageValue(value)) => format!("A:{value}"),
        Some(MetricValueStatus::Utilization { average_utilization, average_value }) => {
            format!("U:{average_utilization}/A:{average_value}")
        }
        None => String::new(),
    }
}
