//! A replica: one pod's model server, from its first byte of weights to its last token.
//!
//! The rules of the [`scheduler`] are those of vLLM 0.33; a step's duration comes from a calibrated [`StepTime`]. How the engine
//! gets from one state to the next (over many steps at once, or one by one) is its own affair: the world sees
//! [`submit`](Replica::submit), [`next_wake`](Replica::next_wake), [`wake`](Replica::wake) and [`observe`](Replica::observe).
//! Whatever is due at an instant is done before an input of that instant is taken.

mod config;
#[cfg(test)]
mod equivalence;
mod fast_forward;
mod history;
mod kv_cache;
pub mod metrics;
mod prompt;
pub mod scheduler;
mod step_time;
mod stepping;
mod test_engine;
mod vllm;
#[cfg(test)]
mod vllm_tests;

pub use config::{EngineConfig, EngineConfigError, SchedulingPolicy};
pub use prompt::Prompt;
pub use step_time::{
    Affine, CudaGraphs, DecodePoint, DecodeTime, GpuTime, HostTime, Piecewise, PrefillPoint, StepLoad,
    StepTime, Table, TableError,
};
pub use test_engine::TestEngineConfig;

use crate::ids::RequestId;
use crate::outcome::Outcome;
use crate::views::{
    CacheConfigInfo, HistogramFamilies, ModelServerInfo, ModelServerMetrics, ModelServerView,
};
use forescale_kernel::{SimDuration, SimTime};
use history::History;
use metrics::EngineMetrics;
use test_engine::TestEngine;
use vllm::Vllm;

/// Which engine a replica runs.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelServerConfig {
    /// vLLM.
    Vllm(EngineConfig),
    /// A station of queueing theory.
    Test(TestEngineConfig),
}

impl ModelServerConfig {
    /// What the metrics show of it.
    pub fn info(&self) -> ModelServerInfo {
        match self {
            Self::Vllm(config) => ModelServerInfo {
                max_model_len: config.max_model_len,
                cache_config: Some(CacheConfigInfo {
                    block_size: config.block_size,
                    num_gpu_blocks: config.num_gpu_blocks,
                    enable_prefix_caching: config.enable_prefix_caching,
                }),
            },
            Self::Test(_) => ModelServerInfo { max_model_len: u32::MAX, cache_config: None },
        }
    }
}

/// How a vLLM engine gets over its steps. The run is the same to the picosecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineMode {
    /// What many steps do alike is computed at once: the cost is that of requests.
    #[default]
    FastForward,
    /// Each step is taken: the cost is that of tokens. For checks.
    Reference,
}

/// What can happen to a replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The weights are loaded and the server listens.
    Listen,
    /// A request arrives.
    Submit(Prompt),
    /// The client of a request has gone. vLLM tells nothing more of it; a station of queueing theory serves it all the same.
    Abort(RequestId),
    /// SIGTERM: with a zero time-out everything is aborted at once, else what is there may finish for that long (`--shutdown-timeout`).
    Terminate {
        /// `--shutdown-timeout`.
        shutdown_timeout: SimDuration,
    },
    /// SIGKILL.
    Kill,
}

/// What a replica tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A request's first token.
    FirstToken {
        /// The request.
        request: RequestId,
    },
    /// Further tokens, each after the previous token of its request by a latency that grows evenly from step to step. They may be told
    /// later than they came out.
    Tokens {
        /// The inter-token latency of the first step.
        interval: SimDuration,
        /// By how much it grows from step to step.
        increment: SimDuration,
        /// How many steps.
        steps: u64,
        /// How many sequences got a token from each.
        sequences: u32,
    },
    /// A request's last token.
    Finished {
        /// The request.
        request: RequestId,
    },
    /// The connection was refused: the server does not listen, or takes nothing more.
    Refused {
        /// The request.
        request: RequestId,
    },
    /// The prompt does not fit the model length (HTTP 400).
    EngineError {
        /// The request.
        request: RequestId,
    },
    /// The server stopped before the request was done.
    Lost {
        /// The request.
        request: RequestId,
        /// Whether by SIGTERM or SIGKILL.
        outcome: Outcome,
    },
    /// After SIGTERM: the server has exited.
    Exited,
}

/// What observers may see of an engine.
struct Shown<'a> {
    history: &'a mut History,
    metrics: &'a mut EngineMetrics,
}

#[derive(Clone, Debug)]
enum Engine {
    Vllm(Box<Vllm>),
    Test(Box<TestEngine>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Loading,
    Listening,
    Draining { until: SimTime },
    Exited,
}

/// One pod's model server.
#[derive(Clone, Debug)]
pub struct Replica {
    state: State,
    engine: Engine,
    history: History,
    listening_since: SimTime,
    /// What was found out while somebody observed.
    untold: Vec<Output>,
}

impl Replica {
    /// A server that still loads. `look_back` is how far in the past an observer may ask, `wanted` are the histograms that a scrape reads.
    pub fn new(
        config: &ModelServerConfig,
        mode: EngineMode,
        seed: u64,
        look_back: SimDuration,
        wanted: HistogramFamilies,
    ) -> Self {
        let engine = match config {
            ModelServerConfig::Vllm(config) => Engine::Vllm(Box::new(Vllm::new(config, mode, wanted))),
            ModelServerConfig::Test(config) => {
                Engine::Test(Box::new(TestEngine::new(config.clone(), seed, wanted)))
            }
        };
        Self {
            state: State::Loading,
            engine,
            history: History::new(look_back),
            listening_since: SimTime::MAX,
            untold: Vec::new(),
        }
    }

