//! What the EPP counts per flow outside flow control.

use crate::ids::FlowId;
use crate::views::{FlowView, GatewayView};

#[derive(Clone, Debug, Default)]
struct Flow {
    /// `None` until the first request was sent to a pod.
    running: Option<u64>,
    total: u64,
    errors: Vec<(&'static str, u64)>,
}

/// One entry per flow of the configuration.
#[derive(Clone, Debug)]
pub(super) struct Counters {
    flows: Vec<Flow>,
}

impl Counters {
    pub(super) fn new(flows: usize) -> Self {
        Self { flows: vec![Flow::default(); flows] }
    }

    /// A request was sent to a pod: only from now on it counts as running.
    pub(super) fn dispatched(&mut self, flow: FlowId) {
        if let Some(flow) = self.flows.get_mut(flow.0 as usize) {
            flow.running = Some(flow.running.unwrap_or(0) + 1);
            flow.total += 1;
        }
    }

    /// Requests that run, of all flows.
    pub(super) fn running(&self) -> u64 {
        self.flows.iter().filter_map(|flow| flow.running).sum()
    }

    pub(super) fn stream_ended(&mut self, flow: FlowId, http: u16) {
        if let Some(entry) = self.flows.get_mut(flow.0 as usize) {
            entry.running = entry.running.map(|running| running.saturating_sub(1));
        }
        if http != 200 {
            // Whatever a model server answers other than 200.
            self.count_error(flow, "ModelServerError");
        }
    }

    /// The EPP itself has answered with an error.
    pub(super) fn failed(&mut self, flow: FlowId, http: u16) {
        let code = if http == 429 { "ResourceExhausted" } else { "ServiceUnavailable" };
        self.count_error(flow, code);
    }

    fn count_error(&mut self, flow: FlowId, code: &'static str) {
        if let Some(flow) = self.flows.get_mut(flow.0 as usize) {
            match flow.errors.iter_mut().find(|(known, _)| *known == code) {
                Some((_, count)) => *count += 1,
                None => flow.errors.push((code, 1)),
            }
        }
    }

    /// Fills in the flows of a view, in the room that it has.
    pub(super) fn fill(&self, view: &mut GatewayView) {
        view.flows.resize_with(self.flows.len(), FlowView::default);
        for (flow, shown) in self.flows.iter().zip(&mut view.flows) {
            shown.queue_size = None;
            shown.queue_bytes = None;
            shown.request_running = flow.running;
            shown.request_total = (flow.total > 0).then_some(flow.total);
            shown.request_errors.clone_from(&flow.errors);
        }
    }
}
