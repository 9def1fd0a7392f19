//! One line per sync, from which each number can be recomputed.

use super::api::HPAScalingPolicyType;
use super::reasons::{
    Branch, Clamp, Counted, Evaluation, Kept, LimitReason, LimitedBy, MetricReason, PodCounts, PodUsage,
    PodsEvaluation, Reasons, Stabilization, Substitute, TargetKind, Window,
};
use super::sync::Sync;
use std::fmt;

/// Thousandths as a plain decimal number: `12.5`.
struct Milli(i64);

impl fmt::Display for Milli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", magnitude / 1000)?;
        match magnitude % 1000 {
            0 => Ok(()),
            rest => write!(f, ".{}", format!("{rest:03}").trim_end_matches('0')),
        }
    }
}

impl Evaluation {
    /// Usage and target, where one sum or one value is compared: `76/250`, `80 %/50 %`.
    fn write_ratio(&self, f: &mut fmt::Formatter<'_>, usage: &PodUsage) -> fmt::Result {
        write!(f, "{}/", Milli(usage.total_milli))?;
        let unit = match usage.requests_milli {
            Some(requests) => {
                write!(f, "{} requested = ", Milli(requests))?;
                " %"
            }
            None => {
                write!(f, "{} sample{} = ", usage.samples, if usage.samples == 1 { "" } else { "s" })?;
                ""
            }
        };
        write!(f, "{}{unit}/{}{unit}", Milli(usage.usage_milli), Milli(self.target_milli))
    }

    fn write_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.within_tolerance {
            write!(f, " within {}..{}", self.tolerated.0, self.tolerated.1)?;
        }
        write!(f, " → {}", self.proposal)
    }

    /// A metric per pod: `126/4 samples = 31.5/10 × 4 ready → 13`, and with a second pass
    /// `126/4 samples = 31.5/10 (1 unready, 2 missing), missing as 0, unready as 0: 126/7 samples = 18/10 × 7 → 13`
    fn write_per_pod(&self, f: &mut fmt::Formatter<'_>, pods: &PodsEvaluation) -> fmt::Result {
        self.write_ratio(f, &pods.usage)?;
        let PodCounts { unready, missing, ignored, .. } = pods.counts;
        let mut separator = " (";
        for (count, group) in [(unready, "unready"), (missing, "missing"), (ignored, "ignored")] {
            if count > 0 {
                write!(f, "{separator}{count} {group}")?;
                separator = ", ";
            }
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        if let Some(refilled) = &pods.refilled {
            match (refilled.missing_as, self.kind) {
                (Some(Substitute::Target), TargetKind::Utilization) => {
                    write!(f, ", missing as {} % of their requests", (self.target_milli / 1000).max(100))?;
                }
                (Some(Substitute::Target), _) => write!(f, ", missing as {}", Milli(self.target_milli))?,
                (Some(Substitute::Zero), _) => f.write_str(", missing as 0")?,
                (None, _) => {}
            }
            if refilled.unready_as_zero {
                f.write_str(", unready as 0")?;
            }
            f.write_str(": ")?;
            self.write_ratio(f, &refilled.usage)?;
            match refilled.kept {
                Some(Kept::RatioTurns) => f.write_str(", which would turn the direction")?,
                Some(Kept::CountTurns(count)) => {
                    let samples = refilled.usage.samples;
                    write!(f, " × {samples} → {count}, which would turn the direction")?;
                }
                Some(Kept::WithinTolerance) | None => {}
            }
        }
        match self.counted {
            Counted::ReadyPods(n) => write!(f, " × {n} ready"),
            Counted::Samples(n) => write!(f, " × {n}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Evaluation {
    /// `812/250 × 1 ready → 4`, `31/250 per replica of 1 → 1`, `760/250 per replica of 3 within 0.9..1.1 → 3`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(pods) = &self.pods {
            self.write_per_pod(f, pods)?;
            return self.write_end(f);
        }
        write!(f, "{}/{}", Milli(self.usage_milli), Milli(self.target_milli))?;
        match (self.kind, self.counted, self.within_tolerance) {
            (TargetKind::AverageValue, Counted::StatusReplicas(n), _) => write!(f, " per replica of {n}")?,
            (TargetKind::AverageValue, ..) => f.write_str(" per replica")?,
            (_, Counted::ReadyPods(n), _) => write!(f, " × {n} ready")?,
            _ => {}
        }
        self.write_end(f)
    }
}

impl fmt::Display for MetricReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(evaluation) => write!(f, "{} {evaluation}", self.name),
            Err(failure) => write!(f, "{} {}: {}", self.name, failure.reason, failure.message),
        }
    }
}

