//! What the controller remembers between syncs. It is lost when kube-controller-manager restarts.

use super::api::HPAScalingRules;
use forescale_kernel::Timestamp;

/// Nanoseconds in a second.
pub(super) const NS_PER_S: i64 = 1_000_000_000;

/// A desired replica count as metrics alone gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// When it was computed.
    pub at: Timestamp,
    /// Replicas, before windows, policies, min and max.
    pub replicas: i32,
}

/// A change of the replicas that this controller made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleEvent {
    /// When it was made.
    pub at: Timestamp,
    /// Replicas added or removed; positive.
    pub change: i32,
    /// Once marked, the entry may be overwritten; it still counts for longer periods until then.
    pub outdated: bool,
}

/// The memory for one HPA, in storage order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub(super) recommendations: Option<Vec<Recommendation>>,
    pub(super) scale_up_events: Vec<ScaleEvent>,
    pub(super) scale_down_events: Vec<ScaleEvent>,
}

impl History {
    /// Recommendations; slots that fell out of the window are reused, so times need not ascend.
    pub fn recommendations(&self) -> &[Recommendation] {
        self.recommendations.as_deref().unwrap_or_default()
    }

    /// Changes upwards.
    pub fn scale_up_events(&self) -> &[ScaleEvent] {
        &self.scale_up_events
    }

    /// Changes downwards.
    pub fn scale_down_events(&self) -> &[ScaleEvent] {
        &self.scale_down_events
    }

    /// Starts the list with the replicas found, unless there is one.
    pub(super) fn start(&mut self, now: Timestamp, current: i32) {
        self.recommendations.get_or_insert_with(|| vec![Recommendation { at: now, replicas: current }]);
    }

    /// Records a recommendation in the slot, or at the end.
    pub(super) fn record(&mut self, slot: Option<usize>, entry: Recommendation) {
        let list = self.recommendations.get_or_insert_default();
        match slot.and_then(|i| list.get_mut(i)) {
            Some(old) => *old = entry,
            None => list.push(entry),
        }
    }

    /// Stores a change that was written (`storeScaleEvent` in horizontal.go, Kubernetes 1.36.2).
    ///
    /// Entries older than the longest period of *this direction's* policies become outdated, and the last outdated one
    /// is overwritten.
    pub(super) fn store_event(
        &mut self,
        now: Timestamp,
        old: i32,
        new: i32,
        up: &HPAScalingRules,
        down: &HPAScalingRules,
    ) {
        let (events, rules) =
            if new > old { (&mut self.scale_up_events, up) } else { (&mut self.scale_down_events, down) };
        let longest = rules.policies.iter().map(|p| p.period_seconds).max().unwrap_or(0);
        let cutoff = before(now, longest);
        let mut slot = None;
        for event in events.iter_mut() {
            event.outdated |= event.at < cutoff;
            if event.outdated {
                slot = Some(event);
            }
        }
        let change = if new > old { new.wrapping_sub(old) } else { old.wrapping_sub(new) };
        let entry = ScaleEvent { at: now, change, outdated: false };
        match slot {
            Some(old) => *old = entry,
            None => events.push(entry),
        }
    }
}

/// The instant `seconds` before `now`.
pub(super) fn before(now: Timestamp, seconds: i32) -> Timestamp {
    now.minus_ns(i64::from(seconds).saturating_mul(NS_PER_S))
}

/// Sum of the changes strictly later than `seconds` before `now`, outdated ones included.
pub(super) fn changed_within(events: &[ScaleEvent], now: Timestamp, seconds: i32) -> i32 {
    let cutoff = before(now, seconds);
    events.iter().filter(|e| e.at > cutoff).fold(0_i32, |sum, e| sum.wrapping_add(e.change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscaler::hpa::api::{HPAScalingPolicy, HPAScalingPolicyType, ScalingPolicySelect};

    fn rules(period_seconds: i32) -> HPAScalingRules {
        HPAScalingRules {
            stabilization_window_seconds: None,
            select_policy: ScalingPolicySelect::Max,
            policies: vec![HPAScalingPolicy {
                policy_type: HPAScalingPolicyType::Pods,
                value: 1,
                period_seconds,
            }],
            tolerance: None,
        }
    }

    fn stored(history: &mut History, second: i64, old: i32, new: i32, period: i32) -> Vec<(i64, i32, bool)> {
        history.store_event(Timestamp::from_unix_secs(second), old, new, &rules(period), &rules(period));
        let events = if new > old { &history.scale_up_events } else { &history.scale_down_events };
        events.iter().map(|e| (e.at.as_unix_ns() / NS_PER_S, e.change, e.outdated)).collect()
    }

    #[test]
    fn the_last_outdated_event_is_overwritten_and_outdated_events_stay_so() {
        let mut history = History::default();
        stored(&mut history, 0, 1, 3, 60);
        stored(&mut history, 10, 3, 4, 60);
        assert_eq!(stored(&mut history, 60, 4, 5, 60), [(0, 2, false), (10, 1, false), (60, 1, false)]);
        assert_eq!(stored(&mut history, 71, 5, 7, 60), [(0, 2, true), (71, 2, false), (60, 1, false)]);
        // With a longer period the first event would be young again, but it keeps its mark and makes room.
        assert_eq!(stored(&mut history, 72, 7, 8, 600), [(72, 1, false), (71, 2, false), (60, 1, false)]);
        assert_eq!(stored(&mut history, 73, 8, 2, 60), [(73, 6, false)]);
    }

    #[test]
    fn a_change_exactly_a_period_ago_no_longer_counts() {
        let mut history = History::default();
        stored(&mut history, 0, 1, 3, 60);
        stored(&mut history, 10, 3, 4, 60);
        let within = |now| changed_within(&history.scale_up_events, Timestamp::from_unix_secs(now), 60);
        assert_eq!([59, 60, 69, 70].map(within), [3, 1, 1, 0]);
    }
}
