//! What the verbs that run experiments share about KPIs.

use forescale::document::did_you_mean;
use forescale::experiment::kpi::Kpi;
use forescale::scenario::Scenario;

/// The KPI of this name, or what to say where there is none.
pub(crate) fn named(name: &str) -> Result<Kpi, String> {
    Kpi::named(name).ok_or_else(|| {
        let names: Vec<String> = Kpi::all().into_iter().map(Kpi::name).collect();
        let near = did_you_mean(name, names.iter().map(String::as_str));
        format!("there is no such KPI{near} (docs/kpis.md lists them)")
    })
}

/// The fewest and the most replicas that a scenario's HPA may ask for; `None` without an HPA.
pub(crate) fn replica_limits(scenario: &Scenario) -> Option<(u32, u32)> {
    let spec = &scenario.hpa.as_ref()?.spec;
    Some((u32::try_from(spec.min_replicas).ok()?, u32::try_from(spec.max_replicas).ok()?))
}
