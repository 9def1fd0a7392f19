//! Replays recorded behaviour of the real components against the simulated ones.
//!
//! A replay reads recorded cases, one JSON object per line, runs each through the simulated component and counts in a
//! [`Tally`] what agrees, what differs and what is not simulated yet. [`measured`] compares times with those of measured deployments.

pub mod epp;
pub mod hpa;
mod lines;
pub mod measured;
mod recording;
mod replay_error;
mod tally;
pub mod vllm;

pub use recording::open;
pub use replay_error::ReplayError;
pub use tally::Tally;
