//! From the fast engine's state to the step-by-step one's and back.

use super::{FastForward, Flight, Reverse, Sequence, Slot, Stage};
use crate::content::{Segment, TokenStream};
use crate::ids::RequestId;
use crate::replica::EngineConfig;
use crate::replica::Prompt;
use crate::replica::metrics::RequestTimes;
use crate::replica::scheduler::{NewRequest, RequestState, Scheduler, SchedulerState};
use crate::replica::stepping::{InFlight, Stepping};
use forescale_kernel::SimTime;
use rustc_hash::FxHashMap;

impl FastForward {
    /// The same engine, step by step.
    pub(in crate::replica) fn to_stepping(&self) -> Stepping {
        let mut running: Vec<&Sequence> = self.running().map(|(_, sequence)| sequence).collect();
        running.sort_unstable_by_key(|sequence| sequence.admission);
        let waiting = self.waiting.keys().filter_map(|slot| self.sequences.get(slot));
        let (executed, last_prefill) = self.prefill_steps;
        let state = SchedulerState {
            running: running.iter().map(|sequence| self.request_state(sequence)).collect(),
            waiting: waiting.map(|sequence| self.request_state(sequence)).collect(),
            arrived: self.arrived - self.input_queue.len() as u64,
            prefix_cache_stats: self.prefix_cache_stats,
            num_preemptions: self.num_preemptions,
            prefill_steps: (executed + self.scheduled as i64, last_prefill),
        };
        let mut stepping = Stepping::new(&self.config);
        stepping.scheduler = Scheduler::restore(&self.config, &state);
        for (batch, flight) in (self.returned..).zip(&self.in_flight) {
            let sampled = running.iter().filter(|sequence| self.batches(sequence).contains(&batch));
            let output = stepping.scheduler.restore_output(sampled.map(|sequence| sequence.id));
            stepping.in_flight.push_back(InFlight { output, begins: flight.begins, ends: flight.ends });
        }
        let queued = self.input_queue.iter().filter_map(|slot| self.sequences.get(*slot));
        stepping.input_queue = queued.map(|new| (new.times.arrived, new.request())).collect();
        stepping.aborts.clone_from(&self.aborts);
        stepping.host_free = self.host_free;
        stepping.last_return = self.last_return;
        stepping.is_blocked = self.is_blocked;
        stepping.next_wake = self.next_instant;
        stepping.gpu_busy = self.gpu_busy;
        stepping
    }

    /// The same engine, fast; `None` while something is going on that needs the steps.
    pub(in crate::replica) fn from_stepping(config: &EngineConfig, stepping: &Stepping) -> Option<Self> {
        let state = stepping.scheduler.state();
        if stepping.scheduler.num_deferred() > 0 {
            return None;
        }
        let mut fast = Self::new(config);
        let came_back = |request: &RequestState| request.num_preemptions > 0;
        let is_new = |request: &RequestState| !fast.admits || request.num_output_placeholders > 0;
        // Who comes back from a preemption may find its own blocks in the cache.
        if state
            .waiting
            .iter()
            .any(|request| is_new(request) || config.enable_prefix_caching && came_back(request))
        {
            return None;
        }
        fast.scheduled = stepping.in_flight.len() as u64;
        let mut sampled: FxHashMap<RequestId, (u64, u64, u64)> = FxHashMap::default();
        for (batch, flight) in (0..).zip(&stepping.in_flight) {
            fast.in_flight.push_back(Flight { begins: flight.begins, ends: flight.ends });
            for id in stepping.scheduler.sampled(&flight.output) {
                let (_, last, count) = sampled.entry(id).or_insert((batch, batch, 0));
                (*last, *count) = (batch, *count + 1);
            }
        }
        fast.last_return = stepping.last_return;
        let count = state.running.len();
        for (place, request) in state.running.iter().enumerate() {
            let batches = sampled.get(&request.id).copied();
            fast.restore_running(request, batches, place + 1 == count, stepping)?;
        }
        fast.ending.make_contiguous().sort_by_key(|(batch, _)| *batch);
        fast.completions.make_contiguous().sort_by_key(|(batch, _)| *batch);
        for request in &state.waiting {
            let slot = fast.sequences.insert(Sequence::restore(request));
            fast.waiting.add(slot, (request.priority, request.serial));
        }
        fast.arrived = state.arrived;
        for (arrived, new) in &stepping.input_queue {
            let slot = fast.sequences.insert(Sequence::of_request(new, fast.arrived, *arrived));
            fast.input_queue.push_back(slot);
            fast.arrived += 1;
        }
        fast.free_blocks = fast.usable_blocks - stepping.scheduler.num_used_blocks();
        fast.may_admit = !fast.waiting.is_empty();
        fast.aborts.clone_from(&stepping.aborts);
        fast.host_free = stepping.host_free;
        fast.is_blocked = stepping.is_blocked;
        fast.next_instant = stepping.next_wake;
        fast.gpu_busy = stepping.gpu_busy;
        fast.prefix_cache_stats = state.prefix_cache_stats;
        fast.num_preemptions = state.num_preemptions;
        let (executed, last_prefill) = state.prefill_steps;
        fast.prefill_steps = (executed - fast.scheduled as i64, last_prefill);
        fast.look_ahead();
        Some(fast)
    }

