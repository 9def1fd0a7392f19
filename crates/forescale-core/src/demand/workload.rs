//! A workload: one source of requests.

use super::arrivals::Modulation;
use super::client::Client;
use super::rate::Rate;
use super::retry::Retry;
use super::trace::TraceSource;
use crate::dist::{Cv, Dist, DistError};
use crate::ids::FlowId;
use forescale_kernel::SimDuration;

/// When requests arrive, and how long they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Equal gaps: the n-th request when the rate's integral reaches n.
    Constant(Rate, Lengths),
    /// A Poisson process.
    Poisson(Rate, Lengths),
    /// Gaps of a Gamma distribution with this coefficient of variation, on the rate's clock.
    Gamma(Rate, Cv, Lengths),
    /// Gaps of a Weibull distribution with this coefficient of variation, on the rate's clock.
    Weibull(Rate, Cv, Lengths),
    /// A Markov-modulated Poisson process: the rate is multiplied by the factor of a state that changes at random.
    Mmpp(Rate, Modulation, Lengths),
    /// In each piece of the rate as many as are expected there, parted by Gamma gaps with this coefficient of variation. Needs `until`.
    FixedCount(Rate, Cv, Lengths),
    /// The rows of a trace.
    Trace(TraceSource),
}

impl Arrivals {
    /// The lengths of requests, where they are drawn.
    pub fn lengths(&self) -> Option<&Lengths> {
        match self {
            Self::Constant(_, lengths)
            | Self::Poisson(_, lengths)
            | Self::Gamma(_, _, lengths)
            | Self::Weibull(_, _, lengths)
            | Self::Mmpp(_, _, lengths)
            | Self::FixedCount(_, _, lengths) => Some(lengths),
            Self::Trace(_) => None,
        }
    }
}

/// Lengths in tokens, drawn per request.
#[derive(Clone, Debug, PartialEq)]
pub struct Lengths {
    /// Prompt tokens.
    pub prompt_tokens: Dist,
    /// Output tokens.
    pub output_tokens: Dist,
}

/// Users who ask, wait for the answer, think, and ask again: a closed loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Users {
    /// How many there are from each instant on, counted from the workload's beginning; the first step is at 0. Those who are too many
    /// when a step goes down leave after their answer.
    pub users: Vec<(SimDuration, u32)>,
    /// Over how long the users who come with a step spread evenly; zero lets all ask at once.
    pub ramp: SimDuration,
    /// Seconds from an answer to the next question.
    pub think: Dist,
    /// What they ask.
    pub lengths: Lengths,
    /// How their conversations go on; `None` lets each question be a conversation of its own.
    pub turns: Option<Turns>,
}

/// Conversations, each prompt of which is all that was said before and what is asked now.
#[derive(Clone, Debug, PartialEq)]
pub struct Turns {
    /// How many questions a conversation has, at least 1. It ends early where one is not answered.
    pub turns: Dist,
    /// A conversation ends with the answer with which prompt and output reach so many tokens together.
    pub max_context_tokens: Option<u32>,
}

/// People who come, hold a conversation, and go.
#[derive(Clone, Debug, PartialEq)]
pub struct Sessions {
    /// When they come, and the lengths of each turn: of a prompt what is new in it. Not a trace.
    pub arrivals: Arrivals,
    /// Seconds from an answer to the next turn.
    pub think: Dist,
    /// How conversations go on.
    pub turns: Turns,
}

/// Groups of requests whose prompts begin alike: tenants with a system prompt each.
#[derive(Clone, Debug, PartialEq)]
pub struct PrefixGroups {
    /// How many groups there are, at least 1.
    pub groups: u32,
    /// Tokens of a group's prefix, drawn once per group; they come before what the workload draws.
    pub tokens: Dist,
    /// The n-th group is chosen in proportion to n to the power of minus this; 0 lets all be alike.
    pub zipf: f64,
}

/// Stages of load: the next begins when the one before it is over and all its requests have ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// Arrivals of each stage, on a clock that starts with it, and for how long they come.
    pub stages: Vec<(Arrivals, SimDuration)>,
    /// From the end of a stage to the beginning of the next.
    pub pause: SimDuration,
}

/// What decides when a workload's requests are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// They come when they come, whatever becomes of those before: an open loop.
    Open(Arrivals),
    /// Users wait for their answers: a closed loop.
    Users(Users),
    /// Stages that wait for each other.
    Stages(Stages),
    /// Sessions come when they come; their turns wait for their answers.
    Sessions(Sessions),
}

