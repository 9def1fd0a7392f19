//! All that a run depends on.

use crate::autoscaler::Autoscaler;
use crate::cluster::ClusterConfig;
use crate::demand::Workload;
use crate::gateway::GatewayConfig;
use crate::record::RecordConfig;
use crate::replica::{EngineMode, ModelServerConfig};
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
    /// How a vLLM engine gets over its steps; the run does not depend on it.
    pub engine_mode: EngineMode,
    /// The Deployment and its cold starts.
    pub cluster: ClusterConfig,
    /// Prometheus and its adapter.
    pub telemetry: TelemetryConfig,
    /// The scaling policy.
    pub autoscaler: AutoscalerFactory,
    /// What the run leaves behind.
    pub record: RecordConfig,
}

/// A configuration that cannot be run; the text names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// No interval of the telemetry is shorter: Prometheus counts milliseconds.
const SHORTEST_INTERVAL: SimDuration = SimDuration::from_ms(1);

impl RunConfig {
    /// Whether both serve alike: with as many replicas at each instant and the same seed, the same requests would fare the same. Only the seed, the autoscaler,
    /// the telemetry, which nobody else reads, and how engines get over their steps may differ. A trace is the same where both have it from one
    /// [`TraceSource`](crate::demand::TraceSource).
    pub fn serves_like(&self, other: &Self) -> bool {
        let Self {
            seed: _,
            duration,
            drain,
            workloads,
            gateway,
            model_server,
            engine_mode: _,
            cluster,
            telemetry: _,
            autoscaler: _,
            record,
        } = self;
        *duration == other.duration
            && *drain == other.drain
            && *workloads == other.workloads
            && *gateway == other.gateway
            && *model_server == other.model_server
            && *cluster == other.cluster
            && *record == other.record
    }

    /// Checks what the parts rely on.
    ///
    /// # Errors
    /// The first field that is out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let fail = |what: String| Err(ConfigError(what));
        let telemetry = &self.telemetry;
        for (name, interval) in [
            ("record.bin", self.record.bin),
            ("telemetry.scrape_interval", telemetry.scrape_interval),
            (
                "telemetry.model_server_scrape_interval",
                telemetry.model_server_scrape_interval.unwrap_or(telemetry.scrape_interval),
            ),
            (
                "telemetry.dcgm_exporter_scrape_interval",
                telemetry.dcgm_exporter_scrape_interval.unwrap_or(telemetry.scrape_interval),
            ),
            ("telemetry.relist_interval", telemetry.relist_interval),
            ("telemetry.dcgm_exporter.sample_period", telemetry.dcgm_exporter.sample_period),
            ("gateway.refresh_metrics_interval", self.gateway.refresh_metrics_interval),
        ] {
            if interval < SHORTEST_INTERVAL {
                return fail(format!("{name} is {interval}, it must be at least {SHORTEST_INTERVAL}"));
            }
        }
        if telemetry.rule_groups.iter().any(|group| group.interval < SHORTEST_INTERVAL) {
            return fail(format!("telemetry.rule_groups: an interval must be at least {SHORTEST_INTERVAL}"));
        }
        if telemetry.dcgm_exporter.collect_interval <= telemetry.dcgm_exporter.sample_period {
            return fail(
                "telemetry.dcgm_exporter.collect_interval must be longer than sample_period".to_owned(),
            );
        }
        match &self.model_server {
            ModelServerConfig::Vllm(engine) => {
                engine.validate().map_err(|error| ConfigError(format!("model_server: {error}")))?;
            }
            ModelServerConfig::Test(station) => {
                if station.seats == 0 {
                    return fail("model_server.seats must be at least 1".to_owned());
                }
                station
                    .service
                    .validate()
                    .map_err(|error| ConfigError(format!("model_server.service: {error}")))?;
            }
        }
        if self.cluster.deployment.probe.is_some_and(|probe| probe.period.is_zero()) {
            return fail("cluster.deployment.probe.period must be longer than 0s".to_owned());
        }
        for workload in &self.workloads {
            if self.gateway.flows.get(workload.flow.0 as usize).is_none() {
                return fail(format!(
                    "workload {} belongs to a flow that gateway.flows does not have",
                    workload.name
                ));
            }
            workload
                .validate()
                .map_err(|error| ConfigError(format!("workload {}: {error}", workload.name)))?;
        }
        if self.gateway.flow_control.is_some_and(|config| config.flow_gc_period.is_zero()) {
            return fail("gateway.flow_control.flow_gc_period must be longer than 0s".to_owned());
        }
        match self.record.objectives.iter().find(|objective| !(0.0..=1.0).contains(&objective.quantile)) {
            Some(objective) => {
                fail(format!("an objective's quantile is {}, not between 0 and 1", objective.quantile))
            }
            None => Ok(()),
        }
    }
}
