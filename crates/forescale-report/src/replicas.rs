//! How many replicas a run had.

use forescale_core::ids::PodId;
use forescale_core::record::{PodEvent, RunRecord};
use std::collections::BTreeSet;

/// Replicas of a run in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Replicas {
    /// The most that were wished (`spec.replicas`).
    pub(crate) max_desired: u32,
    /// The most that were Ready at the same time, terminating ones included, as the HPA counts them.
    pub(crate) max_ready: u32,
    /// How often the wish grew.
    pub(crate) scale_ups: u32,
    /// How often it shrank.
    pub(crate) scale_downs: u32,
    /// The wish at the end.
    pub(crate) last: u32,
}

impl Replicas {
    pub(crate) fn of(record: &RunRecord) -> Self {
        let shown = record.timeline.iter().map(|bin| bin.desired);
        let wished = record.syncs.iter().flat_map(|sync| [sync.from, sync.to()]);
        let by_sync = record.syncs.last().map(|sync| sync.to());
        Self {
            max_desired: shown.chain(wished).max().unwrap_or(0),
            max_ready: max_ready(record),
            scale_ups: record.scalings().filter(|sync| sync.to() > sync.from).count() as u32,
            scale_downs: record.scalings().filter(|sync| sync.to() < sync.from).count() as u32,
            last: record.timeline.last().map(|bin| bin.desired).or(by_sync).unwrap_or(0),
        }
    }
}

fn max_ready(record: &RunRecord) -> u32 {
    let mut ready: BTreeSet<PodId> = BTreeSet::new();
    let mut most = 0;
    for (_, pod, event) in &record.pods {
        match event {
            PodEvent::Ready => {
                ready.insert(*pod);
            }
            PodEvent::Gone => {
                ready.remove(pod);
            }
            PodEvent::Created | PodEvent::Terminating => {}
        }
        most = most.max(ready.len() as u32);
    }
    most
}
