//! Status conditions of an HPA.

use super::messages;
use forescale_kernel::Timestamp;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// `True`
    True,
    /// `False`
    False,
    /// `Unknown`
    Unknown,
}

impl fmt::Display for ConditionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        })
    }
}

/// Type of an HPA condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionType {
    /// Whether the scale subresource can be read and written, and whether a window holds the replicas.
    AbleToScale,
    /// Whether replicas can be computed from metrics.
    ScalingActive,
    /// Whether min, max or a rate limit cut the wish.
    ScalingLimited,
    /// Whether this HPA took the target to zero replicas (only with the gate `HPAScaleToZero`).
    ScaledToZero,
}

impl fmt::Display for ConditionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AbleToScale => "AbleToScale",
            Self::ScalingActive => "ScalingActive",
            Self::ScalingLimited => "ScalingLimited",
            Self::ScaledToZero => "ScaledToZero",
        })
    }
}

/// A sentence that many syncs share.
#[derive(Clone, Debug)]
pub enum Message {
    /// Always the same words.
    Static(&'static str),
    /// Words with data in them.
    Shared(Arc<str>),
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Static(words) => words,
            Self::Shared(words) => words,
        }
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Message {}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its key.
    pub condition_type: ConditionType,
    /// Its status.
    pub status: ConditionStatus,
    /// Kubernetes' one-word reason.
    pub reason: &'static str,
    /// Kubernetes' sentence about it.
    pub message: Message,
    /// When `status` (not `reason`) last changed.
    pub last_transition_time: Timestamp,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}/{}", self.condition_type, self.status, self.reason)
    }
}

/// The conditions of an HPA, in the order in which they first appeared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions(Vec<Condition>);

impl Conditions {
    /// The conditions, oldest entry first.
    pub fn as_slice(&self) -> &[Condition] {
        &self.0
    }

    /// The condition of this type, if it has appeared.
    pub fn get(&self, condition_type: ConditionType) -> Option<&Condition> {
        self.0.iter().find(|c| c.condition_type == condition_type)
    }

    pub(super) fn is_true(&self, condition_type: ConditionType) -> bool {
        self.get(condition_type).is_some_and(|c| c.status == ConditionStatus::True)
    }

    /// Sets a condition whose reason decides its message.
    pub(super) fn set(
        &mut self,
        now: Timestamp,
        condition_type: ConditionType,
        value: bool,
        reason: &'static str,
    ) {
        self.set_with(now, condition_type, value, reason, Message::Static(messages::of_reason(reason)));
    }

    /// Sets a condition with a message of its own.
    pub(super) fn set_with(
        &mut self,
        now: Timestamp,
        condition_type: ConditionType,
        value: bool,
        reason: &'static str,
        message: Message,
    ) {
        let status = if value { ConditionStatus::True } else { ConditionStatus::False };
        match self.0.iter_mut().find(|c| c.condition_type == condition_type) {
            Some(c) => {
                if c.status != status {
                    c.last_transition_time = now;
                }
                c.status = status;
                c.reason = reason;
                // The same words are kept once, however often they are said.
                if *c.message != *message {
                    c.message = message;
                }
            }
            None => {
                self.0.push(Condition { condition_type, status, reason, message, last_transition_time: now });
            }
        }
    }

    pub(super) fn remove(&mut self, condition_type: ConditionType) {
        self.0.retain(|c| c.condition_type != condition_type);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_equal_by_their_words() {
        let shared = |words: &str| Message::Shared(words.into());
        assert_eq!(Message::Static("a"), shared("a"));
        assert_ne!(shared("b"), shared("a"));
    }

    #[test]
    fn only_a_new_status_is_a_transition_and_the_first_order_stays() {
        let (t1, t2) = (Timestamp::from_unix_secs(1), Timestamp::from_unix_secs(2));
        let mut conditions = Conditions::default();
        conditions.set(t1, ConditionType::AbleToScale, true, "SucceededGetScale");
        conditions.set(t1, ConditionType::ScalingActive, true, "ValidMetricFound");
        conditions.set(t2, ConditionType::AbleToScale, true, "ReadyForNewScale");
        conditions.set(t2, ConditionType::ScalingActive, false, "FailedGetExternalMetric");
        let seen: Vec<_> =
            conditions.as_slice().iter().map(|c| (c.to_string(), c.last_transition_time)).collect();
        assert_eq!(
            seen,
            [
                ("AbleToScale=True/ReadyForNewScale".to_owned(), t1),
                ("ScalingActive=False/FailedGetExternalMetric".to_owned(), t2)
            ]
        );
    }
}
