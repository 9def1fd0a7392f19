//! Experiments: many runs of one configuration, and what follows from them.
//!
//! An experiment changes a configuration, runs it with several seeds, and says how sure its answer is. The seeds are common random
//! numbers: two variants with the same seed meet the same requests. Runs go on in parallel; no result depends on how many at once.
//!
//! - [`Variant`] is what is run: a configuration, and what its KPIs are measured by;
//! - [`replications`] runs one with several seeds and keeps the [`kpi`]s of each run;
//! - [`baselines`] are what to measure it against: the best fixed fleet, and a scaler that knows what is to come;
//! - [`regress`] sets runs against what was written down before, with a stated rate of false alarms;
//! - [`sweep`] runs many settings of one scenario with common seeds, and says which is best, what matters and what was wrong;
//! - [`statistics`] says how sure a number is, [`Warning`] when not to believe it;
//! - [`compare`](mod@compare) sets variants of a configuration against each other, seed by seed;
//! - [`knee`] finds the load at which a deployment's latency degrades, and the autoscaler's targets that follow from it.

pub mod baselines;
pub mod compare;
mod fixed;
pub mod knee;
pub mod kpi;
pub mod regress;
pub mod replications;
mod runs;
pub mod statistics;
mod steps;
pub mod sweep;
mod variant;
mod warning;

pub use runs::{Heard, Listener};
pub use statistics::Estimate;
pub use steps::Steps;
pub use variant::Variant;
pub use warning::Warning;
