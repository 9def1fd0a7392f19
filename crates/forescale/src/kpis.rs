//! What the verbs that run experiments share about KPIs.

use forescale::document::did_you_mean;
use forescale::experiment::kpi::{Kpi, KpiName};

/// The KPI of this name, or what to say where there is none.
pub(crate) fn named(name: &str) -> Result<Kpi, String> {
    Kpi::named(name)
        .ok_or_else(|| format!("there is no such KPI{} (docs/kpis.md lists them)", Kpi::did_you_mean(name)))
}

/// Whether one of these workloads is the one that is named, if any is.
pub(crate) fn check(name: &KpiName, scenario: &str, workloads: &[String]) -> Result<(), String> {
    if name.scope(workloads).is_some() {
        return Ok(());
    }
    let workload = name.workload.as_deref().unwrap_or_default();
    let near = did_you_mean(workload, workloads.iter().map(String::as_str));
    Err(format!("`{name}`: `{scenario}` has no workload `{workload}`{near}"))
}
