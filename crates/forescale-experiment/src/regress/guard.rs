//! What a baseline guards.

use super::Margin;
use crate::kpi::{Kpi, Scope};
use crate::statistics::Estimate;
use std::fmt;

/// A KPI of the whole run, or of one workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// The workload's name; `None` is the whole run.
    pub workload: Option<String>,
    /// The KPI.
    pub kpi: Kpi,
}

impl Guarded {
    /// Of the whole run.
    pub const fn whole(kpi: Kpi) -> Self {
        Self { workload: None, kpi }
    }

    /// Whose values these are in a run with these workloads; `None` where there is no such workload.
    pub fn scope(&self, workloads: &[String]) -> Option<Scope> {
        let Some(name) = &self.workload else { return Some(Scope::All) };
        let place = workloads.iter().position(|workload| workload == name)?;
        // What one workload does is what the run does.
        Some(if workloads.len() == 1 { Scope::All } else { Scope::Workload(place) })
    }
}

impl std::str::FromStr for Guarded {
    type Err = String;

    /// `ttft_p99`, or `WORKLOAD.ttft_p99`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains(char::is_control) {
            return Err(format!("{text:?} has characters that nobody sees"));
        }
        let (workload, name) = match text.rsplit_once('.') {
            Some((workload, name)) => (Some(workload.to_owned()), name),
            None => (None, text),
        };
        let Some(kpi) = Kpi::named(name) else {
            let near = Kpi::did_you_mean(name);
            return Err(format!("there is no KPI `{name}`{near} (docs/kpis.md lists them)"));
        };
        if workload.is_some() && !kpi.is_by_workload() {
            return Err(format!("`{name}` is known of the whole run only (docs/kpis.md)"));
        }
        Ok(Self { workload, kpi })
    }
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workload {
            Some(workload) => write!(f, "{workload}.{}", self.kpi.name()),
            None => f.write_str(&self.kpi.name()),
        }
    }
}

/// What a baseline says of one KPI.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// What is guarded.
    pub guarded: Guarded,
    /// How much worse it may get; where neither direction is better, how far it may go either way.
    pub margin: Margin,
    /// Its values, one for each seed; `None` where the run had none.
    pub values: Vec<Option<f64>>,
    /// The line of the baseline's file on which it begins, from 1.
    pub line: usize,
}

impl Guard {
    /// The mean of its values; `None` where no run had one.
    pub fn mean(&self) -> Option<f64> {
        mean(&self.values)
    }
}

/// The mean of those that are there; `None` of nothing.
pub(super) fn mean(values: &[Option<f64>]) -> Option<f64> {
    Estimate::of(&values.iter().copied().flatten().collect::<Vec<_>>()).map(|estimate| estimate.mean)
}
