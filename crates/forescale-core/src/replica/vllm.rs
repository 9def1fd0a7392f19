//! One vLLM engine: fast where it can be, step by step where it must.

use super::fast_forward::{FastForward, NeedsSteps, TokenRuns};
use super::history::History;
use super::metrics::EngineMetrics;
use super::stepping::Stepping;
use super::{EngineConfig, EngineMode, Output, Prompt, Shown};
use crate::ids::RequestId;
use crate::views::{HistogramFamilies, ModelServerMetrics, ModelServerView};
use forescale_kernel::{SimDuration, SimTime};

/// A vLLM engine.
///
/// One thread schedules, hands the batch to the GPU and takes in what comes out. With asynchronous scheduling two batches may be
/// in flight, so that the GPU goes from one to the next as long as the thread keeps up; the synchronous engine is the same
/// with one.
#[derive(Clone, Debug)]
pub(super) struct Vllm {
    config: EngineConfig,
    mode: Mode,
    engine_mode: EngineMode,
    metrics: EngineMetrics,
    /// What the fast engine had not told when it gave way to the steps.
    token_runs: TokenRuns,
    /// Steps since one preempted somebody.
    calm_steps: u32,
}

#[derive(Clone, Debug)]
enum Mode {
    Fast(Box<FastForward>),
    Stepping(Box<Stepping>),
}

/// After so many steps without a preemption the engine goes on fast: what preempts once often does so again.
const CALM: u32 = 8;

impl Vllm {
    pub(super) fn new(config: &EngineConfig, engine_mode: EngineMode, wanted: HistogramFamilies) -> Self {
        let mode = match engine_mode {
            EngineMode::FastForward => Mode::Fast(Box::new(FastForward::new(config))),
            EngineMode::Reference => Mode::Stepping(Box::new(Stepping::new(config))),
        };
        Self {
            config: config.clone(),
            mode,
            engine_mode,
            metrics: EngineMetrics::new(wanted, config.max_model_len),
            token_runs: TokenRuns::default(),
            calm_steps: 0,
        }
    }

    /// Takes a request; a prompt that leaves no room for output is refused with an engine error.
    pub(super) fn submit(
        &mut self,
        now: SimTime,
        prompt: &Prompt,
        history: &mut History,
        out: &mut Vec<Output>,
    ) {
        if self.next_wake().is_some_and(|at| at <= now) {
            self.settle(now, history, out);
        }
        if prompt.prompt_tokens >= self.config.max_model_len {
            out.push(Output::EngineError { request: prompt.id });
            return;
        }
        if prompt.prefix.is_some() && self.config.enable_prefix_caching {
            // Others may find its blocks for as long as they are cached.
            self.settle(now, history, out);
            self.engine_mode = EngineMode::Reference;
            self.take_steps();
        }
        match &mut self.mode {
            Mode::Fast(fast) => {
                let done = fast.submit(now, prompt);
                self.go_on(done);
            }
            Mode::Stepping(stepping) => stepping.submit(now, prompt),
        }
    }

    /// The client of a request has gone; what is computed for it in flight is lost. What was due by `now` has been done.
    pub(super) fn abort(&mut self, now: SimTime, id: RequestId, history: &mut History) {
        let shown = &mut Shown { history, metrics: &mut self.metrics };
        match &mut self.mode {
            Mode::Fast(fast) => {
                let done = fast.abort(now, id, shown);
                self.go_on(done);
            }
            Mode::Stepping(stepping) => stepping.abort(now, id, shown),
        }
    }

    /// When the engine must be woken, at the latest.
    pub(super) fn next_wake(&self) -> Option<SimTime> {
        match &self.mode {
            Mode::Fast(fast) => fast.next_wake(),
            Mode::Stepping(stepping) => stepping.next_wake,
        }
    }

