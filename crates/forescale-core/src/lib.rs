//! The simulated loop.

pub mod autoscaler;
pub mod cluster;
mod config;
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
pub use world::{RunError, run};
