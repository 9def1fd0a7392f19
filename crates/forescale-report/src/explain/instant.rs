//! The HPA at one instant: what kubectl shows of it then, and how its latest sync came to its count.

use super::events::{EventCount, listed};
use super::{Explanation, kubectl, sentences};
use crate::json::{HpaObject, Look};
use forescale_kernel::SimTime;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct At {
    /// The instant.
    pub(super) t_s: f64,
    /// The latest sync at or before it: an index in all syncs of the run, which is a line of `decisions.ndjson` counted from 0; `null`
    /// before the first one.
    pub(super) look: Option<usize>,
    /// What `kubectl get hpa` prints; `null` for any other autoscaler.
    pub(super) get: Option<Get>,
    /// The metrics as `kubectl describe hpa` prints them; empty for any other autoscaler.
    pub(super) metrics: Vec<MetricLine>,
    /// The events that `kubectl describe hpa` lists: those of the last hour, equal ones counted.
    pub(super) events: Vec<EventCount>,
    /// How the latest sync came to its count, a sentence or two per step; empty for any other autoscaler.
    pub(super) steps: Vec<String>,
}

/// A column each.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Get {
    /// `NAME`
    pub(super) name: String,
    /// `REFERENCE`
    pub(super) reference: String,
    /// `TARGETS`: `812/250, 31/250 (avg)`; of more than two metrics the first two.
    pub(super) targets: String,
    /// `MINPODS`
    pub(super) min_pods: i32,
    /// `MAXPODS`
    pub(super) max_pods: i32,
    /// `REPLICAS`: the replicas that the latest sync found.
    pub(super) replicas: i32,
    /// `AGE`: since the start of the run, just before which the HPA was made.
    pub(super) age: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MetricLine {
    /// Which, in kubectl's words: `"igw_queue_depth" (target value)`.
    pub(super) metric: String,
    /// What it is: `812`; `<unknown>` where it was not read.
    pub(super) current: String,
    /// What it should be: `250`.
    pub(super) target: String,
}

impl At {
    pub(super) fn new(run: &Explanation, at: SimTime) -> Self {
        let at_s = at.as_secs_f64();
        let look = run.looks.iter().rposition(|look| super::instant_of(look.t_s) <= at);
        let latest = look.and_then(|index| run.looks.get(index));
        let object = run.autoscaler.hpa.as_ref();
        Self {
            t_s: at_s,
            look,
            get: object.map(|object| get(object, latest, at_s)),
            metrics: object.map(|object| metrics(object, latest)).unwrap_or_default(),
            events: listed(run, at_s),
            steps: latest.map(|look| sentences::of(look, object)).unwrap_or_default(),
        }
    }
}

fn get(object: &HpaObject, look: Option<&Look>, at_s: f64) -> Get {
    let hpa = look.and_then(|look| look.hpa.as_ref());
    Get {
        name: object.name.clone(),
        reference: object.reference.clone(),
        targets: kubectl::targets(&object.metrics, hpa),
        min_pods: object.min_replicas,
        max_pods: object.max_replicas,
        replicas: hpa.map_or(0, |hpa| hpa.current_replicas),
        age: kubectl::age(at_s),
    }
}

fn metrics(object: &HpaObject, look: Option<&Look>) -> Vec<MetricLine> {
    let hpa = look.and_then(|look| look.hpa.as_ref());
    let line = |(index, metric)| MetricLine {
        metric: kubectl::metric_title(metric),
        current: kubectl::described(metric, kubectl::current(hpa, index)),
        target: metric.target.clone(),
    };
    object.metrics.iter().enumerate().map(line).collect()
}
