//! Pods, Resource and ContainerResource metrics: a number per pod against a target per pod.

use super::Calculation;
use super::requests;
use super::samples::{Sample, Samples};
use crate::autoscaler::hpa::api::Quantity;
use crate::autoscaler::hpa::float;
use crate::autoscaler::hpa::reasons::{
    Counted, Evaluation, Kept, PodCounts, PodUsage, PodsEvaluation, Refilled, Substitute, TargetKind,
};
use crate::autoscaler::hpa::status::MetricValueStatus;
use std::collections::BTreeMap;

/// How samples are compared with the target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Measure {
    /// Their average with the target, in thousandths.
    Plain { target: i64 },
    /// Their sum in percent of the pods' requests with that many percent.
    Utilization { percent: i32 },
}

/// Which metric.
#[derive(Clone, Copy, Debug)]
pub(super) struct PerPod<'a> {
    pub(super) measure: Measure,
    /// The resource, none for a custom metric.
    pub(super) resource: Option<&'a str>,
    pub(super) container: Option<&'a str>,
}

/// A measure with what it needs to know of the pods.
struct Meter<'a> {
    measure: Measure,
    requests: BTreeMap<&'a str, i64>,
}

/// What a meter shows.
struct Reading {
    usage: PodUsage,
    ratio: f64,
}

impl Meter<'_> {
    /// `GetMetricUsageRatio` and `GetResourceUtilizationRatio` in `metrics/utilization.go`, Kubernetes 1.36.2. Samples must
    /// not be empty.
    fn read(&self, samples: &Samples) -> Result<Reading, String> {
        let sum = |total: i64, value: i64| total.wrapping_add(value);
        match self.measure {
            Measure::Plain { target } => {
                let total_milli = samples.values().map(|sample| sample.value).fold(0, sum);
                let average = divided(total_milli, samples.len() as i64);
                let usage = PodUsage {
                    samples: samples.len(),
                    total_milli,
                    requests_milli: None,
                    usage_milli: average,
                    average_milli: average,
                };
                Ok(Reading { usage, ratio: average as f64 / target as f64 })
            }
            Measure::Utilization { percent } => {
                // A sample without a pod has no request to compare it with.
                let known: Vec<(i64, i64)> = samples
                    .iter()
                    .filter_map(|(pod, sample)| Some((sample.value, *self.requests.get(pod.as_str())?)))
                    .collect();
                let total_milli = known.iter().map(|(value, _)| *value).fold(0, sum);
                let requested = known.iter().map(|(_, request)| *request).fold(0, sum);
                if requested == 0 {
                    return Err("no metrics returned matched known pods".to_owned());
                }
                let utilization = total_milli.wrapping_mul(100).wrapping_div(requested) as i32;
                let usage = PodUsage {
                    samples: samples.len(),
                    total_milli,
                    requests_milli: Some(requested),
                    usage_milli: i64::from(utilization) * 1000,
                    average_milli: divided(total_milli, known.len() as i64),
                };
                Ok(Reading { usage, ratio: f64::from(utilization) / f64::from(percent) })
            }
        }
    }

    /// What a pod without a sample is taken to use where the others use less than the target.
    fn substitute(&self, pod: &str) -> i64 {
        match self.measure {
            Measure::Plain { target } => target,
            Measure::Utilization { percent } => {
                let request = self.requests.get(pod).copied().unwrap_or(0);
                request.wrapping_mul(i64::from(percent.max(100))) / 100
            }
        }
    }
}

/// Go's division of integers, but 0 where there is nothing to divide by.
fn divided(total: i64, count: i64) -> i64 {
    if count == 0 { 0 } else { total.wrapping_div(count) }
}

