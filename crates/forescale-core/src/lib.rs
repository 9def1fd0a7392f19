//! The simulated loop.

pub mod autoscaler;
pub mod cluster;
pub mod demand;
pub mod dist;
pub mod gateway;
pub mod ids;
pub mod outcome;
pub mod replica;
pub mod telemetry;
pub mod views;
