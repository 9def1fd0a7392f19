//! Many batches at once.

use super::{FastForward, Flight, Progression, Reverse};
use crate::replica::history::{History, Run};
use crate::replica::kv_cache::kv_cache_usage;
use crate::replica::{SchedulingPolicy, Shown, StepLoad};
use crate::views::ModelServerView;
use forescale_kernel::{SimDuration, SimTime};

/// When the next batches come back as long as the sequences stay the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    first: SimTime,
    second: SimTime,
    /// From the second on, from batch to batch.
    gaps: Progression,
    /// What each computes, from the first to be scheduled on.
    gpu: Progression,
    pace: Pace,
    /// How many batches can be scheduled until this ends: a sequence has its last, KV blocks run out, the GPU outlasts the host.
    batches: u64,
    /// Up to which return, counted from 0, the times hold.
    reach: u64,
    /// Which return, counted from 0, brings a first or a last token.
    outputs: u64,
    host: SimDuration,
}

/// What the time between batches is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// The host, then the GPU.
    Both,
    /// The GPU; the host is done before.
    Gpu,
    /// The host; the GPU is done before.
    Host,
}

impl Outlook {
    /// When the batch of this index comes back, counted from 0 for the next.
    fn returns(&self, index: u64) -> SimTime {
        match index.checked_sub(1) {
            None => self.first,
            Some(index) => self.second + SimDuration::from_ps(self.gaps.sum(index)),
        }
    }

    /// The outlook once so many batches have come back; `None` where it has to be looked for anew.
    fn after(&self, count: u64) -> Option<Self> {
        let left = |index: u64| index.checked_sub(count);
        Some(Self {
            first: self.returns(count),
            second: self.returns(count + 1),
            gaps: self.gaps.skip(count),
            gpu: self.gpu.skip(count),
            pace: self.pace,
            batches: left(self.batches)?,
            reach: left(self.reach)?,
            outputs: left(self.outputs)?,
            host: self.host,
        })
    }

    /// How many of the next `most` batches come back at or before `until`.
    fn count_until(&self, until: SimTime, most: u64) -> u64 {
        if most == 0 || self.first > until {
            0
        } else if most == 1 || self.second > until {
            1
        } else {
            2 + self.gaps.count_within(until.since(self.second).as_ps(), most - 2)
        }
    }
}

impl FastForward {
    /// Finds out how far the next batches are alike, and when the engine must be woken, at the latest: when a token is a request's
    /// first or last, or when something is decided that cannot be known before.
    pub(super) fn look_ahead(&mut self) {
        self.outlook = self.next_instant.and_then(|next| self.outlook_from(next));
        self.next_wake = match &self.outlook {
            Some(outlook) => Some(outlook.returns(outlook.outputs.min(outlook.reach))),
            None => self.next_instant,
        };
        if let Some(&slot) = self.input_queue.front()
            && let Some(sequence) = self.sequences.get(slot)
        {
            self.expect_input(sequence.times.arrived);
        }
    }

    /// A request has arrived that the scheduler finds when it next looks.
    pub(super) fn expect_input(&mut self, arrived: SimTime) {
        let Some(outlook) = &self.outlook else { return };
        // Behind others nobody looks at it, unless it goes before them.
        if !self.waiting.is_empty() && self.admits && self.config.policy == SchedulingPolicy::Fcfs {
            return;
        }
        let next = outlook.count_until(arrived, outlook.batches.min(outlook.outputs));
        let at = outlook.returns(next);
        self.next_wake = self.next_wake.map(|wake| wake.min(at));
    }

    /// Does at once what is due at or before `until` and changes nothing but counts; returns whether there was such.
    pub(super) fn coast(&mut self, until: SimTime, shown: &mut Shown<'_>) -> bool {
        let Some(outlook) = self.outlook.filter(|_| self.aborts.is_empty()) else { return false };
        // The batch after an arrival may be another one.
        let arrived = self.input_queue.front().and_then(|slot| self.sequences.get(*slot));
        let until = arrived.map_or(until, |sequence| until.min(sequence.times.arrived));
        let count = outlook.count_until(until, outlook.batches.min(outlook.outputs));
        if count < self.depth as u64 {
            return false;
        }
        self.coast_over(&outlook, count, shown);
        true
    }

    /// What the gauges show just after `until`, if many batches come back by then and none brings more than counts; the engine stays
    /// where it is. `None` where it has to be looked for otherwise.
    pub(in crate::replica) fn foresee(&self, until: SimTime) -> Option<ModelServerView> {
        let outlook = self.outlook.as_ref().filter(|outlook| outlook.first <= until)?;
        let arrived = self.input_queue.front().and_then(|slot| self.sequences.get(*slot));
        if !self.aborts.is_empty() || arrived.is_some_and(|sequence| sequence.times.arrived <= until) {
            return None;
        }
        let most = outlook.batches.min(outlook.outputs);
        let count = outlook.count_until(until, most);
        if count == most && outlook.returns(count) <= until {
            return None;
        }
        // A batch shows what it left before the next one was scheduled.
        let taken = self.decoders.blocks_of_run(self.scheduled, count.checked_sub(1)?);
        let free_blocks = self.free_blocks.checked_sub(u32::try_from(taken).ok()?)?;
        let kv_cache_usage_perc = kv_cache_usage(free_blocks, self.usable_blocks);
        Some(ModelServerView { kv_cache_usage_perc, ..self.view() })
    }

    /// The number of the batch that brings a first or a last token next.
    fn next_output(&self) -> Option<u64> {
        let completed = self.completions.front().map(|(batch, _)| *batch);
        let ended = self.ending.front().map(|(batch, _)| *batch);
        let last = self.last_batches.peek().map(|Reverse((batch, ..))| *batch);
        [completed, ended, last].into_iter().flatten().min()
    }

