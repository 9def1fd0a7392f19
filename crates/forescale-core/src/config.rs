//! All that a run depends on.

use crate::autoscaler::Autoscaler;
use crate::cluster::ClusterConfig;
use crate::demand::Workload;
use crate::gateway::GatewayConfig;
use crate::record::RecordConfig;
use crate::replica::ModelServerConfig;
use crate::telemetry::TelemetryConfig;
use forescale_kernel::SimDuration;
use std::fmt;
use std::sync::Arc;

/// Makes the autoscaler of a run; each run gets a fresh one. The argument is the run's seed.
#[derive(Clone)]
pub struct AutoscalerFactory(Arc<dyn Fn(u64) -> Box<dyn Autoscaler> + Send + Sync>);

impl AutoscalerFactory {
    /// A factory that calls `make` for each run.
    pub fn new(make: impl Fn(u64) -> Box<dyn Autoscaler> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// A fresh autoscaler.
    pub fn make(&self, seed: u64) -> Box<dyn Autoscaler> {
        (self.0)(seed)
    }
}

impl fmt::Debug for AutoscalerFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AutoscalerFactory")
    }
}

/// A run: the same configuration and seed give the same run, bit by bit.
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// Decides all draws.
    pub seed: u64,
    /// How long requests arrive.
    pub duration: SimDuration,
    /// How long the run may go on after that until nothing is in flight; zero ends it at once.
    pub drain: SimDuration,
    /// Where requests come from.
    pub workloads: Vec<Workload>,
    /// The Endpoint Picker.
    pub gateway: GatewayConfig,
    /// What each pod runs.
    pub model_server: ModelServerConfig,
    /// The Deployment and its cold starts.
    pub cluster: ClusterConfig,
    /// Prometheus and its adapter.
    pub telemetry: TelemetryConfig,
    /// The scaling policy.
    pub autoscaler: AutoscalerFactory,
    /// What the run leaves behind.
    pub record: RecordConfig,
}
