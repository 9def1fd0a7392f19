//! The runs of a comparison as a table for programs.

use forescale_experiment::compare::Comparison;
use forescale_experiment::kpi::{KpiName, Scope};
use std::io::{self, Write};

/// Writes a row for each run: variant, seed, and each KPI in the order of `docs/kpis.md`, then those of each workload where there are several. What a run does not have is an empty field.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn compare_csv(comparison: &Comparison, out: impl Write) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    let kpis = comparison.kpis();
    let header =
        ["variant", "seed"].map(str::to_owned).into_iter().chain(kpis.iter().map(ToString::to_string));
    csv.write_record(header)?;
    for entrant in &comparison.entrants {
        let scopes: Vec<Option<Scope>> =
            kpis.iter().map(|name| name.scope(&entrant.replications.workloads)).collect();
        for run in &entrant.replications.runs {
            let value = |(name, scope): (&KpiName, &Option<Scope>)| {
                let value =
                    scope.and_then(|scope| run.kpis.get(scope, name.kpi)).filter(|value| value.is_finite());
                value.map_or_else(String::new, |value| value.to_string())
            };
            let begin = [entrant.name.clone(), run.seed.to_string()];
            csv.write_record(begin.into_iter().chain(kpis.iter().zip(&scopes).map(value)))?;
        }
    }
    csv.flush()
}
