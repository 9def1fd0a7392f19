//! One run of a sweep, as the journal has it.

use super::plan::Plan;
use super::signal::{Signal, first_scale_up, signals};
use crate::kpi::Kpis;
use forescale_core::record::RunRecord;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run: a point with one of the seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which point of the plan, from 0.
    pub point: usize,
    /// Which of its runs, from 0.
    pub replication: u32,
    /// Its seed.
    pub seed: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went to its end.
    Finished(Box<Finished>),
    /// It could not be loaded or run; the text says why.
    Failed(String),
}

/// What a run leaves behind in a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// The course of the run in one number.
    pub fingerprint: String,
    /// Whether it met all objectives.
    pub is_met: bool,
    /// The KPIs by the names of the plan's columns; those without a value are not there.
    pub kpis: BTreeMap<String, f64>,
    /// What the HPA's metrics showed it; empty without an HPA.
    pub signals: Vec<Signal>,
    /// When replicas were first added, in seconds; `None` for never.
    pub first_scale_up_s: Option<f64>,
}

impl Finished {
    pub(super) fn of(plan: &Plan, record: &RunRecord, kpis: &Kpis) -> Self {
        let value = |column: super::Column| {
            let value = kpis.get(column.scope, column.kpi).filter(|value| value.is_finite());
            value.map(|value| (column.name, value))
        };
        Self {
            fingerprint: record.fingerprint.to_string(),
            is_met: record.meets_objectives(),
            kpis: plan.columns().into_iter().filter_map(value).collect(),
            signals: signals(record),
            first_scale_up_s: first_scale_up(record),
        }
    }
}

impl Run {
    /// What it left behind, where it went to its end.
    pub fn finished(&self) -> Option<&Finished> {
        match &self.outcome {
            Outcome::Finished(finished) => Some(finished),
            Outcome::Failed(_) => None,
        }
    }

    /// Its place among all runs of a plan.
    pub(super) fn place(&self) -> (usize, u32) {
        (self.point, self.replication)
    }
}
