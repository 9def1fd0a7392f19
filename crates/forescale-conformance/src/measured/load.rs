//! How requests come.

use super::run::{Client, Run};
use std::fmt;

/// How requests come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Load {
    /// So many users; each sends its next request when its last one is done.
    Closed {
        /// Users.
        users: u32,
        /// Whether all begin at once, as a client without a ramp does, and nothing is left aside as warm-up; else they begin in turn.
        at_once: bool,
    },
    /// One request after the other at a constant rate.
    Constant {
        /// Requests per second.
        rate: f64,
    },
    /// So many requests at one instant, and no others.
    Batch {
        /// Requests.
        requests: u32,
    },
}

impl Load {
    /// The load of a row, as far as it is one of these.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let whole = |value: Option<f64>| {
            value.filter(|value| (1.0..=100_000.0).contains(value)).map(|value| value.round() as u32)
        };
        let text = run.load.to_lowercase();
        if text.starts_with("closed-loop") {
            let at_once = run.client() == Client::InferenceX;
            return Some(Self::Closed { users: whole(run.concurrency)?, at_once });
        }
        if text.starts_with("static batch") {
            return Some(Self::Batch { requests: whole(run.concurrency)? });
        }
        // A row about several rates in turn is the mean of others.
        if text.starts_with("open-loop constant") && !text.contains(';') {
            let rate = run.rate_rps.filter(|rate| (1e-3..=1e5).contains(rate))?;
            return Some(Self::Constant { rate });
        }
        None
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { users, .. } => write!(f, "{users} users"),
            Self::Constant { rate } => write!(f, "{rate:.1} per second"),
            Self::Batch { requests } => write!(f, "a batch of {requests}"),
        }
    }
}
