//! What policies, `minReplicas` and `maxReplicas` did to a count.

use forescale_core::autoscaler::hpa::api::HPAScalingPolicyType;
use forescale_core::autoscaler::hpa::{Clamp, LimitedBy, PolicyLimit};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Bounds<'a> {
    /// The count before.
    before_replicas: i32,
    /// The count after.
    after_replicas: i32,
    /// What set the rate limit: `policy`, `disabled` (`selectPolicy: Disabled`), `no_policies`, `doubling` (without `behavior`: twice the
    /// replicas, at least 4); `null` where no rate limit counted.
    limited_by: Option<&'static str>,
    /// The policy, where `limited_by` is `policy`; else `null`.
    policy: Option<Policy<'a>>,
    /// The `minReplicas` to which the count was raised on the way back from zero; else `null`.
    raised_to_min_replicas: Option<i32>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Policy<'a> {
    /// `Pods` or `Percent`.
    r#type: &'a str,
    /// Its value: pods, or percent of the replicas at the start of the period.
    value: i32,
    /// Its period.
    period_s: i32,
    /// The replicas at the start of the period.
    period_start_replicas: i32,
    /// The count that it allows.
    limit_replicas: i32,
}

impl<'a> From<&'a Clamp> for Bounds<'a> {
    fn from(clamp: &'a Clamp) -> Self {
        let by = clamp.limited_by.as_ref();
        Self {
            before_replicas: clamp.before,
            after_replicas: clamp.after,
            limited_by: by.map(|by| match by {
                LimitedBy::Policy(_) => "policy",
                LimitedBy::Disabled => "disabled",
                LimitedBy::NoPolicies => "no_policies",
                LimitedBy::Doubling => "doubling",
            }),
            policy: by.and_then(|by| match by {
                LimitedBy::Policy(limit) => Some(Policy::from(limit)),
                _ => None,
            }),
            raised_to_min_replicas: clamp.raised_to_min,
        }
    }
}

impl<'a> From<&'a PolicyLimit> for Policy<'a> {
    fn from(limit: &'a PolicyLimit) -> Self {
        let policy = &limit.policy;
        Self {
            r#type: match &policy.policy_type {
                HPAScalingPolicyType::Other(_) => "Pods",
                known => known.as_str(),
            },
            value: policy.value,
            period_s: policy.period_seconds,
            period_start_replicas: limit.period_start_replicas,
            limit_replicas: limit.limit,
        }
    }
}
