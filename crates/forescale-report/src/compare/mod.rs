//! What a comparison has shown: as text, JSON, CSV and a picture.

mod baselines;
mod csv;
mod json;
mod sentences;
mod text;

pub use crate::picture::compare_svg;
pub use csv::compare_csv;
pub use json::compare_json;
pub use text::compare_text;

pub(crate) use sentences::{standing, verdict};

use forescale_core::record::{Measure, Objective};
use forescale_experiment::kpi::{Delay, Kpi, Statistic};

/// The KPIs that a comparison tells of where nobody chooses: attainment, what the objectives limit, cost, and how restless the autoscaler is.
pub fn main_kpis(objectives: &[Objective]) -> Vec<Kpi> {
    let latency = |objective: &Objective| {
        let delay = match objective.measure {
            Measure::Ttft => Delay::Ttft,
            Measure::Itl => Delay::Itl,
            Measure::E2e => Delay::E2e,
        };
        let is_it = |statistic: &Statistic| statistic.quantile() == Some(objective.quantile);
        Kpi::Latency(delay, Statistic::ALL.into_iter().find(is_it).unwrap_or(Statistic::P99))
    };
    let mut kpis: Vec<Kpi> = objectives.iter().map(latency).collect();
    if kpis.is_empty() {
        kpis.push(Kpi::Latency(Delay::Ttft, Statistic::P99));
    }
    kpis.insert(0, Kpi::Attainment);
    kpis.extend([Kpi::GpuHours, Kpi::ScaleEvents, Kpi::Reversals]);
    kpis.dedup();
    kpis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::title;

    #[test]
    fn kpis_of_a_comparison_are_those_of_its_objectives() {
        let objective = |measure, quantile| Objective {
            measure,
            quantile,
            limit: forescale_kernel::SimDuration::from_secs(1),
        };
        let names =
            |objectives: &[Objective]| main_kpis(objectives).into_iter().map(title).collect::<Vec<_>>();
        assert_eq!(names(&[]), ["attainment", "TTFT p99", "GPU-hours", "scale events", "reversals"]);
        let both = [objective(Measure::Ttft, 0.95), objective(Measure::Itl, 0.999)];
        assert_eq!(names(&both)[1..3], ["TTFT p95", "ITL p99"]);
    }
}
