//! Events as the API server keeps them: equal ones are one, with a count.

use super::Explanation;
use serde::Serialize;

/// For how long an event is kept after it happened last (`--event-ttl` of kube-apiserver), in seconds.
const EVENT_TTL_S: f64 = 3600.0;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EventCount {
    /// `Normal` or `Warning`.
    pub(super) r#type: String,
    /// Kubernetes' reason.
    pub(super) reason: String,
    /// Kubernetes' sentence about it.
    pub(super) message: String,
    /// How often it happened.
    pub(super) count: usize,
    /// When it happened first.
    pub(super) first_s: f64,
    /// When it happened last.
    pub(super) last_s: f64,
}

/// The events that are listed at an instant, in the order of their first appearance.
pub(super) fn listed(run: &Explanation, at_s: f64) -> Vec<EventCount> {
    let mut counts: Vec<EventCount> = Vec::new();
    for look in run.looks.iter().filter(|look| look.t_s <= at_s) {
        // What is gone when it happens again is a new event.
        counts.retain(|event| look.t_s - event.last_s <= EVENT_TTL_S);
        for event in look.hpa.iter().flat_map(|hpa| &hpa.events) {
            let same = |it: &&mut EventCount| {
                (&it.r#type, &it.reason, &it.message) == (&event.r#type, &event.reason, &event.message)
            };
            match counts.iter_mut().find(same) {
                Some(known) => {
                    known.count += 1;
                    known.last_s = look.t_s;
                }
                None => counts.push(EventCount {
                    r#type: event.r#type.clone(),
                    reason: event.reason.clone(),
                    message: event.message.clone(),
                    count: 1,
                    first_s: look.t_s,
                    last_s: look.t_s,
                }),
            }
        }
    }
    counts.retain(|event| at_s - event.last_s <= EVENT_TTL_S);
    counts
}