/// One source of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Its name in the scenario; part of the names of its random streams.
    pub name: String,
    /// When it begins.
    pub from: SimDuration,
    /// When it ends; `None` is at the end of the run.
    pub until: Option<SimDuration>,
    /// At most so many requests, retries not counted; `None` is without limit.
    pub requests: Option<u64>,
    /// When requests are due, and their lengths.
    pub source: Source,
    /// What prompts begin with in common; a conversation keeps what it began with. Has no effect on a trace that knows its prompts.
    pub prefix_groups: Option<PrefixGroups>,
    /// How their clients behave.
    pub client: Client,
    /// The flow that its requests belong to in the gateway.
    pub flow: FlowId,
}

/// The most groups of requests that begin alike.
const MAX_GROUPS: u32 = 1_000_000;

/// What a part of a workload must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkloadError {
    /// A length or think time cannot be drawn.
    #[error(transparent)]
    Dist(#[from] DistError),
    /// No step of users, or a first one that is not at 0, or one that is not after the one before it.
    #[error("the steps of users must begin at 0s and go up in time")]
    Steps,
    /// A time-out of zero.
    #[error("the time-out must be longer than 0s")]
    Timeout,
    /// No place for any request.
    #[error("at least one request must be allowed in flight")]
    MaxInFlight,
    /// No group, or too many, or an exponent out of range.
    #[error("prefix groups need from 1 to {MAX_GROUPS} groups and an exponent from 0 to 10")]
    PrefixGroups,
    /// Sessions that begin with the rows of a trace.
    #[error("a trace has no sessions: each of its rows is a request")]
    TraceSessions,
    /// A retry policy with a figure out of range.
    #[error(
        "a retry needs max_attempts of at least 1, a finite factor of at least 1 and a jitter from 0 to 1"
    )]
    Retry,
}

impl Workload {
    /// Checks what demand relies on.
    ///
    /// # Errors
    /// The first [`WorkloadError`] found.
    pub fn validate(&self) -> Result<(), WorkloadError> {
        match &self.source {
            Source::Open(arrivals) => arrivals.validate()?,
            Source::Stages(stages) => {
                stages.stages.iter().try_for_each(|(arrivals, _)| arrivals.validate())?
            }
            Source::Sessions(sessions) => {
                sessions.arrivals.validate()?;
                sessions.arrivals.lengths().ok_or(WorkloadError::TraceSessions)?;
                sessions.think.validate()?;
                sessions.turns.turns.validate()?;
            }
            Source::Users(users) => {
                if let Some(turns) = &users.turns {
                    turns.turns.validate()?;
                }
                users.lengths.validate()?;
                users.think.validate()?;
                let starts = users.users.first().is_some_and(|(since, _)| since.is_zero());
                if !starts || users.users.windows(2).any(|pair| pair[1].0 <= pair[0].0) {
                    return Err(WorkloadError::Steps);
                }
            }
        }
        self.prefix_groups.as_ref().map_or(Ok(()), PrefixGroups::validate)?;
        self.client.validate()
    }
}

impl Arrivals {
    fn validate(&self) -> Result<(), WorkloadError> {
        Ok(self.lengths().map_or(Ok(()), Lengths::validate)?)
    }
}

impl PrefixGroups {
    fn validate(&self) -> Result<(), WorkloadError> {
        self.tokens.validate()?;
        match (1..=MAX_GROUPS).contains(&self.groups) && (0.0..=10.0).contains(&self.zipf) {
            true => Ok(()),
            false => Err(WorkloadError::PrefixGroups),
        }
    }
}

impl Lengths {
    fn validate(&self) -> Result<(), DistError> {
        self.prompt_tokens.validate()?;
        self.output_tokens.validate()
    }
}

impl Client {
    fn validate(&self) -> Result<(), WorkloadError> {
        let fine = |retry: &Retry| {
            retry.max_attempts >= 1
                && retry.factor.is_finite()
                && retry.factor >= 1.0
                && (0.0..=1.0).contains(&retry.jitter)
        };
        if self.timeout.is_some_and(SimDuration::is_zero) {
            return Err(WorkloadError::Timeout);
        }
        if self.max_in_flight == Some(0) {
            return Err(WorkloadError::MaxInFlight);
        }
        match self.retry.as_ref().is_none_or(fine) {
            true => Ok(()),
            false => Err(WorkloadError::Retry),
        }
    }
}