impl fmt::Display for Stabilization {
    /// `scaleDown window 5m: 8 wanted 45s ago → 8`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(held) = &self.held else {
            return write!(f, "→ {}", self.stabilized);
        };
        let window = match held.window {
            Window::ScaleUp => "scaleUp",
            Window::ScaleDown => "scaleDown",
        };
        write!(
            f,
            "{window} window {}: {} wanted {} ago → {}",
            held.length, held.replicas, held.age, self.stabilized
        )
    }
}

impl fmt::Display for LimitedBy {
    /// `Percent 100/15s from 3`: 100 % of the 3 replicas that there were 15 s ago
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(limit) => {
                let policy = &limit.policy;
                let kind = match &policy.policy_type {
                    HPAScalingPolicyType::Other(_) => "Pods",
                    known => known.as_str(),
                };
                let (value, period, start) =
                    (policy.value, policy.period_seconds, limit.period_start_replicas);
                write!(f, "{kind} {value}/{period}s from {start}")
            }
            Self::Disabled => f.write_str("selectPolicy Disabled"),
            Self::NoPolicies => f.write_str("no policies"),
            Self::Doubling => f.write_str("twice the replicas, at least 4,"),
        }
    }
}

impl fmt::Display for Clamp {
    /// `ScaleUpLimit: Percent 100/15s from 1 allows 2`, `TooManyReplicas: 8`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.reason.as_str())?;
        match &self.limited_by {
            // Changes within the period can use up more than the policy allows; the count then stays.
            Some(by @ LimitedBy::Policy(policy)) if policy.limit != self.after => {
                write!(f, "{by} allows {}, stays {}", policy.limit, self.after)?;
            }
            Some(by) => write!(f, "{by} allows {}", self.after)?,
            None => write!(f, "{}", self.after)?,
        }
        match self.raised_to_min {
            Some(min) => write!(f, " · from zero to minReplicas {min}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Reasons {
    /// The parts of the decision, joined by ` · `.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.branch {
            Branch::NoScale => return f.write_str("FailedGetScale"),
            Branch::Disabled => return f.write_str("ScalingDisabled: 0 replicas"),
            Branch::AboveMax(max) => return write!(f, "{} above maxReplicas → {max}", self.current_replicas),
            Branch::BelowMin(min) => return write!(f, "{} below minReplicas → {min}", self.current_replicas),
            Branch::Metrics | Branch::MetricsFailed => {}
        }
        for (i, metric) in self.metrics.iter().enumerate() {
            let separator = if i == 0 { "" } else { " · " };
            write!(f, "{separator}{metric}")?;
        }
        if self.branch == Branch::MetricsFailed {
            return write!(f, " · no decision, stays {}", self.current_replicas);
        }
        if let Some(stabilization) = self.stabilization.as_ref().filter(|s| s.held.is_some()) {
            write!(f, " · {stabilization}")?;
        }
        let shown = |c: &&Clamp| c.reason != LimitReason::DesiredWithinRange || c.raised_to_min.is_some();
        if let Some(clamp) = self.clamp.as_ref().filter(shown) {
            write!(f, " · {clamp}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Sync {
    /// The reasons, and the error if a write failed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reasons)?;
        match &self.error {
            Some(error @ super::SyncError::FailedUpdateScale(_)) => write!(f, " · {error}"),
            Some(super::SyncError::FailedGetScale(message)) => write!(f, ": {message}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscaler::hpa::api::Quantity;
    use crate::autoscaler::hpa::status::MetricValueStatus;

    #[test]
    fn thousandths_are_plain_numbers() {
        let texts = [0, 1, 12_500, -1_500, 7_000].map(|milli| Milli(milli).to_string());
        assert_eq!(texts, ["0", "0.001", "12.5", "-1.5", "7"]);
    }

    #[test]
    fn the_replicas_that_were_divided_by_are_told_if_any_were() {
        let text = |kind, counted| {
            let evaluation = Evaluation {
                kind,
                usage_milli: 760_000,
                target_milli: 250_000,
                counted,
                ratio: 3.04,
                tolerated: (0.9, 1.1),
                within_tolerance: false,
                proposal: 4,
                pods: None,
                current: MetricValueStatus::Value(Quantity::from_milli(760_000)),
            };
            evaluation.to_string()
        };
        let average = TargetKind::AverageValue;
        assert_eq!(text(average, Counted::StatusReplicas(3)), "760/250 per replica of 3 → 4");
        assert_eq!(text(average, Counted::Nothing), "760/250 per replica → 4");
        assert_eq!(text(TargetKind::Value, Counted::ReadyPods(1)), "760/250 × 1 ready → 4");
        assert_eq!(text(TargetKind::Value, Counted::Nothing), "760/250 → 4");
    }
}
