//! What a report must know beside the record.

use crate::HpaObject;
use forescale_core::record::RunRecord;
use forescale_core::views::FlowLabels;
use forescale_experiment::kpi::Context;
use forescale_kernel::SimDuration;

/// What the user was warned of before the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Warning {
    /// Its kind, for example `F101`; `sim help F101` tells more.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// The file that it is about, relative to the scenario; `null` where it is about none.
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<usize>,
    /// The column in that line, in characters, from 1.
    pub column: Option<usize>,
}

/// What was run, in the user's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// The scenario's name, with the variant's where there is one.
    pub scenario: String,
    /// The run's seed.
    pub seed: u64,
    /// How long requests arrive, as configured. The run itself may be longer, until nothing is in flight.
    pub duration: SimDuration,
    /// The kind of the autoscaler in a word that fits a column: `HPA`, `fixed`.
    pub autoscaler_kind: String,
    /// The autoscaler without its kind: `vllm (igw_queue_depth Value 250), 1–3 replicas`.
    pub autoscaler: String,
    /// The HPA that scaled; none for any other autoscaler.
    pub hpa: Option<HpaObject>,
    /// The names of the workloads, in the order of the configuration.
    pub workloads: Vec<String>,
    /// The flow in the gateway that each of them belongs to, in the same order.
    pub flows: Vec<FlowLabels>,
    /// What a GPU costs, in dollars per hour.
    pub gpu_price_per_hour: Option<f64>,
    /// What the user was warned of before the run.
    pub warnings: Vec<Warning>,
    /// The version of the program that ran it.
    pub tool_version: String,
}

impl Subject {
    /// The name of a workload of the configuration.
    pub(crate) fn workload(&self, index: usize) -> String {
        self.workloads.get(index).cloned().unwrap_or_else(|| format!("workload-{index}"))
    }

    /// The flow of a workload of the configuration.
    pub(crate) fn flow(&self, index: usize) -> Option<&FlowLabels> {
        self.flows.get(index)
    }

    /// What its KPIs need to know beside the record.
    pub(crate) fn context(&self) -> Context<'static> {
        let limits = self.hpa.as_ref().map(|hpa| (hpa.min_replicas, hpa.max_replicas));
        let replica_limits =
            limits.and_then(|(least, most)| Some((least.try_into().ok()?, most.try_into().ok()?)));
        Context { gpu_price_per_hour: self.gpu_price_per_hour, replica_limits, demand: None }
    }

    /// What the GPUs of a run cost, in dollars; `None` without a price.
    pub(crate) fn cost(&self, record: &RunRecord) -> Option<f64> {
        self.gpu_price_per_hour.map(|price| price * record.gpu_hours())
    }

    /// `HPA vllm (igw_queue_depth Value 250), 1–3 replicas`
    pub(crate) fn policy(&self) -> String {
        format!("{} {}", self.autoscaler_kind, self.autoscaler).trim().to_owned()
    }
}