    /// Something happened to the replica.
    pub fn submit(&mut self, now: SimTime, input: Input, out: &mut Vec<Output>) {
        out.append(&mut self.untold);
        if !matches!(input, Input::Submit(_)) {
            self.settle(now, out);
        }
        match (input, self.state) {
            (Input::Listen, State::Loading) => {
                self.state = State::Listening;
                self.listening_since = now;
            }
            (Input::Submit(prompt), State::Listening) => match &mut self.engine {
                Engine::Vllm(engine) => engine.submit(now, &prompt, &mut self.history, out),
                Engine::Test(engine) => engine.submit(now, prompt, &mut self.history),
            },
            (Input::Abort(request), State::Listening | State::Draining { .. }) => {
                if let Engine::Vllm(engine) = &mut self.engine {
                    engine.abort(now, request, &mut self.history);
                }
                if matches!(self.state, State::Draining { .. }) && self.is_idle() {
                    self.exit(now, Outcome::LostOnDrain, out);
                }
            }
            (Input::Submit(prompt), _) => out.push(Output::Refused { request: prompt.id }),
            (Input::Terminate { .. }, State::Loading) => self.exit(now, Outcome::LostOnDrain, out),
            (Input::Terminate { shutdown_timeout }, State::Listening) => {
                if shutdown_timeout.is_zero() || self.is_idle() {
                    self.exit(now, Outcome::LostOnDrain, out);
                } else {
                    self.state = State::Draining { until: now + shutdown_timeout };
                }
            }
            (Input::Kill, _) => self.exit(now, Outcome::LostOnKill, out),
            (Input::Listen | Input::Terminate { .. } | Input::Abort(_), _) => {}
        }
    }

    /// When the replica must be woken if nothing else happens; there may be nothing to tell then.
    pub fn next_wake(&self) -> Option<SimTime> {
        let engine = match &self.engine {
            Engine::Vllm(engine) => engine.next_wake(),
            Engine::Test(engine) => engine.next_wake(),
        };
        match self.state {
            State::Draining { until } => Some(engine.map_or(until, |at| at.min(until))),
            _ => engine,
        }
    }

    /// Now it is.
    pub fn wake(&mut self, now: SimTime, out: &mut Vec<Output>) {
        self.settle(now, out);
        if let Engine::Vllm(engine) = &mut self.engine {
            engine.flush_if_many(out);
        }
        if let State::Draining { until } = self.state
            && (until <= now || self.is_idle())
        {
            self.exit(now, Outcome::LostOnDrain, out);
        }
    }

    /// Does what is due by `now`.
    fn settle(&mut self, now: SimTime, out: &mut Vec<Output>) {
        out.append(&mut self.untold);
        match &mut self.engine {
            Engine::Vllm(engine) => engine.settle(now, &mut self.history, out),
            Engine::Test(engine) => engine.wake(now, &mut self.history, out),
        }
    }

    /// Does what is due by `now` and tells what has not been told; at the end of a run, nobody has to call it otherwise.
    pub fn flush(&mut self, now: SimTime, out: &mut Vec<Output>) {
        self.settle(now, out);
        if let Engine::Vllm(engine) = &mut self.engine {
            engine.flush(out);
        }
    }

    /// What the gauges show at `at`, just before whatever happens at that instant; `None` while the server does not listen.
    ///
    /// `at` lies in the past by at most the look-back.
    pub fn observe(&mut self, at: SimTime) -> Option<ModelServerView> {
        if !self.listens(at) {
            return None;
        }
        if let Engine::Vllm(engine) = &mut self.engine {
            let until = just_before(at);
            if let Some(view) = engine.foresee(until) {
                return Some(view);
            }
            engine.settle(until, &mut self.history, &mut self.untold);
        }
        Some(self.history.observe(at))
    }

    /// Whether an observer at `at` gets an answer.
    fn listens(&self, at: SimTime) -> bool {
        matches!(self.state, State::Listening | State::Draining { .. }) && self.listening_since < at
    }

    /// How long the GPU has computed until `at`, which is not in the past.
    pub fn gpu_busy(&mut self, at: SimTime) -> SimDuration {
        match &mut self.engine {
            Engine::Vllm(engine) => {
                engine.settle(just_before(at), &mut self.history, &mut self.untold);
                engine.gpu_busy_at(at)
            }
            Engine::Test(_) => SimDuration::ZERO,
        }
    }

    /// All of `/metrics` as it stands, just before whatever happens at `at`, which is now; `None` while the server does not listen.
    pub fn scrape(&mut self, at: SimTime) -> Option<ModelServerMetrics<'_>> {
        if !self.listens(at) {
            return None;
        }
        Some(match &mut self.engine {
            Engine::Vllm(engine) => {
                engine.settle(just_before(at), &mut self.history, &mut self.untold);
                engine.metrics(self.history.observe(at))
            }
            Engine::Test(engine) => engine.metrics(self.history.observe(at)),
        })
    }

    fn is_idle(&self) -> bool {
        match &self.engine {
            Engine::Vllm(engine) => engine.is_idle(),
            Engine::Test(engine) => engine.is_idle(),
        }
    }

    fn exit(&mut self, now: SimTime, outcome: Outcome, out: &mut Vec<Output>) {
        if self.state == State::Exited {
            return;
        }
        self.flush(now, out);
        self.state = State::Exited;
        let lost = match &mut self.engine {
            Engine::Vllm(engine) => engine.abort_all(now, &mut self.history),
            Engine::Test(engine) => engine.abort_all(now, &mut self.history),
        };
        out.extend(lost.into_iter().map(|request| Output::Lost { request, outcome }));
        out.push(Output::Exited);
    }
}

fn just_before(at: SimTime) -> SimTime {
    at - SimDuration::from_ps(1)
}
