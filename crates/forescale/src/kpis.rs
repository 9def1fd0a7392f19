//! What the verbs that run experiments share about KPIs.

use forescale::experiment::kpi::Kpi;

/// The KPI of this name, or what to say where there is none.
pub(crate) fn named(name: &str) -> Result<Kpi, String> {
    Kpi::named(name)
        .ok_or_else(|| format!("there is no such KPI{} (docs/kpis.md lists them)", Kpi::did_you_mean(name)))
}
