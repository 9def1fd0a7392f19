//! The simulated loop: demand, gateway, replicas, cluster, telemetry, autoscaler, and the world that wires them.
//!
//! [`run`] takes a [`RunConfig`], which is plain data, and returns a [`record::RunRecord`]. Files are another crate's business;
//! here is no I/O, no clock and no randomness but the named streams of the run's seed.
//!
//! Each part is a state machine of its own that can be used alone: [`autoscaler::hpa`] is the HorizontalPodAutoscaler controller,
//! [`gateway::flow_control`] the EPP's queue, [`replica`] a vLLM engine. What one part may know of another is in [`views`], and a
//! test of the repository holds the code to it.

pub mod autoscaler;
pub mod cluster;
mod config;
pub mod content;
pub mod demand;
pub mod dist;
mod fleet;
pub mod gateway;
pub mod ids;
pub mod outcome;
pub mod record;
pub mod replica;
pub mod telemetry;
pub mod views;
pub mod world;

pub use config::{AutoscalerFactory, ConfigError, RunConfig};
pub use fleet::external_metric_key;
pub use world::{Progress, RunError, World, run};
