//! What to know before believing a comparison.

use super::{delay, each_once};
use crate::page::{Line, Page};
use forescale_core::record::Objective;
use forescale_experiment::Warning;
use forescale_experiment::compare::{Compared, Comparison};
use forescale_experiment::kpi::{Kpi, KpiName};
use forescale_experiment::statistics::PooledQuantile;

/// Each warning once, with those that it is about. One about a quantile that is neither told nor limited says nothing here.
pub(super) fn write(page: &mut Page, comparison: &Comparison, kpis: &[KpiName]) {
    let of = |entrant: &Compared| {
        let runs = entrant.replications.runs.first();
        let attainments = runs.map(|run| run.outcome.objectives.as_slice()).unwrap_or_default();
        let objectives: Vec<Objective> = attainments.iter().map(|attainment| attainment.objective).collect();
        let warnings = entrant.replications.warnings().into_iter();
        let asked = warnings.filter(|warning| is_asked(warning, kpis, &objectives));
        let of_workloads = kpis.iter().filter_map(|name| few_of_workload(entrant, name));
        let told = asked.map(|warning| warning.to_string()).chain(of_workloads);
        told.map(|warning| (warning, entrant.name.clone())).collect::<Vec<_>>()
    };
    let mut warnings: Vec<(String, String)> = comparison.entrants.iter().flat_map(of).collect();
    if warnings.is_empty() {
        return;
    }
    warnings.sort_by(|a, b| a.0.cmp(&b.0));
    page.heading("Before you believe it", "");
    each_once(warnings).into_iter().for_each(|warning| page.push_wrapped(Line::plain(&warning), 2));
}

/// What there is to say of a quantile of one workload's requests, which are fewer than all.
fn few_of_workload(entrant: &Compared, name: &KpiName) -> Option<String> {
    let (Some(workload), Kpi::Latency(delay, statistic)) = (&name.workload, name.kpi) else { return None };
    let scope = name.scope(&entrant.replications.workloads)?;
    let found = entrant.replications.quantile(scope, delay, statistic).filter(PooledQuantile::is_too_few)?;
    let PooledQuantile { beyond, samples, .. } = found;
    Some(format!("of `{workload}` {}", Warning::TooFew { delay, statistic, beyond, samples }))
}

/// Whether it is about something that is told or limited. A warning names the lowest quantile with too few samples beyond; the higher ones have fewer still.
fn is_asked(warning: &Warning, kpis: &[KpiName], objectives: &[Objective]) -> bool {
    let Warning::TooFew { delay: few_of, statistic, .. } = *warning else { return true };
    let is_reached = |quantile: f64| statistic.quantile().is_some_and(|few| quantile >= few);
    let is_told = |name: &KpiName| match name.kpi {
        Kpi::Latency(of, told) => {
            name.workload.is_none() && of == few_of && told.quantile().is_some_and(is_reached)
        }
        _ => false,
    };
    let is_limited =
        |objective: &Objective| delay(objective.measure) == few_of && is_reached(objective.quantile);
    kpis.iter().any(is_told) || objectives.iter().any(is_limited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::record::Measure;
    use forescale_experiment::kpi::{Delay, Statistic};
    use forescale_kernel::SimDuration;

    #[test]
    fn few_samples_matter_where_somebody_looks() {
        let few = Warning::TooFew { delay: Delay::Ttft, statistic: Statistic::P95, beyond: 7, samples: 140 };
        let told = |delay, statistic| [KpiName::from(Kpi::Latency(delay, statistic))];
        assert!(is_asked(&few, &told(Delay::Ttft, Statistic::P95), &[]));
        assert!(is_asked(&few, &told(Delay::Ttft, Statistic::P99), &[]), "fewer still");
        assert!(!is_asked(&few, &told(Delay::Ttft, Statistic::P90), &[]));
        assert!(!is_asked(&few, &told(Delay::Ttft, Statistic::Mean), &[]));
        assert!(!is_asked(&few, &told(Delay::E2e, Statistic::P99), &[]));
        let hours = [KpiName::from(Kpi::GpuHours)];
        let limited = |measure, quantile| [Objective { measure, quantile, limit: SimDuration::from_secs(1) }];
        assert!(!is_asked(&few, &hours, &limited(Measure::Ttft, 0.9)));
        assert!(!is_asked(&few, &hours, &limited(Measure::E2e, 0.999)));
        assert!(is_asked(&few, &hours, &limited(Measure::Ttft, 0.999)));
        // What is about whole runs is always told.
        assert!(is_asked(&Warning::Censored { in_flight: 2, arrived: 9 }, &hours, &[]));
    }
}
