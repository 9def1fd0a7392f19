//! The simulated loop.

pub mod autoscaler;
pub mod dist;
pub mod gateway;
pub mod ids;
pub mod outcome;
pub mod replica;
pub mod views;
