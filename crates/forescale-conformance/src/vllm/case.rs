//! One recorded case: a configuration, its requests, and what came of them.

use super::difference::difference;
use super::drive::Drive;
use super::steps::{End, Iteration, Step};
use forescale_core::content::{Segment, TokenStream};
use forescale_core::ids::{RequestId, WorkloadId};
use forescale_core::replica::scheduler::{NewRequest, Scheduler};
use forescale_core::replica::{EngineConfig, SchedulingPolicy, StepTime};
use serde::Deserialize;

/// Who numbers the texts of a case.
const TEXTS: WorkloadId = WorkloadId(0);

#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) name: String,
    config: Config,
    requests: Vec<Request>,
    /// Step and request.
    #[serde(default)]
    aborts: Vec<(usize, u64)>,
    #[serde(flatten)]
    recorded: Recorded,
    end: End,
}

#[derive(Deserialize)]
enum Recorded {
    #[serde(rename = "steps")]
    Synchronous(Vec<Step>),
    #[serde(rename = "iters")]
    Asynchronous(Vec<Iteration>),
}

#[derive(Deserialize)]
struct Config {
    max_num_seqs: u32,
    max_num_batched_tokens: u32,
    block_size: u32,
    num_gpu_blocks: u32,
    enable_prefix_caching: bool,
    enable_chunked_prefill: bool,
    long_prefill_token_threshold: u32,
    long_prefill_token_threshold_adaptive: bool,
    policy: Policy,
    max_model_len: u32,
    watermark: f64,
    scheduler_reserve_full_isl: bool,
    max_num_active_seqs: Option<u32>,
    prefill_schedule_interval: u32,
    #[serde(default)]
    async_scheduling: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Policy {
    Fcfs,
    Priority,
}

#[derive(Deserialize)]
struct Request {
    id: u64,
    /// The step before which it is added.
    arr: usize,
    prompt: Vec<Part>,
    /// Output tokens.
    out: u32,
    /// `max_tokens`, where a stop token ends it.
    max: Option<u32>,
    #[serde(default)]
    prio: i32,
}

/// A stream, where in it the part begins (at its beginning, if not said), and its length.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Whole(String, u32),
    From(String, u32, u32),
}

impl Case {
    /// Runs the case; the inner error is the first difference, the outer one says why this is no case.
    pub(super) fn replay(&self) -> Result<Result<(), String>, String> {
        let requests = self.requests.iter().map(Request::read).collect::<Result<Vec<_>, _>>()?;
        let scheduler = Scheduler::new(&self.config.read());
        let mut drive = Drive::new(scheduler, &requests, &self.aborts);
        let came = match &self.recorded {
            Recorded::Synchronous(steps) => steps.iter().enumerate().try_for_each(|(index, expected)| {
                difference(&format!("step {index}"), expected, &drive.step(index)?)
            }),
            Recorded::Asynchronous(iterations) => {
                iterations.iter().enumerate().try_for_each(|(index, expected)| {
                    difference(&format!("iteration {index}"), expected, &drive.iterate(index)?)
                })
            }
        };
        Ok(came.and_then(|()| difference("end", &self.end, &drive.end(&self.recorded_end()))))
    }

    /// The end without what our scheduler says itself: which counters there are, and how many steps the recording has.
    fn recorded_end(&self) -> End {
        let steps = match &self.recorded {
            Recorded::Synchronous(steps) => Some(steps.len()),
            Recorded::Asynchronous(_) => None,
        };
        End { steps, ..self.end.clone() }
    }
}

impl Config {
    fn read(&self) -> EngineConfig {
        EngineConfig {
            max_num_seqs: self.max_num_seqs,
            max_num_batched_tokens: self.max_num_batched_tokens,
            block_size: self.block_size,
            num_gpu_blocks: self.num_gpu_blocks,
            max_model_len: self.max_model_len,
            max_num_active_seqs: self.max_num_active_seqs,
            policy: match self.policy {
                Policy::Fcfs => SchedulingPolicy::Fcfs,
                Policy::Priority => SchedulingPolicy::Priority,
            },
            async_scheduling: self.async_scheduling,
            enable_prefix_caching: self.enable_prefix_caching,
            enable_chunked_prefill: self.enable_chunked_prefill,
            long_prefill_token_threshold: self.long_prefill_token_threshold,
            long_prefill_token_threshold_adaptive: self.long_prefill_token_threshold_adaptive,
            prefill_schedule_interval: self.prefill_schedule_interval,
            scheduler_reserve_full_isl: self.scheduler_reserve_full_isl,
            watermark: self.watermark,
            step_time: StepTime::default(),
        }
    }
}

impl Request {
    /// The step before which it is added, and the request.
    fn read(&self) -> Result<(usize, NewRequest), String> {
        let new = NewRequest {
            id: RequestId(self.id),
            prompt: self.prompt.iter().map(Part::read).collect::<Result<_, _>>()?,
            max_tokens: self.max.unwrap_or(self.out),
            stop_after: self.max.map(|_| self.out),
            priority: self.prio,
        };
        Ok((self.arr, new))
    }
}

impl Part {
    fn read(&self) -> Result<Segment, String> {
        let (name, start, len) = match self {
            Self::Whole(name, len) => (name, 0, *len),
            Self::From(name, start, len) => (name, *start, *len),
        };
        let number = |digits: &str| digits.parse::<u64>().ok();
        let stream = match name.split_at_checked(1) {
            Some(("s", "")) => Some(TokenStream::Shared(TEXTS, u64::MAX)),
            Some(("g", digits)) => number(digits).map(|text| TokenStream::Shared(TEXTS, text)),
            Some(("u", digits)) => number(digits).map(|id| TokenStream::Prompt(RequestId(id))),
            Some(("o", digits)) => number(digits).map(|id| TokenStream::Output(RequestId(id))),
            _ => None,
        };
        let stream =
            stream.ok_or_else(|| format!("`{name}` is no token stream: s, g, u or o and a number"))?;
        Ok(Segment { stream, start, len })
    }
}