    /// Looks ahead while the pipeline is full and the next batches decode the same sequences; `first` is when the next comes back.
    fn outlook_from(&mut self, first: SimTime) -> Option<Outlook> {
        let is_steady = self.in_flight.len() == self.depth && !self.is_blocked && self.prefilling.is_none();
        let sequences = self.decoders.count();
        if !is_steady || self.may_admit || !self.aborts.is_empty() || sequences == 0 {
            return None;
        }
        let outputs = self.next_output()?.checked_sub(self.returned).filter(|outputs| *outputs > 0)?;
        let batch = self.scheduled;
        let last = self.last_batches.peek().map(|Reverse((last, ..))| *last)?;
        let before_last = last.checked_sub(batch)?;
        let fitting = self.decoders.batches_within(batch, self.free_blocks, before_last + 1);
        let batches = fitting.min(before_last + 1);
        // The last batch of a sequence is like those before it.
        let reach = if fitting > before_last { before_last + self.depth as u64 } else { fitting };
        let gpu = self.durations(sequences, batch, batches)?;
        let host = self.config.step_time.host(&StepLoad::decode(sequences.into(), 0));
        let after_host = first + host;
        let newest = self.in_flight.back()?.ends;
        let outlook = if self.depth == 1 {
            let gaps = Progression { first: gpu.first.checked_add(host.as_ps())?, increment: gpu.increment };
            Outlook {
                first,
                second: first + SimDuration::from_ps(gaps.first),
                gaps: gaps.skip(1),
                gpu,
                pace: Pace::Both,
                batches,
                reach,
                outputs,
                host,
            }
        } else if newest >= after_host && gpu.first >= host.as_ps() {
            Outlook { first, second: newest, gaps: gpu, gpu, pace: Pace::Gpu, batches, reach, outputs, host }
        } else if newest <= after_host && gpu.first <= host.as_ps() {
            let room = host.as_ps() - gpu.first;
            let terms = room.checked_div(gpu.increment).map_or(u64::MAX, |more| more.saturating_add(1));
            let gaps = Progression { first: host.as_ps(), increment: 0 };
            let batches = batches.min(before_last).min(terms);
            // When the last returns depends on the batch after it, which is smaller.
            Outlook {
                first,
                second: after_host,
                gaps,
                gpu,
                pace: Pace::Host,
                batches,
                reach: batches,
                outputs,
                host,
            }
        } else {
            return None;
        };
        Some(outlook)
    }

    /// What `batches` batches from `batch` on compute; `None` where that is beyond any use.
    fn durations(&mut self, sequences: u32, batch: u64, batches: u64) -> Option<Progression> {
        let decode = self.decode_time(sequences.into());
        let first = decode.ps_within(self.decoders.context(batch))?;
        let increment = decode.per_context_ps.checked_mul(sequences.into())?;
        let longest = increment.checked_mul(batches.saturating_add(2))?.checked_add(first)?;
        (first > 0 && longest < 1 << 62).then_some(Progression { first, increment })
    }

    /// The next `count` batches, at least as many as are in flight, come back, and as many are scheduled.
    fn coast_over(&mut self, outlook: &Outlook, count: u64, shown: &mut Shown<'_>) {
        let last = outlook.returns(count - 1);
        let (sequences, metrics) = (self.generating, &mut *shown.metrics);
        self.tell_interval(outlook.first.since(self.last_return), sequences, metrics);
        if count > 1 {
            self.tell_interval(outlook.second.since(outlook.first), sequences, metrics);
            self.token_runs.push_run(outlook.gaps, count - 2, sequences);
            let [first, increment] = [outlook.gaps.first, outlook.gaps.increment].map(SimDuration::from_ps);
            metrics.inter_token_run(first, increment, count - 2, sequences.into());
        }
        if sequences > 0 {
            metrics.iteration_n(0, sequences.into(), count);
        }
        metrics.scheduler_stats(self.prefix_cache_stats, 0);
        let history = &mut *shown.history;
        if count == 1 {
            history.push(outlook.first, self.view());
        } else {
            self.remember(outlook, count, history);
        }
        let taken = self.decoders.blocks_of_run(self.scheduled, count);
        self.free_blocks -= u32::try_from(taken).unwrap_or(u32::MAX).min(self.free_blocks);
        self.gpu_busy += SimDuration::from_ps(outlook.gpu.sum(count));
        self.returned += count;
        self.scheduled += count;
        self.last_return = last;
        self.host_free = last + outlook.host;
        self.in_flight.clear();
        for index in count - self.depth as u64..count {
            // Of the batch with this index among those scheduled now.
            let gpu = SimDuration::from_ps(outlook.gpu.term(index));
            let begins = match outlook.pace {
                Pace::Both => self.host_free,
                Pace::Gpu | Pace::Host => outlook.returns(index + 1),
            };
            self.in_flight.push_back(Flight { begins, ends: begins + gpu });
        }
        self.next_instant = self.in_flight.front().map(|flight| flight.ends.max(self.host_free));
        if count < outlook.batches {
            self.outlook = outlook.after(count);
        } else {
            self.settle_members(self.scheduled - 1);
            self.look_ahead();
        }
    }

    /// What the gauges show meanwhile.
    fn remember(&self, outlook: &Outlook, count: u64, history: &mut History) {
        let mut residues = history.spare();
        residues.extend_from_slice(self.decoders.residues());
        let run = Run {
            second: outlook.second,
            gaps: outlook.gaps,
            steps: count,
            free_blocks: self.free_blocks,
            usable_blocks: self.usable_blocks,
            batch: self.scheduled,
            sequences: self.decoders.count(),
            residues,
        };
        history.push_run(outlook.first, outlook.returns(count - 1), self.view(), run);
    }
}