impl Calculation<'_> {
    /// `calcPlainMetricReplicas` and `GetResourceReplicas` in replica_calculator.go, Kubernetes 1.36.2.
    pub(super) fn per_pod(&self, metric: PerPod<'_>, mut samples: Samples) -> Result<Evaluation, String> {
        let pods = self.observed.pods;
        if pods.is_empty() {
            return Err("no pods returned by selector while calculating replica count".to_owned());
        }
        let groups = self.settings.group_pods(pods, &samples, metric.resource);
        samples.retain(|pod, _| {
            !groups.ignored.contains(pod.as_str()) && !groups.unready.contains(pod.as_str())
        });
        if samples.is_empty() {
            return Err("did not receive metrics for targeted pods (pods might be unready)".to_owned());
        }
        let requests = match (metric.measure, metric.resource) {
            (Measure::Utilization { .. }, Some(resource)) => {
                requests::of_pods(pods, metric.container, resource)?
            }
            _ => BTreeMap::new(),
        };
        let meter = Meter { measure: metric.measure, requests };
        let first = meter.read(&samples)?;
        let counts = PodCounts {
            ready: groups.ready,
            unready: groups.unready.len(),
            missing: groups.missing.len(),
            ignored: groups.ignored.len(),
        };
        let fills_unready = !groups.unready.is_empty() && first.ratio > 1.0;
        if !fills_unready && groups.missing.is_empty() {
            let wanted = float::to_i32((first.ratio * groups.ready as f64).ceil());
            let is_kept = self.settings.tolerances.holds(first.ratio);
            let (counted, proposal) = match is_kept {
                true => (Counted::SpecReplicas(self.scale.spec_replicas), self.scale.spec_replicas),
                false => (Counted::ReadyPods(groups.ready as i64), wanted),
            };
            return Ok(self.evaluation(metric, first, counts, None, (counted, proposal, is_kept)));
        }
        let missing_as = match first.ratio {
            ratio if groups.missing.is_empty() || ratio.is_nan() || ratio == 1.0 => None,
            ratio if ratio < 1.0 => Some(Substitute::Target),
            _ => Some(Substitute::Zero),
        };
        for pod in &groups.missing {
            let value = match missing_as {
                None => break,
                Some(Substitute::Target) => meter.substitute(pod),
                Some(Substitute::Zero) => 0,
            };
            samples.insert((*pod).to_owned(), Sample { value, ..Sample::default() });
        }
        if fills_unready {
            samples.extend(groups.unready.iter().map(|pod| ((*pod).to_owned(), Sample::default())));
        }
        let second = meter.read(&samples)?;
        let (kept, counted, proposal) = self.refilled(first.ratio, second.ratio, samples.len());
        let refilled = Refilled {
            missing_as,
            unready_as_zero: fills_unready,
            usage: second.usage,
            ratio: second.ratio,
            kept,
        };
        let is_kept = kept == Some(Kept::WithinTolerance);
        Ok(self.evaluation(metric, first, counts, Some(refilled), (counted, proposal, is_kept)))
    }

    /// The proposal of the second pass: no change where it would turn the direction of the first.
    fn refilled(&self, first: f64, second: f64, count: usize) -> (Option<Kept>, Counted, i32) {
        let current = self.scale.spec_replicas;
        let wanted = float::to_i32((second * count as f64).ceil());
        let kept = if self.settings.tolerances.holds(second) {
            Kept::WithinTolerance
        } else if first < 1.0 && second > 1.0 || first > 1.0 && second < 1.0 {
            Kept::RatioTurns
        } else if second < 1.0 && wanted > current || second > 1.0 && wanted < current {
            Kept::CountTurns(wanted)
        } else {
            return (None, Counted::Samples(count as i64), wanted);
        };
        (Some(kept), Counted::SpecReplicas(current), current)
    }

    fn evaluation(
        &self,
        metric: PerPod<'_>,
        first: Reading,
        counts: PodCounts,
        refilled: Option<Refilled>,
        (counted, proposal, within_tolerance): (Counted, i32, bool),
    ) -> Evaluation {
        let quantity = match metric.resource {
            Some("memory") => Quantity::from_milli_binary,
            _ => Quantity::from_milli,
        };
        let average = quantity(first.usage.average_milli);
        let (kind, target_milli, current) = match metric.measure {
            Measure::Plain { target } => {
                (TargetKind::AverageValue, target, MetricValueStatus::AverageValue(average))
            }
            Measure::Utilization { percent } => {
                let average_utilization = (first.usage.usage_milli / 1000) as i32;
                let current = MetricValueStatus::Utilization { average_utilization, average_value: average };
                (TargetKind::Utilization, i64::from(percent) * 1000, current)
            }
        };
        Evaluation {
            kind,
            usage_milli: first.usage.usage_milli,
            target_milli,
            counted,
            ratio: first.ratio,
            tolerated: self.settings.tolerances.range(),
            within_tolerance,
            proposal,
            pods: Some(Box::new(PodsEvaluation { counts, usage: first.usage, refilled })),
            current,
        }
    }
}
