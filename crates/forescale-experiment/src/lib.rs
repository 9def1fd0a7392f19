//! Experiments: many runs of one configuration, and what follows from them.
//!
//! An experiment changes a configuration, runs it with several seeds, and says how sure its answer is. The seeds are common random
//! numbers: two variants with the same seed meet the same requests. Runs go on in parallel; no result depends on how many at once.
//!
//! [`knee`] finds the load at which a deployment's latency degrades, and the autoscaler's targets that follow from it.
//! [`statistics`] says how sure a number is.

pub mod knee;
pub mod statistics;

pub use statistics::Estimate;
