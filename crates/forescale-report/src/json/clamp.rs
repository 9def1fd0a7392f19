//! What policies, `minReplicas` and `maxReplicas` did to a count.

use forescale_core::autoscaler::hpa::api::HPAScalingPolicyType;
use forescale_core::autoscaler::hpa::{Clamp, LimitedBy, PolicyLimit};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Bounds {
    /// The count before.
    pub(crate) before_replicas: i32,
    /// The count after.
    pub(crate) after_replicas: i32,
    /// What set the rate limit: `policy`, `disabled` (`selectPolicy: Disabled`), `no_policies`, `doubling` (without `behavior`: twice the
    /// replicas, at least 4); `null` where no rate limit counted.
    pub(crate) limited_by: Option<String>,
    /// The policy, where `limited_by` is `policy`; else `null`.
    pub(crate) policy: Option<Policy>,
    /// The `minReplicas` to which the count was raised on the way back from zero; else `null`.
    pub(crate) raised_to_min_replicas: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Policy {
    /// `Pods` or `Percent`.
    pub(crate) r#type: String,
    /// Its value: pods, or percent of the replicas at the start of the period.
    pub(crate) value: i32,
    /// Its period.
    pub(crate) period_s: i32,
    /// The replicas at the start of the period.
    pub(crate) period_start_replicas: i32,
    /// The count that it allows.
    pub(crate) limit_replicas: i32,
}

impl From<&Clamp> for Bounds {
    fn from(clamp: &Clamp) -> Self {
        let by = clamp.limited_by.as_ref();
        Self {
            before_replicas: clamp.before,
            after_replicas: clamp.after,
            limited_by: by.map(|by| {
                let word = match by {
                    LimitedBy::Policy(_) => "policy",
                    LimitedBy::Disabled => "disabled",
                    LimitedBy::NoPolicies => "no_policies",
                    LimitedBy::Doubling => "doubling",
                };
                word.to_owned()
            }),
            policy: by.and_then(|by| match by {
                LimitedBy::Policy(limit) => Some(Policy::from(limit)),
                _ => None,
            }),
            raised_to_min_replicas: clamp.raised_to_min,
        }
    }
}

impl From<&PolicyLimit> for Policy {
    fn from(limit: &PolicyLimit) -> Self {
        let policy = &limit.policy;
        Self {
            r#type: match &policy.policy_type {
                HPAScalingPolicyType::Other(_) => "Pods",
                known => known.as_str(),
            }
            .to_owned(),
            value: policy.value,
            period_s: policy.period_seconds,
            period_start_replicas: limit.period_start_replicas,
            limit_replicas: limit.limit,
        }
    }
}
