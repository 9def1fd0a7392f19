//! Workloads by which the speed of Forescale is measured, and the loops that are measured on them.
//!
//! Absolute times drift from machine to machine and from hour to hour, so each workload comes with a yardstick for the same
//! run: [`bare_loop`], a hand-written loop that does the least work that gives the same latencies. [`engine_loop`] is demand and
//! model servers alone, [`World::run`](crate::core::World::run) the whole loop.
//!
//! ```
//! use forescale::bench::{T1, bare_loop, engine_loop};
//!
//! let t1 = T1 { requests: 1000, replicas: 4, ..T1::default() };
//! let bare = bare_loop(t1.draws(), t1.replicas, &t1.engine());
//! let engine = engine_loop(&t1.config()?, t1.replicas)?;
//! assert_eq!(bare, engine);
//! # Ok::<(), forescale::bench::BenchError>(())
//! ```

mod azure;
mod bare_loop;
mod engine_loop;
mod guide;
mod measure;
mod sums;
mod t1;

pub use azure::AzureHour;
pub use bare_loop::bare_loop;
pub use engine_loop::{engine_loop, engine_loop_with};
pub use measure::{Clock, Memory, cpu_time};
pub use sums::Sums;
pub use t1::T1;

use crate::core::RunError;
use crate::scenario::Rejection;

/// Why a workload cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The scenario's files cannot be written to the folder for temporary files.
    #[error("the scenario cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The scenario is refused.
    #[error(transparent)]
    Rejected(#[from] Box<Rejection>),
    /// The run ended early.
    #[error(transparent)]
    Run(#[from] RunError),
}
