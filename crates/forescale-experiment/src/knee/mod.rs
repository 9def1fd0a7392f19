//! The knee: the load up to which latency is good, and the targets of an autoscaler that follow from it.
//!
//! A number of replicas is loaded more and more, by users who each always have one request open or by a Poisson process, until it
//! serves no more. From the curve of throughput and latency come the [`Knee`] and, for each metric that the guides scale by, the
//! target with which an HPA asks for another pod just below the knee ([`targets`]), or why no target of that metric can work.
//!
//! - Warm-up: users come one after another within the first third of it, and it lasts three times as long as a request is expected to
//!   take at this load, at least 30 s. At a rate it lasts five times as long as a request takes near saturation.
//! - What is measured lasts four (at a rate ten) such times, at least 60 s, and as long as it takes to serve
//!   [`Settings::requests`] requests.
//! - Levels are powers of two of users per replica, then geometric means around the knee, in two rounds; at a rate they are shares of the
//!   throughput at which one seed's closed loop saturates.
//! - Each level is run with the same seeds; intervals are those of Student's t over seeds at 95 %.

mod cell;
mod curve;
mod ladder;
mod load;
mod metric;
mod rule;
mod sweep;
mod target;

pub use crate::runs::Heard;
pub use cell::Observation;
pub use curve::{Curve, Level};
pub use load::By;
pub use metric::Metric;
pub use rule::{Knee, Outcome, Point, Rule};
pub use sweep::{Settings, Sweep, sweep};
pub use target::{Guide, Kind, Scaled, Suggestion, Target, targets};

use forescale_core::RunError;

/// Why there is no sweep.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KneeError {
    /// A run ended early.
    #[error(transparent)]
    Run(#[from] RunError),
    /// No such workload.
    #[error("there is no such workload")]
    NoWorkload,
    /// The workload has no requests of its own.
    #[error("the workload has no requests to learn their lengths from")]
    NoContent,
    /// Not one request is ever served.
    #[error(
        "no request is ever served on {0} idle replicas: are prompts longer than --max-model-len or the KV cache, or do clients give up?"
    )]
    NeverServed(u32),
    /// A rate that cannot be drawn.
    #[error("{0} requests/s is no rate")]
    NoRate(f64),
}
