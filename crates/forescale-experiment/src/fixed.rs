//! Fleets whose size never changes.

use forescale_core::autoscaler::Fixed;
use forescale_core::{AutoscalerFactory, RunConfig};

/// The configuration with a fixed number of pods, all there from the start, and no log of requests.
pub(crate) fn fixed(base: &RunConfig, replicas: u32, seed: u64) -> RunConfig {
    let mut config = base.clone();
    config.seed = seed;
    config.cluster.deployment.replicas = replicas;
    config.autoscaler = AutoscalerFactory::new(move |_| Box::new(Fixed::new(replicas)));
    config.record.log_requests = false;
    config
}
