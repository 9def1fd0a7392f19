//! The flows that flow control knows, with the gauges that it keeps for each.

use super::Item;
use crate::ids::FlowId;
use forescale_kernel::{SimDuration, SimTime};

/// A flow's gauges, as long as the flow exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowGauges {
    /// `flow_control_queue_size`: requests inside flow control.
    pub queue_size: u64,
    /// `flow_control_queue_bytes`: their bodies.
    pub queue_bytes: u64,
}

/// One entry per flow id; a flow appears with its first request and goes when a scan finds it idle.
#[derive(Clone, Debug, Default)]
pub(super) struct Flows {
    entries: Vec<Option<Flow>>,
}

#[derive(Clone, Copy, Debug)]
struct Flow {
    gauges: FlowGauges,
    /// Since when the flow counts as idle: the **arrival** of the request that left it empty.
    idle_since: SimTime,
    is_fallback: bool,
}

impl Flows {
    pub(super) fn enter(&mut self, now: SimTime, item: &Item) {
        let index = item.flow.0 as usize;
        if self.entries.len() <= index {
            self.entries.resize(index + 1, None);
        }
        let entry = self.entries[index].get_or_insert(Flow {
            gauges: FlowGauges::default(),
            idle_since: now,
            is_fallback: item.is_fallback,
        });
        entry.gauges.queue_size += 1;
        entry.gauges.queue_bytes = entry.gauges.queue_bytes.saturating_add(item.bytes);
    }

    pub(super) fn leave(&mut self, flow: FlowId, bytes: u64, entered: SimTime) {
        if let Some(Some(entry)) = self.entries.get_mut(flow.0 as usize) {
            entry.gauges.queue_size = entry.gauges.queue_size.saturating_sub(1);
            entry.gauges.queue_bytes = entry.gauges.queue_bytes.saturating_sub(bytes);
            if entry.gauges.queue_size == 0 {
                entry.idle_since = entered;
            }
        }
    }

    pub(super) fn collect_idle(&mut self, now: SimTime, period: SimDuration) {
        for slot in &mut self.entries {
            if slot.is_some_and(|flow| {
                !flow.is_fallback && flow.gauges.queue_size == 0 && flow.idle_since + period <= now
            }) {
                *slot = None;
            }
        }
    }

    pub(super) fn any(&self) -> bool {
        self.entries.iter().any(Option::is_some)
    }

    pub(super) fn gauges(&self, flow: FlowId) -> Option<FlowGauges> {
        self.entries.get(flow.0 as usize)?.map(|flow| flow.gauges)
    }
}
