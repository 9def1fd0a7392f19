//! The simulated loop.

pub mod autoscaler;
