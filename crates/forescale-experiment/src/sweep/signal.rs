//! What the HPA's metrics showed it over a run.

use forescale_core::autoscaler::hpa::{Evaluation, TargetKind};
use forescale_core::record::RunRecord;
use serde::{Deserialize, Serialize};

/// One metric of the HPA over a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The metric.
    pub name: String,
    /// `Value`, `AverageValue` or `Utilization`.
    pub kind: String,
    /// The target.
    pub target: f64,
    /// Above this reading it asks for more replicas: the target and the tolerance.
    pub acts_above: f64,
    /// The greatest reading at any sync, as it is compared with the target: per replica for `AverageValue`.
    pub greatest: f64,
    /// At how many syncs it asked for more replicas than there were.
    pub asked: u32,
    /// When it first did, in seconds; `None` for never.
    pub first_asked_s: Option<f64>,
}

/// All metrics of the HPA in the order of its spec; those that had no value at any sync are not there.
pub(super) fn signals(record: &RunRecord) -> Vec<Signal> {
    let mut all: Vec<(usize, Signal)> = Vec::new();
    for sync in &record.syncs {
        let Some(reasons) = sync.decision.sync.as_ref().map(|sync| &sync.reasons) else { continue };
        for (place, metric) in reasons.metrics.iter().enumerate() {
            let Ok(evaluation) = &metric.outcome else { continue };
            let at = match all.iter().position(|(of, _)| *of == place) {
                Some(at) => at,
                None => {
                    all.push((place, fresh(&metric.name, evaluation)));
                    all.len() - 1
                }
            };
            let Some((_, signal)) = all.get_mut(at) else { continue };
            let reading = evaluation.ratio * signal.target;
            if reading.is_finite() {
                signal.greatest = signal.greatest.max(reading);
            }
            if evaluation.proposal > reasons.current_replicas {
                signal.asked += 1;
                signal.first_asked_s.get_or_insert(sync.at.since_start().as_secs_f64());
            }
        }
    }
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, signal)| signal).collect()
}

fn fresh(name: &str, evaluation: &Evaluation) -> Signal {
    let kind = match evaluation.kind {
        TargetKind::Value => "Value",
        TargetKind::AverageValue => "AverageValue",
        TargetKind::Utilization => "Utilization",
    };
    let target = evaluation.target_milli as f64 / 1000.0;
    Signal {
        name: name.to_owned(),
        kind: kind.to_owned(),
        target,
        acts_above: target * evaluation.tolerated.1,
        greatest: 0.0,
        asked: 0,
        first_asked_s: None,
    }
}

/// When the autoscaler first added replicas, in seconds.
pub(super) fn first_scale_up(record: &RunRecord) -> Option<f64> {
    let first = record.scalings().find(|sync| sync.to() > sync.from)?;
    Some(first.at.since_start().as_secs_f64())
}
