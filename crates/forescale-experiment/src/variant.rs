//! What is run: a configuration, and what its KPIs are measured by.

use crate::baselines::DemandCurve;
use crate::kpi::{Context, Kpis};
use crate::runs::Runs;
use forescale_core::record::RunRecord;
use forescale_core::{RunConfig, RunError, World};

/// A configuration, and what its KPIs are measured by.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The configuration; experiments choose the seed, from its own on.
    pub config: RunConfig,
    /// Price of a GPU-hour, in dollars.
    pub gpu_price_per_hour: Option<f64>,
    /// The fewest and the most replicas that the autoscaler may ask for.
    pub replica_limits: Option<(u32, u32)>,
}

impl From<RunConfig> for Variant {
    /// Without a price and limits: KPIs that need them have no value.
    fn from(config: RunConfig) -> Self {
        Self { config, gpu_price_per_hour: None, replica_limits: None }
    }
}

impl Variant {
    /// The same at another seed.
    pub(crate) fn at_seed(&self, seed: u64) -> Self {
        Self { config: RunConfig { seed, ..self.config.clone() }, ..*self }
    }

    /// One run of it, at its own seed.
    pub(crate) fn run(
        &self,
        demand: Option<&DemandCurve>,
        runs: &Runs<'_>,
    ) -> Result<(RunRecord, Kpis), RunError> {
        let record = World::new(&self.config)?.run_with(|now| runs.hear(now))?;
        let Self { gpu_price_per_hour, replica_limits, .. } = *self;
        let kpis = Kpis::of(&record, &Context { gpu_price_per_hour, replica_limits, demand });
        Ok((record, kpis))
    }
}
