//! External and Object metrics: one usage against one target.

use super::Calculation;
use crate::autoscaler::hpa::WithinTolerance;
use crate::autoscaler::hpa::api::Quantity;
use crate::autoscaler::hpa::float;
use crate::autoscaler::hpa::reasons::{Counted, Evaluation, TargetKind};
use crate::autoscaler::hpa::status::MetricValueStatus;

/// Sum of the series; the first overflow upwards ends it at the largest value.
pub(super) fn capped_sum(series: &[i64]) -> i64 {
    let mut sum = 0_i64;
    for value in series {
        sum = match sum.checked_add(*value) {
            Some(sum) => sum,
            None if *value > 0 => return i64::MAX,
            None => sum.wrapping_add(*value),
        };
    }
    sum
}

/// Sum of the series; any negative intermediate sum counts as an overflow and ends it at the largest value.
pub(super) fn running_sum(series: &[i64]) -> i64 {
    let mut sum = 0_i64;
    for value in series {
        sum = sum.wrapping_add(*value);
        if sum < 0 {
            return i64::MAX;
        }
    }
    sum
}

/// ceil(x) as replicas; what is more than 2^31 - 1 becomes that.
fn ceil_capped(x: f64) -> i32 {
    if x > f64::from(i32::MAX) { i32::MAX } else { float::to_i32(x.ceil()) }
}

impl Calculation<'_> {
    /// `getUsageRatioReplicaCount` in replica_calculator.go, Kubernetes 1.36.2.
    pub(super) fn value(&self, usage: i64, target: i64) -> Result<Evaluation, String> {
        let (tolerances, current) = (self.settings.tolerances, self.scale.spec_replicas);
        let ratio = usage as f64 / target as f64;
        let within_tolerance = current != 0 && tolerances.holds(ratio);
        let (counted, proposal) = if current == 0 {
            (Counted::Nothing, float::to_i32(ratio.ceil()))
        } else if within_tolerance {
            (Counted::SpecReplicas(current), current)
        } else {
            let pods = self.observed.pods;
            if pods.is_empty() {
                let message = "unable to calculate ready pods: no pods returned by selector while calculating replica count";
                return Err(message.to_owned());
            }
            let ready = pods.iter().filter(|pod| pod.counts_as_ready()).count() as i64;
            (Counted::ReadyPods(ready), ceil_capped(ratio * ready as f64))
        };
        Ok(Evaluation {
            kind: TargetKind::Value,
            usage_milli: usage,
            target_milli: target,
            counted,
            ratio,
            tolerated: tolerances.range(),
            within_tolerance,
            proposal,
            pods: None,
            current: MetricValueStatus::Value(Quantity::from_milli(usage)),
        })
    }

    /// `GetExternalPerPodMetricReplicas` in replica_calculator.go, Kubernetes 1.36.2.
    pub(super) fn external_average_value(&self, usage: i64, target: i64) -> Evaluation {
        // A sum that rounds to 2^63 is shown undivided.
        let overflown = usage as f64 >= i64::MAX as f64;
        let shown = if overflown { i64::MAX } else { self.per_replica(usage) };
        self.average_value(usage, target, ceil_capped(usage as f64 / target as f64), shown)
    }

    /// `GetObjectPerPodMetricReplicas` in replica_calculator.go, Kubernetes 1.36.2; too many replicas are not capped here.
    pub(super) fn object_average_value(&self, usage: i64, target: i64) -> Evaluation {
        let wanted = float::to_i32((usage as f64 / target as f64).ceil());
        self.average_value(usage, target, wanted, self.per_replica(usage))
    }

    fn per_replica(&self, usage: i64) -> i64 {
        float::to_i64((usage as f64 / f64::from(self.scale.status_replicas)).ceil())
    }

    /// Within the tolerance the answer is `status.replicas`, not `spec.replicas` (kubernetes/kubernetes#138505), unless the
    /// settings say that this is mended.
    fn average_value(&self, usage: i64, target: i64, wanted: i32, shown: i64) -> Evaluation {
        let tolerances = self.settings.tolerances;
        let status = self.scale.status_replicas;
        let ratio = usage as f64 / (target as f64 * f64::from(status));
        let within_tolerance = tolerances.holds(ratio);
        let held = match self.settings.within_tolerance {
            WithinTolerance::StatusReplicas => status,
            WithinTolerance::SpecReplicas => self.scale.spec_replicas,
        };
        Evaluation {
            kind: TargetKind::AverageValue,
            usage_milli: usage,
            target_milli: target,
            counted: Counted::StatusReplicas(status),
            ratio,
            tolerated: tolerances.range(),
            within_tolerance,
            proposal: if within_tolerance { held } else { wanted },
            pods: None,
            current: MetricValueStatus::AverageValue(Quantity::from_milli(shown)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_overflow_as_the_original_does() {
        assert_eq!(capped_sum(&[i64::MAX, 1, -5]), i64::MAX);
        assert_eq!(capped_sum(&[5, -8, 1]), -2);
        assert_eq!(capped_sum(&[i64::MIN, -1]), i64::MAX);
        assert_eq!(capped_sum(&[i64::MIN, -2]), i64::MAX - 1);
        assert_eq!(running_sum(&[5, -8, 9]), i64::MAX);
        assert_eq!(running_sum(&[5, -5, 9]), 9);
    }
}
