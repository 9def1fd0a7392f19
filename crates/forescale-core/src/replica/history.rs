//! What a replica showed in the recent past.

use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};
use std::collections::VecDeque;

/// The gauges over the last stretch of time, for observers that look later than they would have polled.
#[derive(Clone, Debug)]
pub(super) struct History {
    look_back: SimDuration,
    /// Ascending; the first entry is the newest that is older than the look-back.
    entries: VecDeque<(SimTime, ModelServerView)>,
}

impl History {
    pub(super) fn new(look_back: SimDuration) -> Self {
        Self { look_back, entries: VecDeque::new() }
    }

    /// From just after `now` on, observers see this.
    pub(super) fn push(&mut self, now: SimTime, view: ModelServerView) {
        match self.entries.back_mut() {
            Some((at, last)) if *at == now => *last = view,
            _ => self.entries.push_back((now, view)),
        }
        let oldest_question = now - self.look_back;
        while self.entries.get(1).is_some_and(|(at, _)| *at < oldest_question) {
            self.entries.pop_front();
        }
    }

    /// What an observer reads at `at`: the state just before whatever happens at that very instant.
    pub(super) fn observe(&self, at: SimTime) -> ModelServerView {
        let newest = self.entries.iter().rev().find(|(since, _)| *since < at);
        newest.map_or_else(ModelServerView::default, |(_, view)| *view)
    }
}
