//! What the verbs that run experiments share about KPIs.

use forescale::document::did_you_mean;
use forescale::experiment::kpi::Kpi;

/// The KPI of this name, or what to say where there is none.
pub(crate) fn named(name: &str) -> Result<Kpi, String> {
    Kpi::named(name).ok_or_else(|| {
        let names: Vec<String> = Kpi::all().into_iter().map(Kpi::name).collect();
        let near = did_you_mean(name, names.iter().map(String::as_str));
        format!("there is no such KPI{near} (docs/kpis.md lists them)")
    })
}
