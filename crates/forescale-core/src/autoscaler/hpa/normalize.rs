//! From the metrics' wish to the new replica count: windows, policies, min and max.

use super::api::{HorizontalPodAutoscalerBehavior, Spec};
use super::float;
use super::history::{History, NS_PER_S, Recommendation, before};
use super::policy;
use super::reasons::{Clamp, Held, LimitReason, LimitedBy, Stabilization, Window};
use forescale_kernel::{SimDuration, Timestamp};

/// Inputs that both ways share.
pub(super) struct Wish<'a> {
    pub(super) now: Timestamp,
    pub(super) spec: &'a Spec,
    pub(super) current: i32,
    /// What the metrics ask for.
    pub(super) desired: i32,
    /// The flag `downscale-stabilization`.
    pub(super) downscale_stabilization: SimDuration,
}

/// What normalization gives: the reason of `AbleToScale`, and the effects.
pub(super) struct Normalized {
    pub(super) able_to_scale: &'static str,
    pub(super) stabilization: Stabilization,
    pub(super) clamp: Clamp,
}

impl Wish<'_> {
    fn ns(&self) -> i64 {
        i64::try_from(self.downscale_stabilization.as_ps() / 1000).unwrap_or(i64::MAX)
    }

    fn recommendation(&self) -> Recommendation {
        Recommendation { at: self.now, replicas: self.desired }
    }

    fn held(&self, window: Window, length_ns: i64, by: Recommendation) -> Held {
        let length = SimDuration::from_ps(u64::try_from(length_ns).unwrap_or(0).saturating_mul(1000));
        Held { window, length, replicas: by.replicas, age: self.now.since(by.at) }
    }

    /// `normalizeDesiredReplicas` in horizontal.go, Kubernetes 1.36.2: a window downwards, at most doubling upwards.
    pub(super) fn without_behavior(&self, history: &mut History) -> Normalized {
        let cutoff = self.now.minus_ns(self.ns());
        // Of equal extremes the youngest is told: it holds longest.
        let mut max = self.recommendation();
        let mut slot = None;
        for (i, entry) in history.recommendations().iter().enumerate() {
            // An entry exactly at the cutoff still counts here.
            if entry.at < cutoff {
                slot = Some(i);
            } else if (entry.replicas, entry.at) > (max.replicas, max.at) {
                max = *entry;
            }
        }
        history.record(slot, self.recommendation());
        let stabilized = max.replicas;
        let held = (stabilized != self.desired).then(|| self.held(Window::ScaleDown, self.ns(), max));
        Normalized {
            able_to_scale: if held.is_some() { "ScaleDownStabilized" } else { "ReadyForNewScale" },
            stabilization: Stabilization { recommendation: self.desired, stabilized, held },
            clamp: self.doubling_and_range(stabilized),
        }
    }

    /// `convertDesiredReplicasWithRules` in horizontal.go, Kubernetes 1.36.2.
    fn doubling_and_range(&self, wanted: i32) -> Clamp {
        let limit = float::to_i32((2.0 * f64::from(self.current)).max(4.0));
        let (min, max) = (self.spec.min_replicas, self.spec.max_replicas);
        let (top, top_reason) = if max > limit {
            (limit, LimitReason::ScaleUpLimit)
        } else {
            (max, LimitReason::TooManyReplicas)
        };
        let (after, reason) = if wanted < min {
            (min, LimitReason::TooFewReplicas)
        } else if wanted > top {
            (top, top_reason)
        } else {
            (wanted, LimitReason::DesiredWithinRange)
        };
        clamp(wanted, after, reason, LimitedBy::Doubling)
    }

    /// `normalizeDesiredReplicasWithBehaviors` in horizontal.go, Kubernetes 1.36.2.
    pub(super) fn with_behavior(
        &self,
        behavior: &HorizontalPodAutoscalerBehavior,
        history: &mut History,
    ) -> Normalized {
        let up_seconds = behavior.scale_up.stabilization_window_seconds.unwrap_or(0);
        let whole_seconds = i32::try_from(self.ns() / NS_PER_S).unwrap_or(i32::MAX);
        let down_seconds = behavior.scale_down.stabilization_window_seconds.unwrap_or(whole_seconds);
        let (up_cutoff, down_cutoff) = (before(self.now, up_seconds), before(self.now, down_seconds));
        let (mut lowest, mut highest) = (self.recommendation(), self.recommendation());
        let mut slot = None;
        for (i, entry) in history.recommendations().iter().enumerate() {
            // An entry exactly at a cutoff is outside the window, and its slot is not reused either.
            if entry.at > up_cutoff && (entry.replicas, lowest.at) < (lowest.replicas, entry.at) {
                lowest = *entry;
            }
            if entry.at > down_cutoff && (entry.replicas, entry.at) > (highest.replicas, highest.at) {
                highest = *entry;
            }
            if entry.at < up_cutoff && entry.at < down_cutoff {
                slot = Some(i);
            }
        }
        history.record(slot, self.recommendation());
        // lowest ≤ desired ≤ highest, so the order of the two does not matter.
        let stabilized = self.current.max(lowest.replicas).min(highest.replicas);
        let seconds = |s: i32| i64::from(s).saturating_mul(NS_PER_S);
        let held = match stabilized {
            s if s > self.desired => Some(self.held(Window::ScaleDown, seconds(down_seconds), highest)),
            s if s < self.desired => Some(self.held(Window::ScaleUp, seconds(up_seconds), lowest)),
            _ => None,
        };
        Normalized {
            able_to_scale: match held {
                None => "ReadyForNewScale",
                Some(_) if self.desired >= self.current => "ScaleUpStabilized",
                Some(_) => "ScaleDownStabilized",
            },
            stabilization: Stabilization { recommendation: self.desired, stabilized, held },
            clamp: self.policies_and_range(behavior, history, stabilized),
        }
    }

    /// `convertDesiredReplicasWithBehaviorRate` in horizontal.go, Kubernetes 1.36.2.
    fn policies_and_range(
        &self,
        behavior: &HorizontalPodAutoscalerBehavior,
        history: &History,
        wanted: i32,
    ) -> Clamp {
        let (now, current) = (self.now, self.current);
        if wanted > current {
            let (limit, by) = policy::limit(history, now, current, &behavior.scale_up, true);
            let (limit, max) = (limit.max(current), self.spec.max_replicas);
            let (top, reason) = if max > limit {
                (limit, LimitReason::ScaleUpLimit)
            } else {
                (max, LimitReason::TooManyReplicas)
            };
            clamp(wanted, wanted.min(top), reason, by)
        } else if wanted < current {
            let (limit, by) = policy::limit(history, now, current, &behavior.scale_down, false);
            let (limit, min) = (limit.min(current), self.spec.min_replicas);
            let (bottom, reason) = if min < limit {
                (limit, LimitReason::ScaleDownLimit)
            } else {
                (min, LimitReason::TooFewReplicas)
            };
            clamp(wanted, wanted.max(bottom), reason, by)
        } else {
            clamp(wanted, wanted, LimitReason::DesiredWithinRange, LimitedBy::Disabled)
        }
    }
}

fn clamp(before: i32, after: i32, reason: LimitReason, by: LimitedBy) -> Clamp {
    let reason = if before == after { LimitReason::DesiredWithinRange } else { reason };
    let rate = matches!(reason, LimitReason::ScaleUpLimit | LimitReason::ScaleDownLimit);
    Clamp { before, after, reason, limited_by: rate.then_some(by), raised_to_min: None }
}
