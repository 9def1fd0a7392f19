//! How long pods took to become Ready.

use forescale_core::ids::PodId;
use forescale_core::record::{PodEvent, RunRecord};
use forescale_kernel::SimTime;
use std::collections::BTreeMap;

/// The pods of a run by how their start went.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ColdStarts {
    /// Pods that served since the start of the run.
    pub(crate) deployed: usize,
    /// From creation to Ready, in seconds, in the order in which the pods were created.
    pub(crate) seconds: Vec<f64>,
    /// Pods that were deleted before they were Ready.
    pub(crate) given_up: usize,
    /// Pods that were still starting at the end of the run.
    pub(crate) unfinished: usize,
}

#[derive(Default)]
struct Life {
    created: SimTime,
    ready: Option<SimTime>,
    is_deleted: bool,
}

impl ColdStarts {
    pub(crate) fn of(record: &RunRecord) -> Self {
        let mut lives: BTreeMap<PodId, Life> = BTreeMap::new();
        for (at, pod, event) in &record.pods {
            let life = lives.entry(*pod).or_default();
            match event {
                PodEvent::Created => life.created = *at,
                PodEvent::Ready => life.ready = Some(*at),
                PodEvent::Terminating | PodEvent::Gone => life.is_deleted = true,
            }
        }
        let mut starts = Self::default();
        for life in lives.values() {
            match life.ready {
                Some(SimTime::ZERO) => starts.deployed += 1,
                Some(ready) => starts.seconds.push(ready.since(life.created).as_secs_f64()),
                None if life.is_deleted => starts.given_up += 1,
                None => starts.unfinished += 1,
            }
        }
        starts
    }

    /// Least, mean and greatest cold start in seconds; `None` without any.
    pub(crate) fn spread(&self) -> Option<(f64, f64, f64)> {
        let first = *self.seconds.first()?;
        let (mut least, mut most, mut sum) = (first, first, 0.0);
        for seconds in &self.seconds {
            (least, most, sum) = (least.min(*seconds), most.max(*seconds), sum + seconds);
        }
        Some((least, sum / self.seconds.len() as f64, most))
    }
}