    /// Does all that is due at or before `until`; no request has its first or last token before its wake.
    pub(super) fn settle(&mut self, until: SimTime, history: &mut History, out: &mut Vec<Output>) {
        loop {
            let shown = &mut Shown { history, metrics: &mut self.metrics };
            match &mut self.mode {
                Mode::Fast(fast) => {
                    let done = fast.settle(until, shown, out);
                    if done.is_ok() {
                        return;
                    }
                    self.go_on(done);
                }
                Mode::Stepping(stepping) => {
                    let Some(at) = stepping.next_wake.filter(|at| *at <= until) else { return };
                    let preemptions = stepping.scheduler.num_preemptions();
                    stepping.wake(at, shown, out);
                    let is_calm = stepping.scheduler.num_preemptions() == preemptions;
                    self.calm_steps = if is_calm { self.calm_steps.saturating_add(1) } else { 0 };
                    self.speed_up();
                }
            }
        }
    }

    /// What the gauges show just after `until`, where that is known without doing what is due by then.
    pub(super) fn foresee(&self, until: SimTime) -> Option<ModelServerView> {
        match &self.mode {
            Mode::Fast(fast) => fast.foresee(until),
            Mode::Stepping(_) => None,
        }
    }

    /// Tells the latencies between tokens if many have not been told.
    pub(super) fn flush_if_many(&mut self, out: &mut Vec<Output>) {
        match &self.mode {
            Mode::Fast(fast) if fast.token_runs.are_few() => {}
            _ => self.flush(out),
        }
    }

    /// Tells the latencies between tokens that have not been told.
    pub(super) fn flush(&mut self, out: &mut Vec<Output>) {
        self.token_runs.flush(out);
        if let Mode::Fast(fast) = &mut self.mode {
            fast.token_runs.flush(out);
        }
    }

    /// Drops everything; the next engine loop refreshes the gauges at once.
    pub(super) fn abort_all(&mut self, now: SimTime, history: &mut History) -> Vec<RequestId> {
        let shown = &mut Shown { history, metrics: &mut self.metrics };
        match &mut self.mode {
            Mode::Fast(fast) => fast.abort_all(now, shown),
            Mode::Stepping(stepping) => stepping.abort_all(now, shown),
        }
    }

    /// A page of `/metrics` with these gauges.
    pub(super) fn metrics(&self, gauges: ModelServerView) -> ModelServerMetrics<'_> {
        self.metrics.view(gauges)
    }

    pub(super) fn is_idle(&self) -> bool {
        match &self.mode {
            Mode::Fast(fast) => fast.is_idle(),
            Mode::Stepping(stepping) => stepping.is_idle(),
        }
    }

    /// How long the GPU has computed until `at`, which is not before the last thing that was done.
    pub(super) fn gpu_busy_at(&self, at: SimTime) -> SimDuration {
        match &self.mode {
            Mode::Fast(fast) => fast.gpu_busy_at(at),
            Mode::Stepping(stepping) => stepping.gpu_busy_at(at),
        }
    }

    /// Where the fast engine needs the steps, it gets them.
    fn go_on(&mut self, done: Result<(), NeedsSteps>) {
        let Err(NeedsSteps { at }) = done else { return };
        self.take_steps();
        if let Mode::Stepping(stepping) = &mut self.mode {
            stepping.go_on(at);
        }
    }

    fn take_steps(&mut self) {
        if let Mode::Fast(fast) = &mut self.mode {
            self.token_runs.append(&mut fast.token_runs);
            self.mode = Mode::Stepping(Box::new(fast.to_stepping()));
            self.calm_steps = 0;
        }
    }

    fn speed_up(&mut self) {
        if self.engine_mode == EngineMode::FastForward
            && self.calm_steps >= CALM
            && let Mode::Stepping(stepping) = &self.mode
            && let Some(fast) = FastForward::from_stepping(&self.config, stepping)
        {
            self.mode = Mode::Fast(Box::new(fast));
        }
    }
}
