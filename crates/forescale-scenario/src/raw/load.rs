//! Clients and closed loops, as a scenario says them.

use super::RawArrivals;
use crate::text::{CountText, Duration, DurationDist};
use forescale_document::{Spanned, ValueOr};
use schemars::JsonSchema;
use serde::Deserialize;

/// Users who ask, wait for the answer, think, and ask again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClosedLoop {
    /// How many users there are.
    pub(crate) users: Spanned<CountText>,
    /// How long a user thinks from an answer to the next question; not at all if not given.
    pub(crate) think_time: Option<Spanned<DurationDist>>,
    /// Over how long the users who come at once begin, spread evenly; at the same instant if not given.
    #[serde(default)]
    pub(crate) ramp: Spanned<Duration>,
}

/// A stage of load.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStage {
    /// When requests arrive; instants of its rate count from the stage's beginning.
    pub(crate) arrivals: Spanned<RawArrivals>,
    /// For how long they arrive. The next stage begins when all of them have ended, too.
    pub(crate) r#for: Spanned<Duration>,
}

/// What clients do while they wait, and after a failure.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClient {
    /// At most so many requests are open at once, those that wait for a retry included. What is due while all places are taken is sent as soon as
    /// one is free. Without limit if not given.
    pub(crate) max_in_flight: Option<Spanned<u32>>,
    /// How long the client waits for the last token of an attempt before it closes the connection; for ever if not given.
    pub(crate) timeout: Option<Spanned<Duration>>,
    /// Whether what is open at the workload's end is cancelled then, as load generators do.
    #[serde(default)]
    pub(crate) cancel_at_end: bool,
    /// Whether failed attempts are repeated: `"openai-python"`, which does as OpenAI's client for Python, or a table. Not if not given.
    pub(crate) retry: Option<Spanned<ValueOr<String, RawRetry>>>,
}

/// A retry policy: exponential back-off with jitter. An attempt whose first token has come is not repeated. Keys that are not given are as in OpenAI's client for Python.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRetry {
    /// Attempts in all, the first included; 3 if not given.
    pub(crate) max_attempts: Option<Spanned<u32>>,
    /// The wait before the second attempt; 500 ms if not given.
    pub(crate) initial: Option<Spanned<Duration>>,
    /// By how much the wait grows from attempt to attempt, at least 1; 2 if not given.
    pub(crate) factor: Option<Spanned<f64>>,
    /// The longest wait; 8 s if not given.
    pub(crate) max: Option<Spanned<Duration>>,
    /// A wait is shortened by a share drawn uniformly from 0 to this, which is 0 to 1: 1 is full jitter; 0.25 if not given.
    pub(crate) jitter: Option<Spanned<f64>>,
    /// The HTTP statuses that are tried again; 408, 409, 429, 500, 502, 503 and 504 if not given.
    pub(crate) statuses: Option<Vec<u16>>,
    /// Whether time-outs of the client are tried again; they are if not given.
    pub(crate) on_timeout: Option<bool>,
    /// A `Retry-After` up to this is heeded, a longer one ignored; a minute if not given.
    pub(crate) max_retry_after: Option<Spanned<Duration>>,
}

/// A run of GuideLLM: its options, and how it really sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGuidellm {
    /// The release, which decides how many requests it has open at most: `0.6.0` (512) or `0.7.2` (10,240).
    #[serde(default = "default_guidellm")]
    pub(crate) version: Spanned<String>,
    /// `--rate-type`: `poisson`, `constant`, `concurrent`, `synchronous` or `throughput`.
    pub(crate) rate_type: Spanned<String>,
    /// `--rate`: requests per second, or for `concurrent` how many requests are open; `synchronous` and `throughput` have none.
    pub(crate) rate: Option<Spanned<f64>>,
    /// `--max-seconds`: then what is open is cancelled.
    pub(crate) max_seconds: Spanned<Duration>,
}

fn default_guidellm() -> Spanned<String> {
    Spanned::new("0.6.0".to_owned())
}

/// A run of inference-perf: the section `load` of its configuration, and how it really sends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInferencePerf {
    /// `constant`, which is an exact number of requests at random instants, or `poisson`.
    pub(crate) r#type: Spanned<String>,
    /// Time from the end of a stage to the beginning of the next.
    #[serde(default = "default_interval")]
    pub(crate) interval: Spanned<Duration>,
    /// Its stages. Each begins when all requests of the one before it have ended.
    pub(crate) stages: Spanned<Vec<RawPerfStage>>,
    /// `request_timeout`, of each attempt; none if not given.
    pub(crate) request_timeout: Option<Spanned<Duration>>,
}

fn default_interval() -> Spanned<Duration> {
    Spanned::new(Duration::from_ms(1000))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPerfStage {
    /// Requests per second.
    pub(crate) rate: Spanned<f64>,
    /// For how long they are sent.
    pub(crate) duration: Spanned<Duration>,
}
