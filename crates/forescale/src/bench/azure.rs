//! The conversation hour of the Azure LLM inference trace of 2023.

use super::guide::guide;
use super::{BenchError, t1};
use crate::core::autoscaler::Fixed;
use crate::core::demand::{Arrivals, Source, TraceRow};
use crate::core::replica::{EngineConfig, ModelServerConfig};
use crate::core::{AutoscalerFactory, RunConfig, RunError};
use crate::kernel::SimDuration;
use std::path::PathBuf;

/// 19,366 requests on replicas as [`T1`](super::T1) has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureHour {
    /// `AzureLLMInferenceTrace_conv.csv`.
    pub trace: PathBuf,
    /// So many replicas always; `None` lets the HPA of llm-d's guide decide, from 1 to 3.
    pub replicas: Option<u32>,
}

impl AzureHour {
    /// What each replica runs.
    pub fn engine(&self) -> EngineConfig {
        t1::engine(false, false)
    }

    /// The whole loop: gateway and telemetry of llm-d's guide, and its HPA where the number of replicas is not fixed.
    ///
    /// # Errors
    /// A [`BenchError`] where no temporary files can be written, or the trace cannot be read.
    pub fn config(&self) -> Result<RunConfig, BenchError> {
        // A JSON string is a TOML string.
        let trace = serde_json::Value::from(self.trace.to_string_lossy());
        let workload =
            format!("workload={{ chat = {{ trace = {{ azure-llm-2023 = {{ path = {trace} }} }} }} }}");
        let mut config = guide(&[workload])?;
        config.duration = SimDuration::from_secs(3600);
        config.drain = SimDuration::from_secs(600);
        config.model_server = ModelServerConfig::Vllm(self.engine());
        if let Some(replicas) = self.replicas {
            config.cluster.deployment.replicas = replicas;
            config.autoscaler = AutoscalerFactory::new(move |_| Box::new(Fixed::new(replicas)));
        }
        Ok(config)
    }

    /// The requests, all of them read.
    ///
    /// # Errors
    /// As [`AzureHour::config`].
    pub fn rows(&self) -> Result<Vec<TraceRow>, BenchError> {
        let mut rows = Vec::new();
        let config = self.config()?;
        for workload in config.workloads {
            if let Source::Open(Arrivals::Trace(source)) = workload.source {
                for row in source.open(config.seed).map_err(RunError::from)? {
                    rows.push(row.map_err(RunError::from)?);
                }
            }
        }
        Ok(rows)
    }
}
