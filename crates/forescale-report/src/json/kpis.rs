//! KPIs by name.

use super::object::Object;
use forescale_experiment::kpi::{Kpi, Kpis, Scope};

/// All of a run.
pub(super) fn whole_run(kpis: &Kpis) -> Object<Option<f64>> {
    let value = |kpi: Kpi| (kpi.name(), finite(kpis, Scope::All, kpi));
    Object(Kpi::all().into_iter().map(value).collect())
}

/// Those that are known of a workload; what the only one does is what the run does.
pub(super) fn of_workload(kpis: &Kpis, place: usize) -> Object<Option<f64>> {
    let is_alone = kpis.iter().all(|(scope, ..)| scope == Scope::All);
    let scope = if is_alone { Scope::All } else { Scope::Workload(place) };
    let known = Kpi::all().into_iter().filter(|kpi| kpi.is_by_workload());
    Object(known.map(|kpi| (kpi.name(), finite(kpis, scope, kpi))).collect())
}

fn finite(kpis: &Kpis, scope: Scope, kpi: Kpi) -> Option<f64> {
    kpis.get(scope, kpi).filter(|value| value.is_finite())
}
