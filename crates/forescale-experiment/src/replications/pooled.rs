//! The latencies of several runs together.

use crate::kpi::Scope;
use forescale_core::record::{Latencies, RunRecord};

/// As if the requests of all runs were those of one.
#[derive(Clone, Debug)]
pub struct Pooled {
    all: Latencies,
    /// Empty where there is but one workload.
    by_workload: Vec<Latencies>,
}

impl Pooled {
    pub(super) fn new(workloads: usize) -> Self {
        let several = if workloads > 1 { workloads } else { 0 };
        Self { all: Latencies::default(), by_workload: vec![Latencies::default(); several] }
    }

    pub(super) fn merge(&mut self, record: &RunRecord) {
        self.all.merge(&record.latencies);
        for (pooled, of_run) in self.by_workload.iter_mut().zip(&record.latencies_by_workload) {
            pooled.merge(of_run);
        }
    }

    /// Those of all requests, or of one workload's; `None` where there is no such workload.
    pub fn latencies(&self, scope: Scope) -> Option<&Latencies> {
        match scope {
            Scope::All => Some(&self.all),
            Scope::Workload(0) if self.by_workload.is_empty() => Some(&self.all),
            Scope::Workload(place) => self.by_workload.get(place),
        }
    }
}
