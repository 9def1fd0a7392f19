//! What a replica showed in the recent past.

use super::fast_forward::{Progression, blocks_of_run};
use super::kv_cache::kv_cache_usage;
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};
use std::collections::VecDeque;

/// The gauges over the last stretch of time, for observers that look later than they would have polled.
#[derive(Clone, Debug)]
pub(super) struct History {
    look_back: SimDuration,
    /// Ascending; the first is the newest that begins before the look-back.
    segments: VecDeque<Segment>,
    /// Taken back for their memory.
    spare: Vec<Vec<u32>>,
}

/// One change of the gauges, or the changes of a run of steps of which only the KV usage differs.
#[derive(Clone, Debug)]
struct Segment {
    since: SimTime,
    view: ModelServerView,
    run: Option<Run>,
}

/// Steps that decode the same sequences.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// When the step after the segment's first ended.
    pub(super) second: SimTime,
    /// From then on, from step to step.
    pub(super) gaps: Progression,
    /// How many steps ended, the first two included.
    pub(super) steps: u64,
    /// Free KV blocks at the end of the first step.
    pub(super) free_blocks: u32,
    /// KV blocks in all.
    pub(super) usable_blocks: u32,
    /// The first batch that was scheduled in the run.
    pub(super) batch: u64,
    /// How many sequences decode.
    pub(super) sequences: u32,
    /// How many of them take a KV block in the batches of each residue.
    pub(super) residues: Vec<u32>,
}

impl History {
    pub(super) fn new(look_back: SimDuration) -> Self {
        Self { look_back, segments: VecDeque::new(), spare: Vec::new() }
    }

    /// From just after `now` on, observers see this.
    pub(super) fn push(&mut self, now: SimTime, view: ModelServerView) {
        match self.segments.back_mut() {
            Some(last) if last.since == now && last.run.is_none() => last.view = view,
            _ => self.segments.push_back(Segment { since: now, view, run: None }),
        }
        self.forget(now);
    }

    /// A run of steps, the first of which ended at `since` and showed `view`; the last ended at `now`.
    pub(super) fn push_run(&mut self, since: SimTime, now: SimTime, view: ModelServerView, run: Run) {
        self.segments.push_back(Segment { since, view, run: Some(run) });
        self.forget(now);
    }

    /// An empty list with memory, for the residues of a run.
    pub(super) fn spare(&mut self) -> Vec<u32> {
        self.spare.pop().unwrap_or_default()
    }

    /// What an observer reads at `at`: the state just before whatever happens at that very instant.
    pub(super) fn observe(&self, at: SimTime) -> ModelServerView {
        let newest = self.segments.iter().rev().find(|segment| segment.since < at);
        newest.map_or_else(ModelServerView::default, |segment| segment.observe(at))
    }

    fn forget(&mut self, now: SimTime) {
        let oldest_question = now - self.look_back;
        while self.segments.get(1).is_some_and(|segment| segment.since < oldest_question) {
            let run = self.segments.pop_front().and_then(|segment| segment.run);
            if let Some(mut run) = run {
                run.residues.clear();
                self.spare.push(run.residues);
            }
        }
    }
}

impl Segment {
    fn observe(&self, at: SimTime) -> ModelServerView {
        let Some(run) = self.run.as_ref().filter(|run| run.second < at) else { return self.view };
        // Steps after the second that ended before `at`.
        let span = at.since(run.second).as_ps() - 1;
        let after = run.gaps.count_within(span, run.steps.saturating_sub(2));
        let taken = blocks_of_run(&run.residues, run.sequences, run.batch, after + 1);
        let free = run.free_blocks - u32::try_from(taken).unwrap_or(u32::MAX).min(run.free_blocks);
        ModelServerView { kv_cache_usage_perc: kv_cache_usage(free, run.usable_blocks), ..self.view }
    }
}
