//! Scaling policies: how far the replicas may move in a period.

use super::api::{HPAScalingPolicy, HPAScalingPolicyType, HPAScalingRules, ScalingPolicySelect};
use super::float;
use super::history::{History, changed_within};
use super::reasons::{LimitedBy, PolicyLimit};
use forescale_kernel::Timestamp;

/// The replicas up to which (down to which) the policies of one direction let the target move, and which policy said so.
///
/// The count may be on the wrong side of `current`; the caller clamps. Formulas: `calculateScaleUpLimitWithScalingRules`,
/// `calculateScaleDownLimitWithBehaviors` in horizontal.go, Kubernetes 1.36.2. Without policies (which validation refuses)
/// the limit is the start value of the search, as there.
pub(super) fn limit(
    history: &History,
    now: Timestamp,
    current: i32,
    rules: &HPAScalingRules,
    up: bool,
) -> (i32, LimitedBy) {
    if rules.select_policy == ScalingPolicySelect::Disabled {
        return (current, LimitedBy::Disabled);
    }
    // The largest change is the largest count upwards and the smallest count downwards.
    let want_min = (rules.select_policy == ScalingPolicySelect::Min) == up;
    let mut best: Option<PolicyLimit> = None;
    for policy in &rules.policies {
        let found = one(history, now, current, policy, up);
        let better = best
            .as_ref()
            .is_none_or(|b| if want_min { found.limit < b.limit } else { found.limit > b.limit });
        if better {
            best = Some(found);
        }
    }
    match best {
        Some(best) => (best.limit, LimitedBy::Policy(best)),
        None => (if want_min { i32::MAX } else { i32::MIN }, LimitedBy::NoPolicies),
    }
}

fn one(history: &History, now: Timestamp, current: i32, policy: &HPAScalingPolicy, up: bool) -> PolicyLimit {
    let added = changed_within(&history.scale_up_events, now, policy.period_seconds);
    let removed = changed_within(&history.scale_down_events, now, policy.period_seconds);
    let start = current.wrapping_sub(added).wrapping_add(removed);
    let (from, value) = (f64::from(start), f64::from(policy.value));
    let limit = match (&policy.policy_type, up) {
        (HPAScalingPolicyType::Percent, true) => float::to_i32((from * (1.0 + value / 100.0)).ceil()),
        (HPAScalingPolicyType::Percent, false) => float::to_i32(from * (1.0 - value / 100.0)),
        (_, true) => start.wrapping_add(policy.value),
        (_, false) => start.wrapping_sub(policy.value),
    };
    PolicyLimit { policy: policy.clone(), period_start_replicas: start, limit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autoscaler::hpa::ScaleEvent;

    fn percent(value: i32) -> HPAScalingPolicy {
        HPAScalingPolicy { policy_type: HPAScalingPolicyType::Percent, value, period_seconds: 15 }
    }

    #[test]
    fn percentages_keep_the_float_traps() {
        let at = |current, value, up| {
            one(&History::default(), Timestamp::default(), current, &percent(value), up).limit
        };
        assert_eq!(at(5, 80, false), 0);
        assert_eq!(at(50, 10, true), 56);
        assert_eq!(at(25, 120, true), 56);
        assert_eq!(at(10, 50, false), 5);
        assert_eq!(at(2, 300, false), -4);
    }

    #[test]
    fn of_policies_that_allow_the_same_the_first_is_told() {
        let pods =
            |value| HPAScalingPolicy { policy_type: HPAScalingPolicyType::Pods, value, period_seconds: 15 };
        for (policies, up) in [(vec![pods(4), percent(100)], true), (vec![percent(50), pods(2)], false)] {
            for select_policy in [ScalingPolicySelect::Max, ScalingPolicySelect::Min] {
                let rules = HPAScalingRules {
                    policies: policies.clone(),
                    select_policy,
                    stabilization_window_seconds: None,
                    tolerance: None,
                };
                let (_, by) = limit(&History::default(), Timestamp::default(), 4, &rules, up);
                assert!(matches!(&by, LimitedBy::Policy(told) if told.policy == policies[0]), "{by:?}");
            }
        }
    }

    #[test]
    fn the_period_starts_before_changes_in_both_directions() {
        let event = |change| ScaleEvent { at: Timestamp::from_unix_secs(1), change, outdated: false };
        let history = History {
            scale_up_events: vec![event(5), event(1)],
            scale_down_events: vec![event(2)],
            ..History::default()
        };
        let found = one(&history, Timestamp::from_unix_secs(15), 8, &percent(100), true);
        assert_eq!((found.period_start_replicas, found.limit), (4, 8));
        let found = one(&history, Timestamp::from_unix_secs(16), 8, &percent(100), true);
        assert_eq!((found.period_start_replicas, found.limit), (8, 16));
    }
}