    /// Takes in a running request; `batches` are the first and the last in flight that sample it, and how many do.
    fn restore_running(
        &mut self,
        request: &RequestState,
        batches: Option<(u64, u64, u64)>,
        is_last: bool,
        stepping: &Stepping,
    ) -> Option<()> {
        let mut sequence = Sequence::restore(request);
        sequence.admission = self.admitted;
        self.admitted += 1;
        self.num_running += 1;
        let (tokens, computed) = (request.num_tokens, request.num_computed_tokens);
        let placeholders = u64::from(request.num_output_placeholders);
        if request.is_prefill_chunk {
            if !(is_last && self.admits && batches.is_none() && placeholders == 0) {
                return None;
            }
            sequence.stage = Stage::Prefilling;
            sequence.computed = computed;
            self.prefilling = Some(self.sequences.insert(sequence));
            return Some(());
        }
        // All tokens but the newest are computed, those in flight without a gap.
        let (first, last, count) = batches.unwrap_or((self.scheduled, self.scheduled.wrapping_sub(1), 0));
        let is_whole = count == placeholders && last.wrapping_sub(first).wrapping_add(1) == count;
        if !is_whole || u64::from(computed) + 1 != u64::from(tokens) + placeholders {
            return None;
        }
        let max_model_len = self.config.max_model_len;
        let to_come = u64::from(sequence.total(max_model_len).checked_sub(tokens).filter(|more| *more > 0)?);
        sequence.first_batch = first;
        sequence.last_batch = first + to_come - 1;
        let is_known = self.depth == 1 || sequence.is_foreseen(max_model_len);
        let is_in_next_batch = sequence.last_batch >= self.scheduled || !is_known;
        if last.wrapping_add(1) != self.scheduled && is_in_next_batch {
            return None;
        }
        let is_new = tokens == request.prompt_tokens;
        let has_token = !is_new && request.times.last_token == stepping.last_return;
        if !has_token && (count == 0 || !self.admits) {
            return None;
        }
        sequence.stage = Stage::Decoding { is_in_next_batch, has_token };
        let (offset, last_batch, admission) = (sequence.offset(), sequence.last_batch, sequence.admission);
        let slot = self.sequences.insert(sequence);
        self.generating += u32::from(has_token);
        if is_in_next_batch {
            self.decoders.add(offset);
        }
        if !has_token {
            self.completions.push_back((first, slot));
        }
        if last_batch < self.scheduled {
            self.ending.push_back((last_batch, slot));
        } else {
            self.last_batches.push(Reverse((last_batch, admission, slot)));
        }
        Some(())
    }

    fn running(&self) -> impl Iterator<Item = (Slot, &Sequence)> {
        self.sequences.iter().filter(|(_, sequence)| sequence.stage != Stage::Waiting)
    }

    /// The batches in flight that sample a token for it.
    fn batches(&self, sequence: &Sequence) -> std::ops::Range<u64> {
        let end = match sequence.stage {
            Stage::Waiting | Stage::Prefilling => return 0..0,
            Stage::Decoding { is_in_next_batch: true, .. } => self.scheduled,
            Stage::Decoding { is_in_next_batch: false, .. } => sequence.last_batch + 1,
        };
        sequence.first_batch.max(self.returned)..end
    }

    fn request_state(&self, sequence: &Sequence) -> RequestState {
        let batches = self.batches(sequence);
        let in_flight = batches.end.saturating_sub(batches.start) as u32;
        let came_out = match sequence.has_token() {
            true => (self.returned - sequence.first_batch) as u32,
            false => 0,
        };
        let computed = self.computed_tokens(sequence);
        let last_token = if sequence.has_token() { self.last_return } else { sequence.times.last_token };
        let times = RequestTimes { last_token, ..sequence.times };
        RequestState {
            id: sequence.id,
            prompt_tokens: sequence.prompt_tokens,
            max_total_tokens: sequence.max_total_tokens,
            stop_total_tokens: sequence.stop_total_tokens,
            priority: sequence.priority,
            serial: sequence.serial,
            num_tokens: sequence.known + came_out,
            num_computed_tokens: computed,
            num_output_placeholders: in_flight,
            is_prefill_chunk: sequence.stage == Stage::Prefilling,
            num_preemptions: sequence.num_preemptions,
            untold_preemptions: sequence.untold_preemptions,
            num_cached_tokens: sequence.num_cached_tokens,
            times,
            // Output is found by others once it is known and computed, a prompt once it is being computed.
            hashed_tokens: if sequence.has_token() {
                computed - in_flight
            } else {
                computed.min(sequence.known)
            },
        }
    }
}

impl Sequence {
    fn restore(request: &RequestState) -> Self {
        Self {
            id: request.id,
            prompt_tokens: request.prompt_tokens,
            max_total_tokens: request.max_total_tokens,
            stop_total_tokens: request.stop_total_tokens,
            priority: request.priority,
            serial: request.serial,
            admission: u64::MAX,
            known: request.num_tokens,
            computed: 0,
            first_batch: 0,
            last_batch: 0,
            stage: Stage::Waiting,
            num_preemptions: request.num_preemptions,
            untold_preemptions: request.untold_preemptions,
            num_cached_tokens: request.num_cached_tokens,
            times: request.times,
        }
    }

    /// A request that the scheduler has not seen.
    fn of_request(new: &NewRequest, serial: u64, arrived: SimTime) -> Self {
        let prompt = Prompt {
            id: new.id,
            prompt_tokens: new.prompt.iter().fold(0, |sum, segment| segment.len.saturating_add(sum)),
            output_tokens: new.stop_after.unwrap_or(new.max_tokens),
            max_tokens: new.stop_after.map(|_| new.max_tokens),
            priority: new.priority,
            prefix: None,
        };
        Self::new(&prompt, serial, arrived)
    }

    fn request(&self) -> NewRequest {
        NewRequest {
            id: self.id,
            prompt: vec![Segment { stream: TokenStream::Prompt(self.id), start: 0, len: self.prompt_tokens }],
            max_tokens: self.max_total_tokens - self.prompt_tokens,
            stop_after: (self.stop_total_tokens < u32::MAX)
                .then(|| self.stop_total_tokens - self.prompt_tokens),
            priority: self.priority,
        }
    }
}
