//! The simulated loop.

pub mod autoscaler;
pub mod dist;
pub mod ids;
pub mod outcome;
pub mod replica;
pub mod views;
