//! The name of a KPI, as command lines and files have it.

use super::{Kpi, Scope};
use std::fmt;

/// A KPI of the whole run, or of one workload: `ttft_p99`, `chat.ttft_p99`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KpiName {
    /// The workload's name; `None` is the whole run.
    pub workload: Option<String>,
    /// The KPI.
    pub kpi: Kpi,
}

impl KpiName {
    /// Of the whole run.
    pub const fn whole(kpi: Kpi) -> Self {
        Self { workload: None, kpi }
    }

    /// All KPIs of the whole run, and where there are several workloads those that are known of each.
    pub fn all(workloads: &[String]) -> Vec<Self> {
        let several = workloads.iter().filter(|_| workloads.len() > 1);
        let of_workload = |workload: &String| {
            let known = Kpi::all().into_iter().filter(|kpi| kpi.is_by_workload());
            let workload = Some(workload.clone());
            known.map(|kpi| Self { workload: workload.clone(), kpi }).collect::<Vec<_>>()
        };
        Kpi::all().into_iter().map(Self::whole).chain(several.flat_map(of_workload)).collect()
    }

    /// Whose values these are in a run with these workloads; `None` where there is no such workload.
    pub fn scope(&self, workloads: &[String]) -> Option<Scope> {
        let Some(name) = &self.workload else { return Some(Scope::All) };
        let place = workloads.iter().position(|workload| workload == name)?;
        // What one workload does is what the run does.
        Some(if workloads.len() == 1 { Scope::All } else { Scope::Workload(place) })
    }
}

/// Each of them once, in the order in which they come.
pub fn distinct<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut once: Vec<T> = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

impl From<Kpi> for KpiName {
    fn from(kpi: Kpi) -> Self {
        Self::whole(kpi)
    }
}

impl From<&KpiName> for KpiName {
    fn from(name: &KpiName) -> Self {
        name.clone()
    }
}

impl std::str::FromStr for KpiName {
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

impl fmt::Display for KpiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workload {
            Some(workload) => write!(f, "{workload}.{}", self.kpi.name()),
            None => f.write_str(&self.kpi.name()),
        }
    }
}
